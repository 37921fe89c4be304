"""Telegram's updates, read into the words that all messengers share.

Read as they come (https://core.telegram.org/bots/api#update): the library makes an object of every
part of them, in ten times the time, and checks none.
"""

import re

from telegram.constants import ChatMemberStatus, MessageAttachmentType

from bot.channels.raw import Raw, line_of, text_of
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
from domain.text import shorten

MAX_NAME = 100

_KINDS = {
    "private": ChatKind.PRIVATE,
    "group": ChatKind.GROUP,
    "supergroup": ChatKind.GROUP,
    "channel": None,
}
_PRESENT = {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER}
_ATTACHMENTS = frozenset(map(str, MessageAttachmentType))
_PLACES = {"location", "venue"}
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
        assert isinstance(raw, dict)
        return _read(key, raw, bot_username, bot_id)
    except Exception as error:
        # Nothing of it is checked before: whatever we stumble over, the update is at fault.
        raise BadUpdate(key, type(error).__name__) from None


def _read(key: str, update: Raw, bot_username: str, bot_id: str) -> Update:
    if query := update.get("callback_query"):
        return _pressed(key, query)
    if change := update.get("my_chat_member"):
        return _membership(key, change)
    if message := update.get("message"):
        return _message(key, message, bot_username, bot_id)
    return Ignored(key)


def _pressed(key: str, query: Raw) -> Update:
    message, data = query.get("message"), query.get("data")
    chat = _chat(message["chat"]) if message else None
    if chat is None or message is None or data is None:
        return Ignored(key)
    return Message(
        key,
        chat,
        _sender(query["from"]),
        press=text_of(data),
        press_id=text_of(query["id"]),
        reply_to=_id(message["message_id"]),
    )


def _membership(key: str, change: Raw) -> Update:
    chat = _chat(change["chat"])
    before, after = _is_present(change["old_chat_member"]), _is_present(change["new_chat_member"])
    if chat is None or before == after:
        return Ignored(key)
    return Arrived(key, chat) if after else Departed(key, chat)


def _is_present(member: Raw) -> bool:
    if member["status"] == ChatMemberStatus.RESTRICTED:
        return bool(member["is_member"])
    return member["status"] in _PRESENT


def _message(key: str, message: Raw, bot_username: str, bot_id: str) -> Update:
    chat = _chat(message["chat"])
    if chat and (new_id := message.get("migrate_to_chat_id")):
        return Moved(key, chat, _id(new_id))
    sender = message.get("from")
    if chat is None or sender is None or sender["is_bot"] or message.get("sender_chat"):
        return Ignored(key)
    text = message.get("text")
    written = message.get("caption") if text is None else text
    file, spot = _file(message), _place(message)
    spoken = _spoken(text_of(written), bot_username)
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
        text_of(message.get("media_group_id")),
        spot,
        reply_to=reply_to,
        addressed=addressed,
    )


def _spoken(text: str, bot_username: str) -> tuple[str, bool] | None:
    """The text without the bot's name around it, and whether it was called.

    None for a command to another bot.
    """
    if "@" not in text:
        return text, False
    name = rf"(?<!\w)@{re.escape(bot_username)}(?!\w)"
    called = re.search(name, text, re.IGNORECASE) is not None
    text = re.sub(rf"^{name}[\s,:]*", "", text, flags=re.IGNORECASE)
    text = re.sub(rf"{name}$", "", text, flags=re.IGNORECASE).rstrip()
    if not (command := _COMMAND.match(text)):
        return text, called
    if command[2].lower() != bot_username.lower():
        return None
    return f"/{command[1]}{text[command.end() :]}", True


def _answered(message: Raw, bot_id: str) -> str:
    """The bot's message that this one replies to; empty when there is none."""
    origin = message.get("reply_to_message")
    writer = origin.get("from") if origin else None
    return _id(origin["message_id"]) if origin and writer and _id(writer["id"]) == bot_id else ""


def _file(message: Raw) -> FileIn | None:
    if sizes := message.get("photo"):
        photo = max(sizes, key=lambda size: size["width"] * size["height"])
        return FileIn(FileKind.PHOTO, text_of(photo["file_id"]), size=_size(photo.get("file_size")))
    attached = {name for name in _ATTACHMENTS & message.keys() if message[name]}
    if attached <= _PLACES:
        return None
    if attached != {"document"}:
        return FileIn(FileKind.OTHER)
    document = message["document"]
    return FileIn(
        FileKind.DOCUMENT,
        text_of(document["file_id"]),
        line_of(document.get("file_name")),
        line_of(document.get("mime_type")),
        _size(document.get("file_size")),
    )


def _place(message: Raw) -> str:
    """The place that was sent, which a venue has too; empty when there is none."""
    spot = message.get("location")
    return place(spot["latitude"], spot["longitude"]) if spot else ""


def _chat(chat: Raw) -> Chat | None:
    """The chat; None for a channel, where nobody talks with a bot."""
    kind = _KINDS[chat["type"]]
    return Chat(_id(chat["id"]), kind, line_of(chat.get("title"))) if kind else None


def _sender(user: Raw) -> Sender:
    name = line_of(f"{text_of(user['first_name'])} {text_of(user.get('last_name'))}")
    known_as = shorten(name, MAX_NAME) or line_of(user.get("username"))
    return Sender(_id(user["id"]), known_as or _id(user["id"]))


def _id(value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
        raise TypeError("an id is a whole number of 64 bits")
    return str(value)


def _size(value: object) -> int:
    return 0 if value is None else int(_id(value))
