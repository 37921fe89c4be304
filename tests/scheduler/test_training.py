"""The clock of courses, with a sender of a few lines."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from scheduler.training import Lessons
from storage import training
from storage.store import Store
from storage.training import Run, RunState, Sent
from tests.domain.test_course import COURSE, SWAPPED
from tests.storage.test_training import begin, world
from tests.world import NIGHT

DAY = timedelta(days=1)


def lessons(store: Store, told: list[str]) -> Lessons:
    """Lessons that write down what they would send."""

    def go_on(c: Connection, run: Run, now: datetime) -> int:
        told.append(f"lesson {run.sent + 1}")
        training.went_on(c, run.id, run.sent + 1, now + DAY)
        return 1

    def remind(c: Connection, found: Sequence[Sent], now: datetime) -> None:
        told.extend(f"remind {each.lesson}" for each in found)
        training.reminded(c, 1, 1, [each.chat_id for each in found])

    return Lessons(store, SWAPPED, NIGHT, go_on, remind)


def started(c: Connection, now: datetime) -> None:
    begin(c, world(c, now)["T11"], now)


async def test_what_is_due_goes_once(store: Store, now: datetime) -> None:
    told: list[str] = []
    await store.write(started, now)
    clock = lessons(store, told)
    assert [await clock.due(now + wait) for wait in (DAY / 2, 3 * DAY, 3 * DAY)] == [0, 2, 0]
    assert told == ["lesson 2", "remind 1"]


async def test_nobody_is_reminded_at_a_weekend_and_nothing_goes_on_a_holiday(
    store: Store, now: datetime
) -> None:
    told: list[str] = []
    await store.write(started, now)
    clock = lessons(store, told)
    assert [await clock.due(now + days * DAY) for days in (1, 11)] == [1, 0]
    assert told == ["lesson 2"]


@pytest.mark.parametrize("hour", [5, 6, 18, 22])
async def test_outside_the_hours_of_work_nothing_goes(
    store: Store, now: datetime, hour: int
) -> None:
    told: list[str] = []
    await store.write(started, now)
    assert await lessons(store, told).due((now + 2 * DAY).replace(hour=hour)) == 0
    assert told == []


async def test_a_run_that_another_process_has_moved_on_is_left(store: Store, now: datetime) -> None:
    told: list[str] = []
    await store.write(started, now)
    clock = lessons(store, told)
    await store.write(training.went_on, 1, 2, now + 2 * DAY)
    assert await store.write(clock._go_on, 1, now + DAY) == 0
    await store.write(training.set_state, 1, RunState.STOPPED)
    assert await store.write(clock._go_on, 1, now + 3 * DAY) == 0
    assert told == []
    assert (await store.read(training.get, 1)).course == COURSE
