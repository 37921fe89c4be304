"""A stage for conversations: a world and a messenger in memory, over the real road."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.calendar import load_calendar
from bot.commands import Vocabulary
from bot.courses import load_courses
from bot.data_sets import load_data_sets, remember
from bot.faq import Faq, FaqRules, load_abbreviations, open_faq
from bot.handlers import make_dispatch
from bot.house import House
from bot.lost import tell_trust
from bot.progress import Narrator
from bot.road import Road
from bot.spell import address, spell
from bot.word_template import WordTemplate
from bot.words import Words
from domain.channel import Capabilities, Choice
from domain.data_set_body import read_body
from domain.faq import Thresholds
from domain.message import Chat, ChatKind, Departed, Message, Sender, Update
from domain.ticket import TicketRules
from domain.units import TeamRule
from loa.jobs import Jobs
from loa.settings import Settings
from scheduler.drain import Drain, Hands
from storage import chats, entries
from storage.store import Store
from tests.messenger import Memory, Post
from tests.world import LEVELS, NIGHT, ZONE, furnish

PATIENCE, MOMENT = timedelta(seconds=15), timedelta(milliseconds=200)
OTHER = "other"
REPORTS = ("ask_teams", "notice_silence", "tell_digests")
QUESTIONS = ("climb", "weekly_list", "teach")
BROADCASTS = ("launch", "remind", "show_progress")


class Lent(Faq):
    """The shipped questions, the same for all tests until a database teaches: then a copy."""

    def __init__(self, lender: Faq) -> None:
        vars(self).update(vars(lender))

    def refresh(self, c: Connection) -> None:
        if not self.version and entries.version(c):
            self._shelf, self._index = deepcopy((self._shelf, self._index))
        super().refresh(c)


def make_house() -> House:
    """The shipped content, read once."""
    house = _shipped()
    return replace(house, faq=Lent(house.faq))


@cache
def _shipped() -> House:
    return House(
        words=Words.load(ZONE),
        vocabulary=Vocabulary.load(),
        faq=open_faq(),
        abbreviations=load_abbreviations(),
        thresholds=Thresholds(),
        data_sets=load_data_sets(),
        courses=load_courses(),
        levels={level.id: level for level in LEVELS},
        team_rules={"village": TeamRule("village", most=5)},
        zone=ZONE,
        calendar=load_calendar(ZONE),
        quiet=NIGHT,
        faq_rules=FaqRules(),
        tickets=TicketRules(),
        word_template=WordTemplate.load(),
    )


@dataclass(frozen=True)
class Side:
    """An account and what sends by it."""

    channel: Memory
    drain: Drain


@dataclass
class Stage:
    """A world with Loa in it, at a clock that the test moves."""

    store: Store
    house: House
    channel: Memory
    now: datetime
    road: Road = field(init=False)
    drain: Drain = field(init=False)
    narrator: Narrator = field(init=False)
    folder: Path | None = None
    """Where files are kept that Loa makes; without it none is made."""
    reports: bool = True
    """Whether teams are asked for reports, and coordinators told of them."""
    other: "Side | None" = None
    """A second messenger account, from the moment when somebody writes there."""
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.narrator = Narrator(self.house)
        self.drain = self._drain_of(self.channel)
        self.road = Road(self.store, self.house, make_dispatch(), lambda: self.now, lambda: None)

    def _drain_of(self, channel: Memory) -> Drain:
        hands = Hands(
            partial(spell, words=self.house.words),
            address=partial(address, words=self.house.words),
            ended=self.narrator.tell_result,
            trusted=lambda c, *trust: tell_trust(c, self.house, *trust),
            folder="",
            zone=ZONE,
            quiet=NIGHT,
        )
        return Drain(self.store, channel, lambda: self.now, hands)

    @classmethod
    async def open(
        cls,
        store: Store,
        house: House,
        can: Capabilities,
        now: datetime,
        folder: Path | None = None,
    ) -> "Stage":
        channel = Memory(can)
        await store.write(furnish, channel, now)
        await store.write(remember, house.data_sets, now)
        return cls(store, house, channel, now, folder)

    async def restart(self, bodies: list[Any]) -> None:
        """Go on with these data sets, as after their files were changed."""
        data_sets = {each.id: each for each in map(read_body, bodies)}
        await self.store.write(remember, data_sets, self.now)
        self.house = replace(self.house, data_sets=data_sets)
        self.road = Road(self.store, self.house, make_dispatch(), lambda: self.now, lambda: None)

    async def take(self, message: Update, *, other: bool = False) -> list[Post]:
        """Let a message in, by the `other` account or the first; what Loa posted because of it."""
        before = len(self.channel.posts)
        channel = (await self._other_side()).channel if other else self.channel
        await self.road.take(channel, message)
        return await self._posted(before)

    async def _other_side(self) -> "Side":
        if self.other is None:
            channel = Memory(self.channel.capabilities, OTHER, self.channel.posts)
            await self.store.write(chats.open_account, OTHER, None, channel.capabilities)
            self.other = Side(channel, self._drain_of(channel))
        return self.other

    async def tick(self) -> list[Post]:
        """Let the clock do what is due now; what Loa posted."""
        before = len(self.channel.posts)
        await self._do(*(REPORTS if self.reports else ()), *QUESTIONS)
        await self.work()
        return await self._posted(before)

    async def work(self) -> None:
        """What the clock does for broadcasts: starts, reminders, progress, pictures and tables."""
        await self._do(*BROADCASTS, *(("run_errands",) if self.folder else ()))

    async def _do(self, *names: str) -> None:
        settings = Settings(data_dir=self.folder or Path())
        jobs = Jobs(settings, self.store, self.house, self.narrator, lambda: self.now, lambda: None)
        found = {job.name: job for job in jobs.all()}
        for name in names:
            await found[name].do()

    async def _posted(self, before: int) -> list[Post]:
        """What Loa posts within a few seconds: chats are paced, so the clock is moved on to it."""
        end = self.now + PATIENCE
        drains = [self.drain, *([self.other.drain] if self.other else [])]
        while True:
            # What one of them tells may be another one's to send.
            for drain in drains * len(drains):
                await drain.settle()
            due = [drain.next_at for drain in drains if drain.next_at is not None]
            if not due or max(min(due), self.now) > end:
                return self.channel.posts[before:]
            self.now = max(self.now + MOMENT, min(due))

    def message(self, who: str, where: str, **parts: Any) -> Message:
        kind = ChatKind.PRIVATE if where == who else ChatKind.GROUP
        parts.setdefault("addressed", kind is ChatKind.PRIVATE)
        chat = Chat(where, kind, where)
        return Message(f"u{next(self._keys)}", chat, Sender(who, who.title()), **parts)

    def departed(self, who: str, where: str) -> Departed:
        kind = ChatKind.PRIVATE if where == who else ChatKind.GROUP
        return Departed(f"u{next(self._keys)}", Chat(where, kind, where))

    def last_with(self, chat: str, label: str) -> tuple[Post, Choice] | None:
        """The newest message in a chat that has a button with that label."""
        for post in reversed(self.channel.posts):
            for choice in post.choices:
                if post.chat == chat and label.lower() in choice.label.lower():
                    return post, choice
        return None
