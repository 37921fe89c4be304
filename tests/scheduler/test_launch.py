"""Broadcasts start at their time and pass on by the clock, once, however many schedulers run."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, func, insert, select, update

from bot.house import House
from bot.launch import start_planned, stuck
from bot.passage import pass_by_clock, pass_on
from domain.broadcast import BroadcastState
from scheduler.launch import Launch
from storage import broadcasts, chats, units
from storage.broadcasts import Plan
from storage.schema import chat, content, delivery, unit_parent
from storage.store import Store, open_store
from tests.messenger import WITH_BUTTONS, Memory
from tests.papers import paper
from tests.world import build, read_world

HOUR = timedelta(hours=1)


@dataclass
class Told:
    """Whose end was told."""

    ended: list[int]


def launch(store: Store, house: House, told: Told | None = None) -> Launch:
    return Launch(
        store,
        lambda c, *due: start_planned(c, house, *due),
        lambda c, *due: pass_by_clock(c, house, *due),
        lambda c, broadcast, now: told.ended.append(broadcast.id) if told else None,
    )


def planned(
    c: Connection,
    now: datetime,
    at: datetime,
    through: str | None = None,
    *,
    by_command: bool = False,
) -> int:
    """A broadcast of the province to all villages, whose sender sits in the group of a commune.

    One that was made `by_command` has no such place.
    """
    build(c, read_world(), Memory(WITH_BUTTONS), now)
    top = units.by_code(c, "T")
    assert top is not None
    plan = Plan(paper(c, top.id, now), top.id, ["village"], "x", at, through_level=through)
    chat_id = None if by_command else chats.groups_of(c, top.id + 1)[0].id
    made = broadcasts.create(c, plan, BroadcastState.PLANNED, None, chat_id, now)
    assert made is not None
    return made


def rows(c: Connection, broadcast_id: int) -> int:
    query = select(func.count()).where(delivery.c.broadcast_id == broadcast_id)
    return c.execute(query).scalar_one()


def told(c: Connection) -> list[str]:
    """The chats to which something is to go."""
    query = select(chat.c.platform_id).join(delivery, delivery.c.chat_id == chat.c.id)
    return sorted(c.execute(query).scalars())


def said(c: Connection) -> str:
    bodies = c.execute(select(content.c.body).order_by(content.c.id)).scalars()
    return "\n".join(body["text"] for body in bodies)


async def test_it_starts_when_its_time_has_come_and_never_again(
    store: Store, house: House, now: datetime
) -> None:
    broadcast_id = await store.write(planned, now, now + HOUR)
    clock = launch(store, house)
    assert await clock.due(now + HOUR - timedelta(seconds=1)) == 0
    assert await clock.due(now + HOUR) == 1
    assert await clock.due(now + HOUR) == 0
    assert await store.read(rows, broadcast_id) == 3
    assert (await store.read(broadcasts.get, broadcast_id)).state is BroadcastState.RUNNING


async def test_what_was_due_while_the_machine_was_off_starts_late(
    store: Store, house: House, now: datetime
) -> None:
    broadcast_id = await store.write(planned, now, now + HOUR)
    assert await launch(store, house).due(now + timedelta(days=3)) == 1
    assert await store.read(rows, broadcast_id) == 3


@pytest.mark.parametrize("through", [None, "commune"])
async def test_of_two_schedulers_at_once_one_starts_it(
    store: Store, url: str, house: House, now: datetime, through: str | None
) -> None:
    broadcast_id = await store.write(planned, now, now, through)
    other = await open_store(url)
    try:
        both = [launch(each, house) for each in (store, other)]
        assert sorted(await asyncio.gather(*(each.due(now) for each in both))) == [0, 1]
        if through:
            later = now + timedelta(hours=24)
            assert sum(await asyncio.gather(*(each.due(later) for each in both))) == 2
    finally:
        await other.close()
    assert await store.read(rows, broadcast_id) == 3


async def test_where_no_group_is_left_the_sender_is_told(
    store: Store, house: House, now: datetime
) -> None:
    broadcast_id = await store.write(planned, now, now)

    def leave(c: Connection) -> None:
        for each in c.execute(select(delivery.c.chat_id)).scalars():
            chats.gone(c, each, "left")
        for chat_id in (2, 3, 4):
            chats.gone(c, chat_id, "left")

    await store.write(leave)
    assert await launch(store, house).due(now) == 1
    assert await store.read(rows, broadcast_id) == 0
    assert "Chưa có nhóm nào" in await store.read(said)
    assert (await store.read(broadcasts.get, broadcast_id)).state is BroadcastState.PAUSED


async def test_where_a_command_cannot_be_obeyed_the_units_coordinators_are_told(
    store: Store, house: House, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    broadcast_id = await store.write(planned, now, now, by_command=True)
    poor = replace(house, quotas={"memory": 2})
    assert await launch(store, poor).due(now) == 1
    assert await store.read(told) == ["phong", "tinh"]
    for words in ("Đã đến giờ gửi văn bản <b>1</b>", "Tháng này còn 2 tin, cần 3", "gửi tiếp 1"):
        assert words in await store.read(said)
    assert caplog.messages == [f"broadcast {broadcast_id} cannot start: plan.short"]
    broadcast = await store.read(broadcasts.get, broadcast_id)
    assert "cần 3" in await store.read(stuck, poor, broadcast, now)
    assert "Giờ thì gửi được" in await store.read(stuck, house, broadcast, now)


async def test_a_command_that_is_obeyed_is_told_to_nobody(
    store: Store, house: House, now: datetime
) -> None:
    broadcast_id = await store.write(planned, now, now, by_command=True)
    assert await launch(store, house).due(now) == 1
    assert len(await store.read(told)) == await store.read(rows, broadcast_id) == 3
    assert await store.read(stuck, house, await store.read(broadcasts.get, broadcast_id), now) == ""


async def test_a_quota_is_looked_at_again_at_the_start(
    store: Store, house: House, now: datetime
) -> None:
    broadcast_id = await store.write(planned, now, now)
    poor = replace(house, quotas={"memory": 2})
    assert await launch(store, poor).due(now) == 1
    assert await store.read(rows, broadcast_id) == 0
    assert "Tháng này còn 2 tin, cần 3" in await store.read(said)


async def test_at_night_it_is_put_off_to_the_morning(
    store: Store, house: House, now: datetime
) -> None:
    broadcast_id = await store.write(planned, now, now + HOUR)
    night = now.replace(hour=23)
    assert await launch(store, house).due(night) == 1
    assert await launch(store, house).due(night + HOUR) == 0
    put_off = await store.read(broadcasts.get, broadcast_id)
    morning = (now + timedelta(days=1)).replace(hour=6)
    assert (put_off.state, put_off.start_at) == (BroadcastState.PLANNED, morning)
    assert await launch(store, house).due(morning) == 1


async def test_the_end_is_told_where_no_message_brings_it_about(
    store: Store, house: House, now: datetime
) -> None:
    """All groups of the communes that held it are gone when the clock passes it on."""
    broadcast_id = await store.write(planned, now, now, "commune")
    end = Told([])
    await launch(store, house, end).due(now)
    assert end.ended == []

    def leave(c: Connection) -> None:
        for chat_id in (2, 3, 4):
            chats.gone(c, chat_id, "left")

    await store.write(leave)
    await launch(store, house, end).due(now + timedelta(hours=24))
    await launch(store, house, end).due(now + timedelta(hours=25))
    assert end.ended == [broadcast_id]


def move(c: Connection, code: str, to: str, now: datetime) -> None:
    """A unit gets another parent today."""
    moved, parent = units.by_code(c, code), units.by_code(c, to)
    assert moved
    assert parent
    mine = unit_parent.c.unit_id == moved.id
    c.execute(update(unit_parent).where(mine).values(until=now.date()))
    link = {"unit_id": moved.id, "parent_id": parent.id, "since": now.date()}
    c.execute(insert(unit_parent).values(**link))


def pass_through(c: Connection, house: House, number: int, code: str, now: datetime) -> None:
    unit = units.by_code(c, code)
    assert unit
    line = f"Lời {code}"
    assert pass_on(c, house, broadcasts.get(c, number), unit.id, None, line, now) is not None


def told_of(c: Connection, number: int) -> dict[str, str]:
    """What each group gets of a broadcast, by the line that was added on the way."""
    query = select(chat.c.platform_id, content.c.body).select_from(delivery)
    query = query.join(chat, chat.c.id == delivery.c.chat_id)
    query = query.join(content, content.c.id == delivery.c.content_id)
    found = c.execute(query.where(delivery.c.broadcast_id == number))
    lines = ("Lời X1", "Lời X2")
    return {
        group: next((line for line in lines if line in body["text"]), "") for group, body in found
    }


@pytest.mark.parametrize(
    ("first", "then", "line"), [("X1", "X2", "Lời X1"), ("X2", "X1", "Lời X2")]
)
async def test_a_village_that_moves_meanwhile_gets_it_once(
    store: Store, house: House, now: datetime, first: str, then: str, line: str
) -> None:
    """Thôn Chợ moves from Xã Hai to Xã Một when one of the two has passed it on."""
    number = await store.write(planned, now, now, "commune")
    await launch(store, house).due(now)
    await store.write(pass_through, house, number, first, now)
    await store.write(move, "T21", "X1", now)
    await store.write(pass_through, house, number, then, now)
    assert await store.read(told_of, number) == {
        "nhom_suoi": "Lời X1",
        "nhom_doi": "Lời X1",
        "nhom_cho": line,
    }
    assert await store.read(rows, number) == 3


async def test_a_village_that_leaves_both_gets_it_in_the_end(
    store: Store, house: House, now: datetime
) -> None:
    number = await store.write(planned, now, now, "commune")
    await launch(store, house).due(now)
    await store.write(move, "T21", "T", now)
    for code in ("X1", "X2"):
        await store.write(pass_through, house, number, code, now)
    assert (await store.read(told_of, number))["nhom_cho"] == ""
    assert await store.read(rows, number) == 3
