"""What goes wrong on request: which calls of which bot are spoiled, how often, and how."""

from dataclasses import dataclass, field
from typing import Literal
from zlib import crc32

from sandbox.chat import Chat
from sandbox.facts import Bot

Kind = Literal[
    "429",
    "500",
    "error",
    "502",
    "504",
    "timeout",
    "drop",
    "cut",
    "garbage",
    "revoked",
    "blocked",
    "deactivated",
    "kicked",
    "migrated",
    "disabled",
]
_OF_PRIVATE = ("blocked", "deactivated")
_OF_GROUP = ("kicked", "migrated", "disabled")


@dataclass(frozen=True, slots=True)
class Target:
    """A call as a fault sees it.

    `method` is in small letters; `sends` when it puts a message into a chat; `chat` is what the
    caller names, `room` the chat that it means, if any.
    """

    bot: Bot
    method: str
    sends: bool = False
    chat: str = ""
    room: Chat | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Spoils calls of `methods` (those that send, when empty; "*" is all) of a bot and a chat.

    An empty `bot` (a username or an id) or `chat` (a chat_id) is any. Of the calls that fit, a
    `share` is spoiled, at most `times` of them when that is not 0. Which ones depends on `seed`,
    the chat and how many calls to that chat came before, so a run repeats in whatever order its
    chats are served.

    `taken`: the platform does what was asked and only then fails to say so. `seconds` is the
    retry_after of a 429, and how long a time-out holds the connection. `code` is that of an
    "error".
    """

    kind: Kind
    bot: str = ""
    chat: str = ""
    methods: tuple[str, ...] = ()
    share: float = 1.0
    times: int = 0
    seed: int = 1
    taken: bool = False
    seconds: float = 30.0
    code: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1 or self.seconds < 0:
            raise ValueError("share must be from 0 to 1, and seconds not less than 0")

    def fits(self, target: Target) -> bool:
        bot = target.bot
        if self.bot.removeprefix("@").lower() not in ("", bot.username.lower(), str(bot.id)):
            return False
        if self.chat and self.chat != target.chat:
            return False
        return self._fits_method(target) and self._fits_room(target.room)

    def _fits_method(self, target: Target) -> bool:
        if self.kind == "revoked" or "*" in self.methods:
            return True
        return target.method in map(str.lower, self.methods) if self.methods else target.sends

    def _fits_room(self, room: Chat | None) -> bool:
        if self.kind in _OF_PRIVATE:
            return room is not None and room.kind == "private"
        return self.kind not in _OF_GROUP or (room is not None and room.kind != "private")


@dataclass(slots=True)
class Running:
    """A fault at work: `met` are the calls that it fits by chat, `hits` those that it spoiled."""

    id: int
    fault: Fault
    met: dict[str, int] = field(default_factory=dict)
    hits: int = 0

    def strikes(self, chat: str) -> bool:
        """Whether the next fitting call to a chat is spoiled."""
        fault, number = self.fault, self.met.get(chat, 0)
        self.met[chat] = number + 1
        if fault.times and self.hits >= fault.times:
            return False
        struck = crc32(f"{fault.seed}/{chat}/{number}".encode()) < fault.share * 2**32
        self.hits += struck
        return struck


class Faults:
    """The faults that were asked for, the oldest first. The first that strikes is played."""

    def __init__(self) -> None:
        self.running: dict[int, Running] = {}
        self._last = 0

    def add(self, fault: Fault) -> Running:
        self._last += 1
        self.running[self._last] = Running(self._last, fault)
        return self.running[self._last]

    def strike(self, target: Target) -> Fault | None:
        """What goes wrong with this call."""
        for each in self.running.values():
            if each.fault.fits(target) and each.strikes(target.chat):
                return each.fault
        return None
