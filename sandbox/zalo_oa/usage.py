"""When people last turned to an account, and what it has used since and this month."""

from collections import Counter
from datetime import datetime, timedelta

from sandbox.clock import local, month
from sandbox.facts import Bot, Message, Posted, Pressed
from sandbox.journal import Entry
from sandbox.world import World
from sandbox.zalo_oa.consoles import Consoles
from sandbox.zalo_oa.errors import OaError
from sandbox.zalo_oa.facts import Followed, Uploaded

_FREE_SECONDS = 48 * 3600
_DAY = 24 * 3600


class Usage:
    """`last`: the time of a person's last word to an account; `replies`: how many messages the
    account has sent since. Both by person and account. `messages` (that are not free) and
    `uploads` are those of an account in a month."""

    def __init__(self, world: World, consoles: Consoles) -> None:
        self._world, self._consoles = world, consoles
        self.last: dict[tuple[int, int], float] = {}
        self.replies: Counter[tuple[int, int]] = Counter()
        self.messages: Counter[tuple[int, str]] = Counter()
        self.uploads: Counter[tuple[int, str]] = Counter()
        world.listeners.append(self._hear)

    def _hear(self, entry: Entry) -> None:
        match entry.fact:
            case Posted(message):
                self._posted(message, entry.at)
            case Pressed() as fact:
                self._turned(fact.chat, entry.at)
            case Followed(person, bot):
                self._interact((person, bot), entry.at)
            case Uploaded(bot):
                self.uploads[bot, month(entry.at)] += 1

    def _posted(self, message: Message, at: float) -> None:
        if message.sender in self._world.people:
            self._turned(message.chat, at)
        elif pair := self._pair(message.chat):
            self.messages[pair[1], month(at)] += not self.is_free(pair, at)
            self.replies[pair] += 1

    def _turned(self, chat: str, at: float) -> None:
        if pair := self._pair(chat):
            self._interact(pair, at)

    def _interact(self, pair: tuple[int, int], at: float) -> None:
        self.last[pair] = at
        self.replies[pair] = 0

    def _pair(self, chat: str) -> tuple[int, int] | None:
        """The person and the account of a private chat."""
        room = self._world.chats[chat]
        if room.kind != "private" or room.messenger != "zalo_oa":
            return None
        person, bot = self._world.partner(room)
        return person.id, bot.id

    def is_free(self, pair: tuple[int, int], now: float, more: int = 1) -> bool:
        """Whether so many messages more to a person cost nothing."""
        most = self._consoles.of(pair[1]).switches.replies
        within = now - self.last.get(pair, 0) <= _FREE_SECONDS
        return within and (not most or self.replies[pair] + more <= most)

    def check(self, bot: Bot, person: int, now: float) -> None:
        """Raises OaError when the account may not write to the person now."""
        pair, console = (person, bot.id), self._consoles.of(bot.id)
        if console.switches.night_ban and not 6 <= local(now).hour < 22:
            raise OaError(-234)
        if (last := self.last.get(pair)) is None:
            raise OaError(-213)
        if now - last > console.switches.window_days * _DAY:
            raise OaError(-230)
        if not self.is_free(pair, now) and self.left(bot, now) <= 0:
            raise OaError(-211)

    def left(self, bot: Bot, now: float) -> int:
        """How many messages of this month's are left."""
        return self._consoles.of(bot.id).monthly_messages - self.messages[bot.id, month(now)]

    def quota(self, bot: Bot, person: int, now: float) -> dict[str, str]:
        """What the answer to a message says, the message being counted already."""
        pair, console = (person, bot.id), self._consoles.of(bot.id)
        if self.is_free(pair, now, more=0):
            return {"quota_type": "reply"} | self._replies(pair, console.switches.replies)
        return {
            "quota_type": "sub_quota",
            "remain": str(self.left(bot, now)),
            "total": str(console.monthly_messages),
            "expired_date": _first_of_next_month(now).strftime("%d/%m/%Y"),
        }

    def _replies(self, pair: tuple[int, int], most: int) -> dict[str, str]:
        left = str(most - self.replies[pair])
        return {"remain": left, "total": str(most)} if most else {}


def _first_of_next_month(at: float) -> datetime:
    return (local(at).replace(day=28) + timedelta(days=4)).replace(day=1)
