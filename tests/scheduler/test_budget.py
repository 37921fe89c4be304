"""What is used of a month: told once at each step, and broadcasts wait near its end."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from domain.channel import Capabilities, QuotaSpent
from domain.quota import Quota, month_of
from scheduler.budget import Budgets
from storage import chats, quotas
from storage.quotas import Budget
from storage.store import Store
from tests.conftest import Clock
from tests.scheduler.ledger import ACCOUNT, CAN, GROUPS, PRIVATE, Ledger
from tests.world import ZONE


async def used(store: Store, now: datetime, quota: int, sent: int, heard: int = 0) -> None:
    def work(c: Connection) -> None:
        chats.open_account(c, ACCOUNT, None, quota=quota)
        quotas.count_sent(c, ACCOUNT, month_of(now, ZONE), sent)
        for _ in range(heard):
            quotas.count_heard(c, ACCOUNT, month_of(now, ZONE))

    await store.write(work)


async def test_people_are_told_once_at_80_and_once_at_95_percent(
    store: Store, now: datetime
) -> None:
    told: list[tuple[int, bool]] = []

    def warn(c: Connection, budget: Budget, at: datetime) -> None:
        told.append((budget.used, budget.guarded))

    budgets = Budgets(store, ZONE, warn)
    for sent, heard in ((78, 1), (0, 1), (10, 0), (5, 0), (20, 0)):
        await used(store, now, 100, sent, heard)
        for _ in range(2):
            await budgets.look(now)
    assert told == [(80, False), (95, True)]
    await budgets.look(now + timedelta(days=31))
    assert len(told) == 2


async def test_what_the_platform_says_is_told_too(store: Store, now: datetime) -> None:
    told: list[str] = []

    def work(c: Connection) -> None:
        chats.open_account(c, ACCOUNT, None)
        quotas.told(c, ACCOUNT, Quota(500, 90), now)

    await store.write(work)
    budgets = Budgets(store, ZONE, lambda c, budget, at: told.append(budget.account_id))
    assert [await budgets.look(now) for _ in range(2)] == [1, 0]
    assert told == [ACCOUNT]


@pytest.mark.parametrize(("sent", "states"), [(94, ["sent"]), (95, ["queued"])])
async def test_near_the_end_broadcasts_wait_and_live_replies_go_on(
    store: Store, clock: Clock, sent: int, states: list[str]
) -> None:
    ledger = await Ledger.open(store, clock, CAN)
    await used(store, clock(), 100, sent)
    await ledger.broadcast(GROUPS[0])
    await ledger.queue(PRIVATE, "trả lời")
    await ledger.pass_time(1)
    assert [state for state, _ in await ledger.rows(GROUPS[0])] == states
    assert ledger.told(PRIVATE)[0] == "trả lời"


async def test_every_message_that_goes_out_is_counted(store: Store, clock: Clock) -> None:
    ledger = await Ledger.open(store, clock, Capabilities())
    await ledger.queue(PRIVATE, "một", "hai")
    await ledger.pass_time(3)
    month = month_of(clock(), ledger.drain.hands.zone)
    assert await store.read(quotas.spent, [ACCOUNT], month) == {ACCOUNT: 2}


async def test_when_the_platform_says_that_nothing_is_left_the_account_waits_and_people_are_told(
    store: Store, clock: Clock
) -> None:
    ledger = await Ledger.open(store, clock, CAN)
    await used(store, clock(), 100, 0)
    ledger.fail(PRIVATE, QuotaSpent("out of quota"))
    await ledger.queue(PRIVATE, "trả lời")
    await ledger.queue(GROUPS[0], "chào")
    await ledger.pass_time(60)
    assert [state for state, _ in await ledger.rows(PRIVATE)] == ["queued"]
    told: list[tuple[int, int, datetime | None]] = []
    warn = Budgets(store, ZONE, lambda c, budget, at: told.extend(budget.counts()))
    await warn.look(clock())
    assert [(total, spent) for total, spent, _ in told] == [(100, 1), (100, 100)]
    await ledger.pass_time(3600, step=60)
    assert ledger.told(PRIVATE) == ["trả lời"]
