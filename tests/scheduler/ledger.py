"""A ledger to fill, and a messenger that writes down when it was sent what."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from domain.broadcast import BroadcastState
from domain.channel import Capabilities, Content, SendError, Sent
from domain.message import Chat, ChatKind
from scheduler.drain import Drain, Hands
from storage import broadcasts, chats, deliveries, schema
from storage.broadcasts import Broadcast, Plan
from storage.deliveries import Letter, Wave
from storage.store import StorageError, Store
from tests.conftest import Clock
from tests.messenger import Memory
from tests.papers import paper

ACCOUNT = "memory"
GROUPS = ("a", "b")
PRIVATE = "p"
UNSPEAKABLE = "không nói được"
"""A text that our own code stumbles over when it is put into words."""
CAN = Capabilities(per_second=1000)
"""So quick that only the chats are paced."""


@dataclass
class Watched(Memory):
    """A messenger in memory; `rings` at every send, `times` has the moment of each."""

    clock: Clock = field(kw_only=True)
    times: list[tuple[str, datetime]] = field(default_factory=list)
    rings: asyncio.Event = field(default_factory=asyncio.Event)
    holds: dict[str, asyncio.Event] = field(default_factory=dict)
    """Chats whose sends wait for this."""
    faults: dict[str, Exception] = field(default_factory=dict)
    """What is wrong with our own code, by chat."""
    uploads: list[str] = field(default_factory=list)
    """The paths from which files were sent."""

    async def send(self, chat_id: str, content: Content) -> Sent:
        self.times.append((chat_id, self.clock()))
        self.uploads += [file.path for file in content.files if not file.platform_id]
        self.rings.set()
        if chat_id in self.holds:
            await self.holds[chat_id].wait()
        if chat_id in self.faults:
            raise self.faults[chat_id]
        sent = await super().send(chat_id, content)
        return replace(sent, file_ids=tuple(file.name for file in content.files))


@dataclass
class Tried(Drain):
    """A drain that lets a test wait for each time that the ledger was out of reach.

    `waits` are how long it meant to rest.
    """

    misses: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0), init=False)
    waits: list[timedelta] = field(default_factory=list, init=False)

    async def recover(self) -> None:
        await self._tell_miss(super().recover())

    async def turn(self) -> None:
        await self._tell_miss(super().turn())

    async def _wait(self, longest: timedelta) -> None:
        self.waits.append(longest)
        await super()._wait(longest)

    async def _tell_miss(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except StorageError:
            self.misses.release()
            raise


@dataclass
class Ledger:
    """An account's ledger and its drain.

    `ids` are the chats' numbers by their names; `ended` are the broadcasts whose end was told, and
    `trusts` is why the account's token was said to be refused, each time, or "" that it is taken.
    """

    store: Store
    clock: Clock
    channel: Watched
    ids: dict[str, int]
    drain: Tried = field(init=False)
    ended: list[int] = field(default_factory=list)
    trusts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.drain = self.new_drain()

    @classmethod
    async def open(cls, store: Store, clock: Clock, can: Capabilities = CAN) -> "Ledger":
        ids = await store.write(_chats)
        return cls(store, clock, Watched(can, clock=clock), ids)

    def new_drain(self, **given: Any) -> Tried:
        """A drain as after a restart, with these hands."""
        hands = Hands(self._spell, self._address, self._tell, self._tell_trust, folder="var/files")
        return Tried(self.store, self.channel, self.clock, replace(hands, **given))

    def _address(self, text: str, name: str, mention: str) -> str:
        return f"{name} ({mention}): {text}"

    def _spell(self, content: Content, can: Capabilities, kind: ChatKind) -> Content:
        if UNSPEAKABLE in content.text:
            raise ValueError(content.text)
        if can.buttons:
            return content
        return replace(content, text=f"{content.text} (chọn bằng số)", choices=())

    def _tell_trust(self, c: Connection, account: str, refused: str, now: datetime) -> None:
        assert account == ACCOUNT
        if chats.account_lost(c, account, refused or None):
            self.trusts.append(refused)

    def _tell(self, c: Connection, ended: Broadcast, now: datetime) -> None:
        self.ended.append(ended.id)
        deliveries.queue(c, Letter(self.ids[PRIVATE], "đã gửi xong"), now)

    async def queue(self, chat: str, *texts: str) -> None:
        """Live messages to a chat."""
        for text in texts:
            await self.store.write(deliveries.queue, Letter(self.ids[chat], text), self.clock())

    async def groups(self, count: int) -> list[str]:
        """So many more groups; their names."""
        names = [f"g{number}" for number in range(count)]
        for name in names:
            chat = Chat(name, ChatKind.GROUP)
            self.ids[name] = (await self.store.write(chats.seen, ACCOUNT, chat)).id
        return names

    async def broadcast(
        self, *groups: str, text: str = "văn bản", urgent: bool = False, file_id: int = 0
    ) -> int:
        """A running broadcast to these groups; its number."""
        file_ids = (file_id,) if file_id else ()
        return await self.store.write(self._broadcast, groups, text, urgent, file_ids)

    def _broadcast(
        self,
        c: Connection,
        groups: tuple[str, ...],
        text: str,
        urgent: bool,
        file_ids: tuple[int, ...],
    ) -> int:
        now = self.clock()
        unit_id = c.execute(select(schema.unit.c.id)).scalar_one()
        document = paper(c, unit_id, now, number=text)
        plan = Plan(document, unit_id, ["village"], text, now, urgent)
        running = BroadcastState.RUNNING
        broadcast = broadcasts.create(c, plan, running, None, self.ids[PRIVATE], now)
        assert broadcast
        contents = deliveries.keep_contents(c, Letter(0, text, file_ids=file_ids))
        wave = Wave(broadcast, contents, broadcasts.get(c, broadcast).priority)
        targets: list[Any] = [(ACCOUNT, self.ids[group], unit_id) for group in groups]
        deliveries.queue_wave(c, wave, targets, now)
        return broadcast

    async def pass_time(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass in steps, and all go out that may."""
        end = self.clock() + timedelta(seconds=seconds)
        while self.clock() < end:
            await self.drain.settle()
            self.clock.advance(timedelta(seconds=step))
        await self.drain.settle()

    def fail(self, chat: str, *errors: SendError) -> None:
        """The next sends to a chat end like that."""
        self.channel.errors.setdefault(chat, []).extend(errors)

    def told(self, chat: str) -> list[str]:
        return [post.text for post in self.channel.posts if post.chat == chat]

    def order(self) -> list[str]:
        return [post.text for post in self.channel.posts]

    async def rows(self, chat: str) -> list[tuple[str, bool]]:
        """The state of a chat's rows, in order, and whether each was marked as repeated."""
        return await self.store.read(_rows, self.ids[chat])


def tries(c: Connection, chat_id: int) -> list[int]:
    """How often a chat's rows were tried, in order."""
    row = schema.delivery.c
    return list(
        c.execute(select(row.tries).where(row.chat_id == chat_id).order_by(row.id)).scalars()
    )


def _rows(c: Connection, chat_id: int) -> list[tuple[str, bool]]:
    row = schema.delivery.c
    query = select(row.state, row.repeated).where(row.chat_id == chat_id).order_by(row.id)
    return [(state, repeated) for state, repeated in c.execute(query)]


def _chats(c: Connection) -> dict[str, int]:
    chats.open_account(c, ACCOUNT, None)
    c.execute(insert(schema.unit).values(code="T", name="Thôn", level="village"))
    kinds = dict.fromkeys(GROUPS, ChatKind.GROUP) | {PRIVATE: ChatKind.PRIVATE}
    return {name: chats.seen(c, ACCOUNT, Chat(name, kind)).id for name, kind in kinds.items()}


def reason(c: Connection, chat_id: int) -> str | None:
    found: str | None = c.execute(
        select(schema.chat.c.gone_because).where(schema.chat.c.id == chat_id)
    ).scalar_one()
    return found
