from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from domain.broadcast import QuietHours
from domain.people import Role
from scheduler.tickets import BATCH, Climbing, WeeklyList
from storage import people, tickets
from storage.store import Store
from tests.storage.test_tickets import Scene, ask, build

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = QuietHours(time(21), time(6), ZONE)


def climbing(store: Store, climbed: list[int]) -> Climbing:
    def climb(c: Connection, ticket_id: int, now: datetime) -> None:
        climbed.append(ticket_id)
        tickets.climb_at(c, ticket_id, now + timedelta(hours=24))

    return Climbing(store, NIGHT, climb, lambda c, now, limit: 0)


async def test_every_question_whose_time_has_come_climbs_once(store: Store, now: datetime) -> None:
    def many(c: Connection) -> None:
        scene = build(c, now)
        for number in range(BATCH + 5):
            ask(c, scene, now, f"Hỏi {number}?")

    await store.write(many)
    climbed: list[int] = []
    clock = climbing(store, climbed)
    assert await clock.due(now) == BATCH + 5
    assert await clock.due(now + timedelta(hours=1)) == 0
    assert len(set(climbed)) == BATCH + 5
    assert await clock.due(now + timedelta(hours=25)) == BATCH + 5


async def test_nobody_is_asked_at_night(store: Store, now: datetime) -> None:
    await store.write(lambda c: ask(c, build(c, now), now))
    clock = climbing(store, [])
    assert await clock.due(now.replace(hour=23)) == 0
    assert await clock.due(now.replace(hour=5) + timedelta(days=1)) == 0
    assert await clock.due(now.replace(hour=6) + timedelta(days=1)) == 1


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 11, 22, 9, tzinfo=ZONE), 0),
        (datetime(2026, 11, 23, 7, 59, tzinfo=ZONE), 0),
        (datetime(2026, 11, 23, 8, tzinfo=ZONE), 2),
        (datetime(2026, 11, 23, 23, tzinfo=ZONE), 2),
        (datetime(2026, 11, 24, 0, tzinfo=ZONE), 0),
    ],
)
async def test_the_list_goes_out_on_monday_to_each_coordinator_once(
    store: Store, now: datetime, at: datetime, told: int
) -> None:
    def coordinators(c: Connection) -> Scene:
        scene = build(c, now)
        for person_id in scene.person_ids:
            people.give_role(c, person_id, scene.unit_id, Role.COORDINATOR, now.date())
        people.give_role(c, scene.person_ids[0], scene.unit_id, Role.ADMINISTRATOR, now.date())
        return scene

    scene = await store.write(coordinators)
    got: list[int] = []
    weekly = WeeklyList(store, ZONE, lambda c, person_id, when: got.append(person_id))
    assert await weekly.due(at) == told
    assert await weekly.due(at) == 0
    assert got == list(scene.person_ids)[:told]
    assert await weekly.due(datetime(2026, 11, 30, 8, tzinfo=ZONE)) == 2
