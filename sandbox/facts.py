"""What is in the pretend world and what can happen in it: plain values, for every messenger.

A *fact* is one thing that happened. Facts are the journal's lines, the page's event stream and the
only way in which the world changes, so a world is always the sum of its facts.

A *bot* is what speaks for a program: a Telegram bot, a bot of Zalo's Bot Platform or a Zalo
Official Account. A chat is on one messenger, that of its bots; people are on all of them.

Ids: a bot's and a person's are positive whole numbers. A group's chat id is its (negative) number
as text, a private chat's is "<person>:<bot>". Message ids count from 1 in each chat. Dates are
whole seconds of Unix time. Offsets and lengths of an entity are UTF-16 code units.
"""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.rules import RuleFact
from sandbox.zalo_oa.facts import OaFact

Messenger = Literal["telegram", "zalo_bot", "zalo_oa"]
ChatKind = Literal["private", "group", "supergroup"]
Role = Literal["creator", "administrator", "member"]
FileKind = Literal["document", "photo", "sticker", "voice"]
ServiceKind = Literal["created", "joined", "left", "migrated_to", "migrated_from", "pinned"]


@dataclass(frozen=True, slots=True)
class Bot:
    id: int
    token: str
    username: str
    name: str
    reads_all: bool = False
    joins_groups: bool = True
    messenger: Messenger = "telegram"


@dataclass(frozen=True, slots=True)
class Person:
    """`label` (a role in words) and `folder` (a path such as a commune) only order the page."""

    id: int
    name: str
    last_name: str = ""
    username: str = ""
    label: str = ""
    folder: tuple[str, ...] = ()
    language: str = "vi"
    active: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """A group as it is founded; who is in it now is the world's to say."""

    id: str
    title: str
    kind: ChatKind = "group"
    folder: tuple[str, ...] = ()
    members: dict[int, Role] = field(default_factory=dict)
    messenger: Messenger = "telegram"


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of text with a meaning; `type` is one of Telegram's MessageEntity types."""

    type: str
    offset: int
    length: int
    url: str = ""
    language: str = ""
    user: int = 0
    emoji: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: `data` goes back to the bot, or `url` opens.

    `shown`: the data goes back as a message of the person's own, for all to see.
    """

    text: str
    data: str = ""
    url: str = ""
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Answers offered under the composer; `remove` takes them away, `force_reply` asks for one."""

    rows: tuple[tuple[str, ...], ...] = ()
    placeholder: str = ""
    one_time: bool = False
    remove: bool = False
    force_reply: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file that was sent. `blob` names its bytes: the same bytes are kept once."""

    id: str
    kind: FileKind
    blob: str
    size: int
    name: str = ""
    mime: str = "application/octet-stream"
    width: int = 0
    height: int = 0
    emoji: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """A line that the messenger itself writes into a chat."""

    kind: ServiceKind
    users: tuple[int, ...] = ()
    chat: str = ""
    message: int = 0


@dataclass(frozen=True, slots=True)
class Poll:
    id: str
    question: str
    options: tuple[str, ...]
    anonymous: bool = True
    multiple: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a forwarded message comes from."""

    sender: int
    date: int


@dataclass(frozen=True, slots=True)
class Message:
    chat: str
    id: int
    sender: int
    date: int
    text: str = ""
    entities: tuple[Entity, ...] = ()
    file: File | None = None
    album: str = ""
    reply_to: int = 0
    buttons: tuple[tuple[Button, ...], ...] = ()
    keyboard: Keyboard | None = None
    poll: Poll | None = None
    origin: Origin | None = None
    service: Service | None = None
    edited: int = 0


@dataclass(frozen=True, slots=True)
class BotMade:
    bot: Bot
    key: str = ""


@dataclass(frozen=True, slots=True)
class PersonMade:
    """A person appears, or (same id) is changed."""

    person: Person
    key: str = ""


@dataclass(frozen=True, slots=True)
class GroupMade:
    group: Group
    key: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A person opens a private chat with a bot; nothing is said yet."""

    person: int
    bot: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Someone comes in, or (`was` set) has another role now."""

    chat: str
    user: int
    by: int
    date: int
    role: Role = "member"
    was: Role | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """`by` is someone else when the user was removed."""

    chat: str
    user: int
    by: int
    date: int
    was: Role = "member"


@dataclass(frozen=True, slots=True)
class Posted:
    message: Message


@dataclass(frozen=True, slots=True)
class Edited:
    message: Message


@dataclass(frozen=True, slots=True)
class Deleted:
    chat: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pressed:
    """A person presses an inline button."""

    query: str
    chat: str
    message: int
    person: int
    data: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The bot's answer to a press: a short text, or nothing."""

    query: str
    chat: str
    person: int
    text: str = ""
    alert: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Voted:
    chat: str
    message: int
    person: int
    options: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    person: int
    bot: int
    date: int


@dataclass(frozen=True, slots=True)
class Unblocked:
    person: int
    bot: int
    date: int


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A group becomes a supergroup under another id; the old one is closed."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Pinned:
    """`message` 0: nothing is pinned any more."""

    chat: str
    message: int


@dataclass(frozen=True, slots=True)
class Read:
    """A person has read a chat up to a message."""

    person: int
    chat: str
    message: int


@dataclass(frozen=True, slots=True)
class Stored:
    file: File


@dataclass(frozen=True, slots=True)
class Listening:
    """How a bot gets its updates. `allowed` None: the messenger's usual kinds."""

    bot: int
    allowed: tuple[str, ...] | None = None
    url: str = ""
    secret: str = ""
    max_connections: int = 40


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A bot has taken its updates from `since` to those below this id."""

    bot: int
    below: int
    since: int = 0


@dataclass(frozen=True, slots=True)
class Described:
    """What a bot says of itself: a name such as "commands" and the platform's JSON for it."""

    bot: int
    what: str
    value: str


Fact = (
    BotMade
    | PersonMade
    | GroupMade
    | Opened
    | Joined
    | Left
    | Posted
    | Edited
    | Deleted
    | Pressed
    | Answered
    | Voted
    | Blocked
    | Unblocked
    | Upgraded
    | Pinned
    | Read
    | Stored
    | Listening
    | Confirmed
    | Described
    | RuleFact
    | OaFact
)
