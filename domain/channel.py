"""What a messenger is to the rest of the house: what it can do, and how a send ends."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from domain.message import Chat, ChatKind, FileIn, FileKind
from domain.pace import Pace
from domain.quota import Quota

MAX_TEXT, MAX_CAPTION = 2000, 1024
"""Visible UTF-16 units that a message holds on every messenger: Zalo's text, Telegram's caption.

One text may go to many accounts, so all are divided by the least of their limits, once, when they
are written into the ledger.
"""

MAX_ALBUM = 10

GROUP_PACE = Pace(timedelta(seconds=5), 8)
"""A conversation is not slowed, and no minute has more than 20 messages: Telegram's limit."""
PRIVATE_PACE = Pace(timedelta(seconds=1), 5)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one account of a messenger can do; sizes in bytes, lengths in characters."""

    buttons: bool = True
    """Whether a private message can have buttons, and at most how many."""
    max_buttons: int = 100
    group_buttons: bool = True
    edits: bool = True
    files_in: bool = True
    documents_in: bool = True
    """Whether more than pictures reaches it of what people send."""
    files_out: bool = True
    """Whether it takes a file's bytes."""
    file_kinds: frozenset[str] = frozenset()
    """The endings of the documents that it takes, as `pdf`; empty is every one."""
    photo_by_link: bool = False
    """Photos are sent as a public link that the platform fetches."""
    albums: bool = False
    """Whether photos can go together, as one message without buttons."""
    mentions: bool = False
    """Whether a text can call a member of a group by `<a href="mention:ID">`."""
    notices: bool = True
    """Whether who pressed a button can be told something in passing."""
    hears_all: bool = True
    """False where a group's messages reach the bot only when they are addressed to it."""
    reply_window: timedelta | None = None
    """How long after somebody wrote they can be written to in private; None is always."""
    gathers: bool = False
    """Messages are dear: all that answers one message goes out as one."""
    counts_inbound: bool = False
    """Whether what people write counts against the month's quota too."""
    max_text: int = MAX_TEXT
    max_file_in: int = 20 * 1024 * 1024
    max_file_out: int = 50 * 1024 * 1024
    max_photo_out: int = 10 * 1024 * 1024
    upload_life: timedelta | None = None
    """How long the platform keeps what was uploaded under its id; None is for good."""
    per_second: float = 30.0
    """Messages a second over all chats of the account."""
    group_pace: Pace = GROUP_PACE
    private_pace: Pace = PRIVATE_PACE
    link: str = ""
    """The bot's public link."""
    deep_links: bool = True
    """Whether `{link}?start=CODE` opens it with a code."""
    call: str = ""
    """How the bot is called in a group, where it hears only that, and answers to its messages."""
    name: str = ""

    def shows_buttons(self, kind: ChatKind, count: int = 1) -> bool:
        """Whether a message to such a chat can have so many buttons."""
        here = self.buttons if kind is ChatKind.PRIVATE else self.group_buttons
        return here and count <= self.max_buttons

    def uploads(self, file: "FileOut") -> bool:
        """Whether a file goes to the platform as bytes."""
        by_link = self.photo_by_link and file.kind is FileKind.PHOTO
        return not file.platform_id and not by_link and self.takes(file)

    def takes(self, file: "FileOut") -> bool:
        """Whether it can send a file as a file; what it cannot is told as a link."""
        photo = file.kind is FileKind.PHOTO
        if photo and self.photo_by_link:
            return bool(file.link)
        if not self.files_out or file.platform_id:
            return self.files_out
        known = photo or not self.file_kinds or _ending(file.name) in self.file_kinds
        return known and file.size <= (self.max_photo_out if photo else self.max_file_out)


def _ending(name: str) -> str:
    """The ending of a file's name, as `pdf`."""
    return name.rpartition(".")[2].lower()


@dataclass(frozen=True, slots=True)
class Choice:
    """A button, or a word to send where there are none. `action` is at most 64 bytes.

    With a `number` it can also be made by sending that number.
    """

    label: str
    action: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class FileOut:
    """A file to send: by the platform's id when the account has it already, else its bytes.

    With neither an id nor a path its bytes are still on the way, and it cannot be sent. `link` is
    where everybody can fetch it for a while, as long as Loa has a public address.
    """

    kind: FileKind
    name: str
    path: str = ""
    platform_id: str = ""
    size: int = 0
    link: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What one message says.

    `text` is HTML of b, i, u, code and a only; every channel turns that into its own markup. More
    than one file is an album of photos, and has no choices.
    """

    text: str
    choices: tuple[tuple[Choice, ...], ...] = ()
    files: tuple[FileOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took the message. `file_ids` are what it calls the files in it, in order.

    `quota` is what the platform says that is left to the account, where it does. `renewed` tells
    that an id was given which the platform has forgotten, so that the file was uploaded again.
    """

    message_id: str
    file_ids: tuple[str, ...] = ()
    quota: Quota | None = None
    renewed: bool = False


class Scope(StrEnum):
    CHAT = "chat"
    ACCOUNT = "account"


@dataclass
class SendError(Exception):
    """The platform did not take the message."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass
class Refused(SendError):
    """It never will: the chat is gone, the bot was blocked, the content is not allowed."""

    gone: bool = False
    """True when the whole chat is out of reach, not this message alone."""


@dataclass
class WindowClosed(Refused):
    """This person cannot be written to until they write again."""


@dataclass
class TryLater(SendError):
    """Not now: too fast, or the platform is ill. Nothing was sent."""

    after: float = 1.0
    scope: Scope = Scope.CHAT


@dataclass
class QuotaSpent(TryLater):
    """The account has no messages left: it waits, and its people are told."""

    after: float = 3600.0
    scope: Scope = Scope.ACCOUNT


@dataclass
class ChatMoved(SendError):
    """The chat has another id now."""

    new_id: str = ""


@dataclass
class Lost(SendError):
    """No answer came: it may have been sent or not."""


@dataclass
class AccountLost(SendError):
    """The platform no longer accepts this account's token."""


class Channel(Protocol):
    """One account on one messenger."""

    account: str
    capabilities: Capabilities

    async def send(self, chat_id: str, content: Content) -> Sent:
        """Send one message; raises a `SendError`."""
        ...

    async def edit(self, chat_id: str, message_id: str, content: Content) -> None:
        """Change the text and buttons of a message; raises a `SendError`."""
        ...

    async def fetch(self, file: FileIn) -> bytes:
        """The bytes of a file that somebody sent; raises a `SendError`."""
        ...

    async def notice(self, press_id: str, text: str) -> None:
        """Answer the press of a button with a passing note; never raises, may be lost."""
        ...

    async def close(self) -> None:
        """Let go of what the channel holds open."""
        ...


@runtime_checkable
class KnowsNames(Protocol):
    """A channel whose updates do not say what somebody is called: `Sender.name` is the id."""

    async def name_of(self, chat: Chat, person_id: str) -> str:
        """What somebody met in a chat is called; empty where nobody says. Never raises."""
        ...
