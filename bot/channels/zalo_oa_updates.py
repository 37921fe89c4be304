"""Webhooks of a Zalo Official Account, read into the words that all messengers share.

https://developers.zalo.me/docs/official-account/webhook/tong-quan
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.channels.raw import Raw, line_of
from bot.channels.zalo_oa_text import from_text
from bot.channels.zalo_press import Presses
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
    Revoked,
    Sender,
    Update,
    Withdrew,
)

GROUP = "group:"
"""Before the id of a group, to which one writes otherwise than to a person."""
MAX_KEY = 120

_IN_GROUP, _IN_PRIVATE = "user_send_group_", "user_send_"
_ECHOES = ("oa_", "anonymous_", "user_seen_", "user_received_", "user_reacted_")
"""What we have sent ourselves, what became of it, and people who do not follow the account."""

_MADE = {"create_group"}
_UNMADE = {"delete_group", "disperse_group"}
_LEFT = {"user_out_group", "user_leave_group"}


def group_chat(group_id: str) -> str:
    """The chat's id in Loa, of a group."""
    return GROUP + group_id


def key_of(raw: object) -> str:
    """The key of a webhook's body, empty for one that says nothing to us; raises BadUpdate."""
    try:
        event = _event(raw)
        key = "" if event.startswith(_ECHOES) else _key(event, raw)
    except (TypeError, KeyError, AttributeError) as error:
        raise BadUpdate("", f"it has no key: {type(error).__name__}") from None
    if len(key) > MAX_KEY:
        raise BadUpdate("", "its key is too long")
    return key


def _event(raw: Any) -> str:
    event = raw["event_name"]
    if not isinstance(event, str) or not event or not event.isprintable():
        raise TypeError("an event is named")
    return event


def _key(event: str, raw: Any) -> str:
    if event.startswith(_IN_PRIVATE):
        return _id(raw["message"]["msg_id"])
    whose = _id(raw["group_id"]) if "group_id" in raw else _person(raw)
    return f"{event}:{whose}:{_id(raw['timestamp'])}"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what comes to the account with that id."""

    oa_id: str
    presses: Presses

    def parse(self, raw: object) -> Update:
        """What a webhook's body says; raises BadUpdate."""
        key = key_of(raw)
        try:
            return self._read(key, _event(raw), raw)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise BadUpdate(key, type(error).__name__) from None

    def _read(self, key: str, event: str, raw: Any) -> Update:
        if not key or ("sender" in raw and _id(raw["sender"]["id"]) == self.oa_id):
            return Ignored(key)
        if event.startswith(_IN_GROUP):
            return self._said(
                key, Chat(group_chat(_id(raw["recipient"]["id"])), ChatKind.GROUP), raw
            )
        if event.startswith(_IN_PRIVATE):
            return self._said(key, Chat(_person(raw), ChatKind.PRIVATE), raw)
        if "group_id" in raw:
            return self._group(key, event, raw)
        return _person_event(key, event, raw)

    def _said(self, key: str, chat: Chat, raw: Raw) -> Update:
        sender_id, message = _id(raw["sender"]["id"]), raw["message"]
        sender = Sender(sender_id, sender_id)  # the platform does not say the name here
        written = message.get("text") or ""
        if chat.kind is ChatKind.PRIVATE and (action := self.presses.read(chat.id, written)):
            return Message(key, chat, sender, press=action)
        text, called = from_text(written, self.oa_id, in_group=chat.kind is ChatKind.GROUP)
        file = _file(message.get("attachments") or ())
        if not text and file is None and not called:
            return Ignored(key)
        quoted = _id(message["quote_msg_id"]) if message.get("quote_msg_id") else ""
        addressed = called or chat.kind is ChatKind.PRIVATE
        return Message(key, chat, sender, text, file, reply_to=quoted, addressed=addressed)

    def _group(self, key: str, event: str, raw: Raw) -> Update:
        chat = Chat(group_chat(_id(raw["group_id"])), ChatKind.GROUP)
        if event in _MADE:
            return Arrived(key, chat)
        gone = event in _LEFT and self.oa_id in _users(raw)
        return Departed(key, chat) if gone or event in _UNMADE else Ignored(key)


def _person_event(key: str, event: str, raw: Raw) -> Update:
    match event:
        case "follow":
            return Arrived(key, Chat(_person(raw), ChatKind.PRIVATE))
        case "unfollow":
            return Departed(key, Chat(_person(raw), ChatKind.PRIVATE))
        case "user_withdraw":
            return Withdrew(key, Chat(_person(raw), ChatKind.PRIVATE))
        case "permission_revoked":
            return Revoked(key)
        case _:
            return Ignored(key)


def _person(raw: Raw) -> str:
    """Whom an event is about; empty where it is about nobody."""
    for place in ("sender", "follower", "user"):
        if place in raw:
            return _id(raw[place]["id"])
    return _id(raw["user_id"]) if "user_id" in raw else ""


def _users(raw: Raw) -> Iterable[str]:
    return [_id(user["id"]) for user in raw.get("users") or ()]


def _file(attachments: Iterable[Raw]) -> FileIn | None:
    """The first of the attachments; a message holds one."""
    for attachment in attachments:
        payload = attachment.get("payload") or {}
        match attachment["type"]:
            case "image":
                return FileIn(FileKind.PHOTO, _text(payload["url"]), resendable=False)
            case "file":
                url, name = _text(payload["url"]), line_of(payload.get("name") or "")
                size = int(payload.get("size") or 0)
                return FileIn(FileKind.DOCUMENT, url, name, size=size, resendable=False)
            case _:
                return FileIn(FileKind.OTHER)
    return None


def _id(value: object) -> str:
    """An id, which may come as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise TypeError("an id is text or a whole number")
    if not (text := str(value)).isprintable():  # a lone surrogate cannot be kept
        raise TypeError("an id has a character that is none")
    return text


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is not text")
    return value
