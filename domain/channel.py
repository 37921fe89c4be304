"""What a messenger is to the rest of the house: what it can do, and how a send ends."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from domain.message import FileIn, FileKind
from domain.pace import Pace

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
    edits: bool = True
    files_in: bool = True
    files_out: bool = True
    albums: bool = False
    """Whether photos can go together, as one message without buttons."""
    hears_all: bool = True
    """False where a group's messages reach the bot only when they are addressed to it."""
    max_file_in: int = 20 * 1024 * 1024
    max_file_out: int = 50 * 1024 * 1024
    per_second: float = 30.0
    """Messages a second over all chats of the account."""
    group_pace: Pace = GROUP_PACE
    private_pace: Pace = PRIVATE_PACE
    link: str = ""
    """The bot's public link; `{link}?start=CODE` opens it with a code where it has deep links."""
    name: str = ""


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

    With neither an id nor a path its bytes are still on the way, and it cannot be sent.
    """

    kind: FileKind
    name: str
    path: str = ""
    platform_id: str = ""


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
    """The platform took the message. `file_ids` are what it calls the files in it, in order."""

    message_id: str
    file_ids: tuple[str, ...] = ()


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
class TryLater(SendError):
    """Not now: too fast, or the platform is ill. Nothing was sent."""

    after: float = 1.0
    scope: Scope = Scope.CHAT


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
