"""An account goes from one process to another: nothing is lost, and nobody sends beside the new."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from domain.channel import Capabilities
from scheduler import drain as drain_module
from scheduler.drain import Drain
from storage.company import Superseded
from storage.in_company import Claim, InCompany
from storage.store import Store
from tests.conftest import Clock
from tests.scheduler.ledger import ACCOUNT, CAN, Ledger

PER_SECOND = 10
SECOND = timedelta(seconds=1)
CHATS, TURNS, TAKE_OVERS = 20, 300, 6


def claim() -> Claim:
    return Claim(ACCOUNT, InCompany("postgresql+asyncpg://nowhere/loa", lambda *_: None))


@dataclass
class Held:
    """What a process has of the account; it is `certain` of it as long as the test says."""

    leaving: bool = False
    certain: asyncio.Event = field(default_factory=asyncio.Event)
    claim: Claim = field(default_factory=claim)

    async def sure(self) -> None:
        await self.certain.wait()

    def enter(self, c: Connection) -> None:
        self.claim.enter(c)

    def check(self, c: Connection) -> None:
        self.claim.check(c)


@pytest.fixture
def ledger(store: Store, clock: Clock, runner: asyncio.Runner) -> Ledger:
    can = replace(CAN, per_second=PER_SECOND)
    return runner.run(Ledger.open(store, clock, can))


async def begun(ledger: Ledger) -> tuple[Drain, Held]:
    """The drain of a process that has entered."""
    held = Held()
    held.certain.set()
    await ledger.store.write(held.enter)
    drain = ledger.new_drain()
    drain.hold = held
    await drain.recover()
    return drain, held


async def sent(drain: Drain) -> None:
    """All that it has begun has gone out."""
    await asyncio.gather(*(task for _, task in drain._sending.values()))


async def test_the_limit_holds_through_every_take_over(ledger: Ledger) -> None:
    for name in await ledger.groups(CHATS):
        await ledger.queue(name, name)
    for number in range(TURNS):
        if number % (TURNS // TAKE_OVERS) == 0:
            # The one before dies over what it has begun, some of which has gone out.
            drain, _ = await begun(ledger)
        await drain.turn()
        if number % 3:
            await sent(drain)
        ledger.clock.advance(timedelta(milliseconds=10))
    await drain.settle()

    times = [at for _, at in ledger.channel.times]
    busiest = max(sum(begin <= at < begin + SECOND for at in times) for begin in times)
    assert busiest <= PER_SECOND + 1  # the bucket's one, which it may send at once
    assert {chat for chat, _ in ledger.channel.times} == {f"g{n}" for n in range(CHATS)}


async def test_what_is_under_way_is_the_new_ones_and_the_old_one_does_nothing_more(
    ledger: Ledger,
) -> None:
    ledger.channel.capabilities = CAN
    ledger.channel.holds["a"] = asyncio.Event()
    await ledger.queue("a", "đang đi")
    old, _ = await begun(ledger)
    await old.turn()
    await ledger.channel.rings.wait()
    new, _ = await begun(ledger)
    ledger.channel.holds["a"].set()
    await sent(old)
    await ledger.queue("b", "tin mới")
    with pytest.raises(Superseded):
        await old.turn()
    with pytest.raises(Superseded):
        await old.recover()
    assert await ledger.rows("a") == [("queued", True)]
    await new.settle()
    assert await ledger.rows("a") == [("sent", True)]
    assert await ledger.rows("b") == [("sent", False)]
    assert ledger.order() == ["đang đi", "đang đi", "tin mới"]


async def test_what_was_claimed_is_not_sent_while_it_is_not_certain(ledger: Ledger) -> None:
    await ledger.queue("a", "tin")
    drain, held = await begun(ledger)
    await drain.turn()
    held.certain.clear()
    for _ in range(5):
        await asyncio.sleep(0)
    assert not ledger.channel.times
    held.certain.set()
    await sent(drain)
    assert ledger.order() == ["tin"]


async def test_nothing_is_claimed_while_it_is_not_certain(ledger: Ledger) -> None:
    drain, held = await begun(ledger)
    held.certain.clear()
    running = asyncio.create_task(drain.run())
    await ledger.queue("a", "tin")
    drain.wake()
    for _ in range(5):
        await asyncio.sleep(0)
    assert await ledger.rows("a") == [("queued", False)]
    held.certain.set()
    await ledger.channel.rings.wait()
    running.cancel()
    await asyncio.wait([running])


async def test_at_a_stop_the_answers_that_come_yet_are_recorded(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain_module, "GRACE", 0.3)
    ledger.channel.capabilities = CAN
    for chat in ("a", "b"):
        ledger.channel.holds[chat] = asyncio.Event()
        await ledger.queue(chat, "đang đi", "sau")
    running = asyncio.create_task(ledger.drain.run())
    while len(ledger.channel.times) < len(ledger.channel.holds):
        ledger.channel.rings.clear()
        await ledger.channel.rings.wait()
    running.cancel()
    ledger.channel.holds["a"].set()
    await asyncio.wait([running])
    assert running.cancelled()
    assert await ledger.rows("a") == [("sent", False), ("queued", False)]
    assert await ledger.rows("b") == [("sending", False), ("queued", False)]


async def test_who_leaves_ends_what_is_under_way_and_begins_nothing(ledger: Ledger) -> None:
    ledger.channel.capabilities = Capabilities(per_second=1000)
    ledger.channel.holds["a"] = asyncio.Event()
    await ledger.queue("a", "đang đi", "sau")
    drain, held = await begun(ledger)
    running = asyncio.create_task(drain.run())
    await ledger.channel.rings.wait()
    held.leaving = True
    await ledger.queue("b", "tin mới")
    drain.wake()
    ledger.channel.holds["a"].set()
    await running
    assert await ledger.rows("a") == [("sent", False), ("queued", False)]
    assert await ledger.rows("b") == [("queued", False)]
