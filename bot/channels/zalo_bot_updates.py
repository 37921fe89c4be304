"""Updates of Zalo's Bot Platform, read into the words that all messengers share.

https://bot.zaloplatforms.com/docs; a webhook's body is the update, or has it in "result".
"""

import re
from collections.abc import Mapping

from bot.channels.raw import Raw, line_of, text_of
from bot.receive import BadUpdate
from domain.message import Chat, ChatKind, FileIn, FileKind, Ignored, Message, Sender, Update
from domain.text import clean, shorten

MAX_KEY, MAX_NAME, MAX_ADDRESS = 120, 100, 2000

_KINDS = {"PRIVATE": ChatKind.PRIVATE, "GROUP": ChatKind.GROUP}
_PICTURE, _TEXT = "message.image.received", "message.text.received"
_UNUSABLE = {
    "message.sticker.received",
    "message.voice.received",
    "message.unsupported.received",
}
_BEFORE_COMMAND = re.compile(r"@[^/\n]{1,100}\s+(?=/)")


def key_of(raw: object) -> str:
    """The message's own id, by which an update is told from all others; raises BadUpdate.

    Empty for an event without a message, such as the platform's try of a webhook.
    """
    try:
        event = _event(raw)
        if event["event_name"] and "message" not in event:
            return ""
        key = _id(event["message"]["message_id"])
    except (TypeError, KeyError, AttributeError):
        raise BadUpdate("", "it has no message_id") from None
    if len(key) > MAX_KEY:
        raise BadUpdate("", "its message_id is too long")
    return key


def parse(raw: object, name: str) -> Update:
    """What an update says to the bot that people see under `name`; raises BadUpdate."""
    key = key_of(raw)
    try:
        return Ignored(key) if not key else _read(key, _event(raw), name)
    except (TypeError, KeyError, AttributeError) as error:
        raise BadUpdate(key, type(error).__name__) from None


def _event(raw: object) -> Raw:
    if not isinstance(raw, Mapping):
        raise TypeError("an update is an object")
    inner = raw.get("result")
    return inner if isinstance(inner, Mapping) else raw


def _read(key: str, event: Raw, name: str) -> Update:
    message, what = event["message"], text_of(event["event_name"])
    sender, kind = message["from"], _KINDS.get(message["chat"]["chat_type"])
    if kind is None or sender.get("is_bot") or what not in {_TEXT, _PICTURE, *_UNUSABLE}:
        return Ignored(key)
    text = spoken(text_of(message.get("text") or message.get("caption")), name, kind)
    return Message(
        key,
        Chat(_id(message["chat"]["id"]), kind),
        Sender(_id(sender["id"]), _name(sender)),
        text,
        _file(what, message),
    )


def spoken(text: str, name: str, kind: ChatKind) -> str:
    """The text without the call of the bot, which in a group it must begin or end with.

    The platform does not tell a bot the name that people call it by. Where `name` is not known,
    a call can be told from the text only before a command.
    """
    if kind is ChatKind.PRIVATE:
        return text
    if not name:
        return _BEFORE_COMMAND.sub("", text, count=1) if text.startswith("@") else text
    called = r"\s+".join(map(re.escape, f"@{clean(name)}".split()))
    text = re.sub(rf"^{called}(?!\w)[\s,:]*", "", text, flags=re.IGNORECASE)
    return re.sub(rf"\s*{called}$", "", text, flags=re.IGNORECASE)


def _file(what: str, message: Raw) -> FileIn | None:
    if what == _TEXT:
        return None
    address = text_of(message.get("photo") or message.get("photo_url"))
    if what != _PICTURE or not address or len(address) > MAX_ADDRESS:
        return FileIn(FileKind.OTHER)
    return FileIn(FileKind.PHOTO, address, resendable=False)


def _name(sender: Raw) -> str:
    return shorten(line_of(sender.get("display_name")), MAX_NAME) or _id(sender["id"])


def _id(value: object) -> str:
    """Ids are text; some of the platform's numbers are beyond what a JSON number holds exactly."""
    if not isinstance(value, str) or not value.strip():
        raise TypeError("an id is a text")
    return clean(value)
