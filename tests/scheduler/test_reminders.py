from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from bot.broadcast import remind
from bot.house import House
from domain.broadcast import BroadcastState, QuietHours
from scheduler.reminders import Reminders
from storage import acknowledgements, broadcasts, schema
from storage.store import Store, open_store
from tests.ledger import Ledger, Row
from tests.world import NIGHT

AFTER = (timedelta(hours=24), timedelta(hours=72))
NEVER_QUIET = QuietHours(time(0), time(0), ZoneInfo("Asia/Ho_Chi_Minh"))


def reminders(store: Store, house: House, quiet: QuietHours = NEVER_QUIET) -> Reminders:
    return Reminders(store, AFTER, quiet, lambda c, *due: remind(c, house, *due))


def finished(c: Connection, now: datetime) -> Ledger:
    """A broadcast that three groups got, and that Thôn Suối has acknowledged."""
    ledger = Ledger(c, now)
    ledger.write({"T11": Row("sent"), "T12": Row("sent"), "T21": Row("sent"), "X1": Row("failed")})
    ledger.acknowledge("T11", "Lan")
    broadcasts.finish(c, now)
    return ledger


def rounds(c: Connection) -> list[tuple[int, str, str]]:
    """The reminders in the ledger: (round, unit, state)."""
    row = schema.delivery.c
    query = select(row.round, schema.unit.c.code, row.state).join(
        schema.unit, schema.unit.c.id == row.unit_id
    )
    found = c.execute(query.where(row.round > 0).order_by(row.round, schema.unit.c.code))
    return [(number, code, state) for number, code, state in found]


async def test_only_those_who_got_it_and_are_silent_are_reminded(
    store: Store, house: House, now: datetime
) -> None:
    await store.write(finished, now)
    clerk = reminders(store, house)
    assert await clerk.due(now + timedelta(hours=23)) == 0
    assert await clerk.due(now + timedelta(hours=24)) == 2
    assert await store.read(rounds) == [(1, "T12", "queued"), (1, "T21", "queued")]


async def test_a_round_goes_once_with_two_schedulers(
    url: str, store: Store, house: House, now: datetime
) -> None:
    await store.write(finished, now)
    other = await open_store(url)
    try:
        due = now + timedelta(hours=25)
        found = [await reminders(each, house).due(due) for each in (store, other, store)]
    finally:
        await other.close()
    assert found == [2, 0, 0]
    assert len(await store.read(rounds)) == 2


async def test_who_acknowledges_gets_no_more(store: Store, house: House, now: datetime) -> None:
    def acknowledge(c: Connection) -> None:
        unit = select(schema.unit.c.id).where(schema.unit.c.code == "T12")
        unit_id, person = c.execute(unit).scalar_one(), select(schema.person.c.id).limit(1)
        broadcast_id = broadcasts.newest(c, 1)[0].id
        broadcasts.acknowledge(c, broadcast_id, unit_id, c.execute(person).scalar_one(), now)
        acknowledgements.stop_reminders(c, broadcast_id, unit_id, now)

    await store.write(finished, now)
    clerk = reminders(store, house)
    await clerk.due(now + timedelta(hours=24))
    await store.write(acknowledge)
    assert await store.read(rounds) == [(1, "T12", "cancelled"), (1, "T21", "queued")]
    assert await clerk.due(now + timedelta(hours=72)) == 1
    assert (await store.read(rounds))[-1] == (2, "T21", "queued")


async def test_at_night_it_waits_for_the_morning(store: Store, house: House, now: datetime) -> None:
    await store.write(finished, now.replace(hour=20, minute=30))
    clerk = reminders(store, house, NIGHT)
    evening = now + timedelta(days=1)
    assert await clerk.due(evening.replace(hour=21)) == 0
    assert await clerk.due((evening + timedelta(days=1)).replace(hour=5, minute=59)) == 0
    assert await clerk.due((evening + timedelta(days=1)).replace(hour=6, minute=0)) == 2


async def test_of_missed_rounds_only_the_last_goes(
    store: Store, house: House, now: datetime
) -> None:
    await store.write(finished, now)
    clerk = reminders(store, house)
    assert await clerk.due(now + timedelta(hours=73)) == 2
    assert await clerk.due(now + timedelta(hours=74)) == 0
    assert {number for number, _, _ in await store.read(rounds)} == {2}


async def test_after_the_last_round_and_long_after_the_end_nothing_goes(
    store: Store, house: House, now: datetime
) -> None:
    await store.write(finished, now)
    clerk = reminders(store, house)
    assert await clerk.due(now + timedelta(days=30)) == 0
    assert await Reminders(store, (), NIGHT, clerk.remind).due(now + timedelta(hours=24)) == 0


@pytest.mark.parametrize("state", [BroadcastState.WITHDRAWN, BroadcastState.RUNNING])
async def test_what_is_not_finished_is_not_reminded_of(
    store: Store, house: House, now: datetime, state: BroadcastState
) -> None:
    ledger = await store.write(finished, now)
    await store.write(broadcasts.set_state, ledger.broadcast.id, state, now)
    assert await reminders(store, house).due(now + timedelta(hours=24)) == 0


async def test_where_all_have_acknowledged_the_round_is_over(
    store: Store, house: House, now: datetime
) -> None:
    def all_heard(c: Connection) -> int:
        ledger = Ledger(c, now)
        ledger.write({"T11": Row("sent")})
        ledger.acknowledge("T11", "Lan")
        broadcasts.finish(c, now)
        return ledger.broadcast.id

    broadcast_id = await store.write(all_heard)
    assert await reminders(store, house).due(now + timedelta(hours=24)) == 0
    assert (await store.read(broadcasts.get, broadcast_id)).rounds == 1
