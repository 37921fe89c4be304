"""Telegram's updates, read into the words that all messengers share."""

import re

import telegram
from telegram import CallbackQuery, ChatMember, ChatMemberRestricted, ChatMemberUpdated

from bot.receive import BadUpdate
from domain.message import (
    Arrived,
    Chat,
    ChatKind,
    Departed,
    FileIn,
    FileKind,
    Ignored,
    Message,
    Moved,
    Sender,
    Update,
)
from domain.place import place
from domain.text import clean, shorten

MAX_NAME = 100

_KINDS = {
    "private": ChatKind.PRIVATE,
    "group": ChatKind.GROUP,
    "supergroup": ChatKind.GROUP,
    "channel": None,
}
_PRESENT = {ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER}
_COMMAND = re.compile(r"/(\w+)@(\w+)")


def key_of(raw: object) -> str:
    """The key of a raw update; raises BadUpdate when it has none."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    try:
        return _id(number)
    except TypeError:
        raise BadUpdate("", "it has no update_id") from None


def parse(raw: object, bot_username: str, bot_id: str) -> Update:
    """What a raw update says to the bot with that name and id; raises BadUpdate."""
    key = key_of(raw)
    try:
        return _read(key, telegram.Update.de_json(raw, None), bot_username, bot_id)  # type: ignore[arg-type]  # key_of saw a dict
    except Exception as error:
        # The library checks nothing: whatever it or we stumble over, the update is at fault.
        raise BadUpdate(key, type(error).__name__) from None


def _read(key: str, update: telegram.Update, bot_username: str, bot_id: str) -> Update:
    if update.callback_query is not None:
        return _pressed(key, update.callback_query)
    if update.my_chat_member is not None:
        return _membership(key, update.my_chat_member)
    if update.message is not None:
        return _message(key, update.message, bot_username, bot_id)
    return Ignored(key)


def _pressed(key: str, query: CallbackQuery) -> Update:
    chat = _chat(query.message.chat) if query.message else None
    if chat is None or query.message is None or query.data is None:
        return Ignored(key)
    return Message(
        key,
        chat,
        _sender(query.from_user),
        press=_text(query.data),
        press_id=_text(query.id),
        reply_to=_id(query.message.message_id),
    )


def _membership(key: str, change: ChatMemberUpdated) -> Update:
    chat = _chat(change.chat)
    before, after = _is_present(change.old_chat_member), _is_present(change.new_chat_member)
    if chat is None or before == after:
        return Ignored(key)
    return Arrived(key, chat) if after else Departed(key, chat)


def _is_present(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status in _PRESENT


def _message(key: str, message: telegram.Message, bot_username: str, bot_id: str) -> Update:
    chat = _chat(message.chat)
    if chat and message.migrate_to_chat_id:
        return Moved(key, chat, _id(message.migrate_to_chat_id))
    sender = message.from_user
    if chat is None or sender is None or sender.is_bot or message.sender_chat:
        return Ignored(key)
    written = message.caption if message.text is None else message.text
    file, spot = _file(message), _place(message)
    spoken = _spoken(_text(written), bot_username)
    if spoken is None or (written is None and file is None and not spot):
        return Ignored(key)
    text, called = spoken
    reply_to = _answered(message, bot_id)
    addressed = called or bool(reply_to) or chat.kind is ChatKind.PRIVATE
    return Message(
        key,
        chat,
        _sender(sender),
        text,
        file,
        _text(message.media_group_id),
        spot,
        reply_to=reply_to,
        addressed=addressed,
    )


def _spoken(text: str, bot_username: str) -> tuple[str, bool] | None:
    """The text without the bot's name around it, and whether it was called.

    None for a command to another bot.
    """
    name = rf"(?<!\w)@{re.escape(bot_username)}(?!\w)"
    called = re.search(name, text, re.IGNORECASE) is not None
    text = re.sub(rf"^{name}[\s,:]*", "", text, flags=re.IGNORECASE)
    text = re.sub(rf"{name}$", "", text, flags=re.IGNORECASE).rstrip()
    if not (command := _COMMAND.match(text)):
        return text, called
    if command[2].lower() != bot_username.lower():
        return None
    return f"/{command[1]}{text[command.end() :]}", True


def _answered(message: telegram.Message, bot_id: str) -> str:
    """The bot's message that this one replies to; empty when there is none."""
    origin = message.reply_to_message
    if origin and origin.from_user and _id(origin.from_user.id) == bot_id:
        return _id(origin.message_id)
    return ""


def _file(message: telegram.Message) -> FileIn | None:
    if message.photo:
        photo = max(message.photo, key=lambda size: size.width * size.height)
        return FileIn(FileKind.PHOTO, _text(photo.file_id), size=_size(photo.file_size))
    match message.effective_attachment:
        case None | telegram.Location() | telegram.Venue():
            return None
        case telegram.Document() as document:
            return FileIn(
                FileKind.DOCUMENT,
                _text(document.file_id),
                _line(document.file_name),
                _line(document.mime_type),
                _size(document.file_size),
            )
        case _:
            return FileIn(FileKind.OTHER)


def _place(message: telegram.Message) -> str:
    """The place that was sent, which a venue has too; empty when there is none."""
    spot = message.location
    return place(spot.latitude, spot.longitude) if spot else ""


def _chat(chat: telegram.Chat) -> Chat | None:
    """The chat; None for a channel, where nobody talks with a bot."""
    kind = _KINDS[chat.type]
    return Chat(_id(chat.id), kind, _line(chat.title)) if kind else None


def _sender(user: telegram.User) -> Sender:
    name = _line(f"{_text(user.first_name)} {_text(user.last_name)}")
    return Sender(_id(user.id), shorten(name, MAX_NAME) or _line(user.username) or _id(user.id))


def _id(value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
        raise TypeError("an id is a whole number of 64 bits")
    return str(value)


def _size(value: object) -> int:
    return 0 if value is None else int(_id(value))


def _text(value: object) -> str:
    if not isinstance(value, str | None):
        raise TypeError("a text is not text")
    return clean(value or "")


def _line(value: object) -> str:
    return " ".join(_text(value).split())
