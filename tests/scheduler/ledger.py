"""A ledger to fill, and a messenger that writes down when it was sent what."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from domain.channel import Capabilities, Content, SendError, Sent
from domain.message import Chat, ChatKind
from scheduler.drain import Drain
from storage import broadcasts, chats, deliveries, documents, schema
from storage.broadcasts import Broadcast, Plan
from storage.deliveries import Letter
from storage.store import Store
from tests.conftest import Clock
from tests.stage import Memory

ACCOUNT = "memory"
GROUPS = ("a", "b")
PRIVATE = "p"
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

    async def send(self, chat_id: str, content: Content) -> Sent:
        self.times.append((chat_id, self.clock()))
        self.rings.set()
        if chat_id in self.holds:
            await self.holds[chat_id].wait()
        if chat_id in self.faults:
            raise self.faults[chat_id]
        return await super().send(chat_id, content)


@dataclass
class Ledger:
    """`ids` are the chats' numbers by their names; `ended` are the broadcasts that were told."""

    store: Store
    clock: Clock
    channel: Watched
    ids: dict[str, int]
    drain: Drain = field(init=False)
    ended: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.drain = self.new_drain()

    @classmethod
    async def open(cls, store: Store, clock: Clock, can: Capabilities = CAN) -> "Ledger":
        ids = await store.write(_chats)
        return cls(store, clock, Watched(can, clock=clock), ids)

    def new_drain(self, **given: Any) -> Drain:
        """A drain as after a restart."""
        return Drain(
            self.store,
            self.channel,
            self.clock,
            self._tell,
            lambda content: replace(content, text=f"{content.text} (chọn bằng số)", choices=()),
            data_dir="",
            **given,
        )

    def _tell(self, c: Connection, ended: Broadcast, now: datetime) -> None:
        self.ended.append(ended.id)
        deliveries.queue(c, Letter(self.ids[PRIVATE], "đã gửi xong"), now)

    async def queue(self, chat: str, *texts: str) -> None:
        """Live messages to a chat."""
        for text in texts:
            await self.store.write(deliveries.queue, Letter(self.ids[chat], text), self.clock())

    async def broadcast(self, *groups: str, text: str = "văn bản") -> int:
        return await self.store.write(self._broadcast, groups, text)

    def _broadcast(self, c: Connection, groups: tuple[str, ...], text: str) -> int:
        now = self.clock()
        unit_id = c.execute(select(schema.unit.c.id)).scalar_one()
        document = documents.add(
            c,
            number=text,
            issued_on=date(2026, 11, 1),
            issuer="UBND",
            summary=text,
            file_id=None,
            unit_id=unit_id,
            created_by=None,
            now=now,
        )
        broadcast = broadcasts.create(
            c, Plan(document, unit_id, ["village"], text), None, self.ids[PRIVATE], now
        )
        assert broadcast
        content = deliveries.keep_content(c, Letter(0, text))
        targets: list[Any] = [(ACCOUNT, self.ids[group], unit_id) for group in groups]
        deliveries.queue_broadcast(c, broadcast, content, targets, now)
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
