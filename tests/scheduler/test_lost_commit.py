"""The way out when a transaction was kept and nobody heard of it, for the connection was cut."""

import asyncio
from datetime import timedelta

import pytest

from domain.channel import Refused
from domain.quota import month_of
from storage import quotas
from storage.store import open_store
from tests.conftest import Clock, PostgresDatabases
from tests.scheduler.ledger import ACCOUNT, PRIVATE, Ledger, tries
from tests.until import until_kept
from tests.wire import Wire
from tests.world import ZONE

COMMITS = range(1, 5)
"""Of the drain: it recovers, claims, settles and claims what comes next, settles that."""


@pytest.mark.parametrize("resend", [True, False])
@pytest.mark.parametrize("number", COMMITS)
async def test_what_was_kept_unheard_is_neither_lost_nor_sent_nor_counted_twice(
    postgres: PostgresDatabases,
    clock: Clock,
    number: int,
    resend: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("scheduler.drain.OUTAGE", timedelta())
    url = await postgres.lend()
    store = await open_store(url)
    async with Wire.to(url) as wire:
        ledger = await Ledger.open(store, clock)
        ledger.drain = ledger.new_drain(resend_lost=resend)
        ledger.drain.store = await open_store(wire.url)
        ledger.fail("b", Refused("it is too long"))
        await ledger.queue("a", "một", "hai")
        await ledger.queue("b", "ba")
        await ledger.broadcast("a")
        wire.lose(number)
        running = asyncio.create_task(ledger.drain.run())
        await until_kept(lambda: ended(ledger))
        running.cancel()
        await asyncio.wait([running])
        await ledger.drain.store.close()
        assert wire.lost
    assert ledger.order() == ["một", "hai", "văn bản", "đã gửi xong"]
    assert await ledger.rows("a") == [("sent", False)] * 3
    assert await ledger.rows("b") == [("failed", False)]
    assert await store.read(tries, ledger.ids["a"]) == [1, 1, 1]
    month = month_of(clock(), ZONE)
    assert await store.read(quotas.spent, [ACCOUNT], month) == {ACCOUNT: 4}
    (line,) = caplog.messages
    assert line.startswith("memory: the ledger cannot be reached: ")
    await store.close()
    await postgres.take_back(url)


async def ended(ledger: Ledger) -> bool:
    """Whether all has gone out, also what is told at the end."""
    ledger.drain.wake()
    rows = [row for chat in ("a", "b", PRIVATE) for row in await ledger.rows(chat)]
    return bool(ledger.ended) and all(state in ("sent", "failed") for state, _ in rows)
