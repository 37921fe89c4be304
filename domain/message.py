"""What comes in from a messenger, in the words that all messengers share."""

from dataclasses import dataclass
from enum import StrEnum


class ChatKind(StrEnum):
    PRIVATE = "private"
    GROUP = "group"


class FileKind(StrEnum):
    DOCUMENT = "document"
    PHOTO = "photo"
    OTHER = "other"
    """A sticker, a voice note, a video: seen, but nothing Loa can use."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation on the platform; `id` is the platform's own, as text."""

    id: str
    kind: ChatKind
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class FileIn:
    """A file that somebody sent; `platform_id` fetches it, `size` is in bytes.

    Unless it is `resendable`, that id cannot send the file on.
    """

    kind: FileKind
    platform_id: str = ""
    name: str = ""
    mime: str = ""
    size: int = 0
    resendable: bool = True


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that one person said or pressed in one chat.

    `key` names the update on its account: the same key twice is the same update.
    `addressed` is true in a private chat and where the bot was mentioned or replied to.
    `press` is the action of a button, `press_id` what the platform calls that press. Messages
    with the same `album` were sent together, each with one file. `place` is a spot on the map that
    was sent, as "latitude,longitude".
    """

    key: str
    chat: Chat
    sender: Sender
    text: str = ""
    file: FileIn | None = None
    album: str = ""
    place: str = ""
    press: str = ""
    press_id: str = ""
    reply_to: str = ""
    addressed: bool = True


@dataclass(frozen=True, slots=True)
class Arrived:
    """The bot was added to a group, or unblocked in a private chat."""

    key: str
    chat: Chat


@dataclass(frozen=True, slots=True)
class Departed:
    """The bot was removed from a group, or blocked in a private chat."""

    key: str
    chat: Chat


@dataclass(frozen=True, slots=True)
class Moved:
    """A group goes on under another id."""

    key: str
    chat: Chat
    new_id: str


@dataclass(frozen=True, slots=True)
class Withdrew:
    """A person asks the messenger that what is kept of them be deleted; `chat` is their own."""

    key: str
    chat: Chat


@dataclass(frozen=True, slots=True)
class Revoked:
    """The account was taken from us by those whose it is."""

    key: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """An update that carries nothing for us, kept so that it is never read twice."""

    key: str


Update = Message | Arrived | Departed | Moved | Withdrew | Revoked | Ignored
