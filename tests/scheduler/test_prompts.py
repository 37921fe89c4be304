"""The weekly call for reports: to whom, when, and once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, insert, select, update

from domain.broadcast import QuietHours
from domain.data_set import DataElement, DataSet
from domain.message import Chat, ChatKind, Sender
from domain.period import Week
from scheduler.prompts import Prompts
from storage import chats, deliveries, people, reports, schema
from storage.deliveries import Letter
from storage.reports import Due, Form
from storage.store import Store, open_store

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKLY = DataSet("weekly", 1, "Báo cáo", ("village",), 5, time(16), (DataElement("a", "A", "A?"),))
NIGHT = QuietHours(time(21), time(6), ZONE)
TEAMS = ("Đồi", "Suối", "Chợ", "Núi", "Sông")
FOUR = datetime(2026, 11, 20, 16, 0, tzinfo=ZONE)
"""The hour at which WEEKLY is asked for, on a Friday."""


def ask(c: Connection, data_set: DataSet, week: Week, due: Due, now: datetime) -> None:
    deliveries.queue(c, Letter(due.chat_id, f"{due.unit_name} {week.id}"), now)


def prompts(store: Store) -> Prompts:
    return Prompts(store, (WEEKLY,), ZONE, timedelta(hours=18), NIGHT, ask)


def teams(c: Connection) -> None:
    """Villages with a group each, and a commune with one."""
    chats.open_account(c, "memory", None)
    for name in (*TEAMS, "Xã"):
        level = "commune" if name == "Xã" else "village"
        add = insert(schema.unit).values(code=name, name=name, level=level)
        unit_id = c.execute(add.returning(schema.unit.c.id)).scalar_one()
        chats.bind(c, chats.seen(c, "memory", Chat(name, ChatKind.GROUP)).id, unit_id)


def asked(c: Connection) -> list[str]:
    """Who was asked, by what was said in their groups."""
    body = select(schema.content.c.body).join(schema.delivery)
    return sorted(row.body["text"] for row in c.execute(body))


def of_week(*names: str, week: str = "2026W47") -> list[str]:
    return sorted(f"{name} {week}" for name in names)


@pytest.mark.parametrize(
    ("after", "count"),
    [
        (timedelta(seconds=-1), 0),
        (timedelta(), 5),
        (timedelta(hours=5, seconds=-1), 5),
        (timedelta(hours=5), 0),
        (timedelta(hours=14, seconds=-1), 0),
        (timedelta(hours=14), 5),
        (timedelta(hours=18), 5),
        (timedelta(hours=18, seconds=1), 0),
    ],
)
async def test_every_team_is_asked_from_its_hour_until_it_is_too_late_and_not_at_night(
    store: Store, after: timedelta, count: int
) -> None:
    await store.write(teams)
    assert await prompts(store).due(FOUR + after) == count
    assert await store.read(asked) == of_week(*TEAMS[:count])


async def test_a_team_is_asked_once_a_week(store: Store) -> None:
    await store.write(teams)
    moments = (FOUR, FOUR + timedelta(minutes=1), FOUR + timedelta(days=7))
    assert [await prompts(store).due(moment) for moment in moments] == [5, 0, 5]
    assert await store.read(asked) == sorted(of_week(*TEAMS) + of_week(*TEAMS, week="2026W48"))


@asynccontextmanager
async def two_stores(url: str) -> AsyncIterator[tuple[Store, Store]]:
    one, other = await open_store(url), await open_store(url)
    try:
        yield one, other
    finally:
        await one.close()
        await other.close()


async def test_two_schedulers_at_once_ask_once(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.prompts.BATCH", 2)
    async with two_stores(url) as stores:
        await stores[0].write(teams)
        await asyncio.gather(*(prompts(store).due(FOUR) for store in stores))
        assert await stores[0].read(asked) == of_week(*TEAMS)


def leave(c: Connection) -> None:
    """One team has reported, one has put the bot out, one is closed."""
    unit, chat = schema.unit.c, schema.chat.c
    ids = {name: id_ for id_, name in c.execute(select(unit.id, unit.name))}
    person = people.add(c, "memory", Sender("lan", "Lan"), FOUR)
    reports.submit(c, Form("weekly", 1, "2026W47", ids["Suối"]), {}, person.id, FOUR)
    c.execute(update(schema.chat).where(chat.unit_id == ids["Chợ"]).values(gone_because="out"))
    closed = update(schema.unit).where(unit.id == ids["Núi"])
    c.execute(closed.values(closed_on=date(2026, 11, 1)))


async def test_who_need_not_or_cannot_answer_is_not_asked(store: Store) -> None:
    await store.write(teams)
    await store.write(leave)
    assert await prompts(store).due(FOUR) == 2
    assert await store.read(asked) == of_week("Đồi", "Sông")


async def test_a_team_with_two_groups_is_asked_in_one(store: Store) -> None:
    await store.write(teams)
    await store.write(second_group)
    assert await prompts(store).due(FOUR) == 5
    assert await store.read(count_prompts) == 5


def second_group(c: Connection) -> None:
    unit_id = c.execute(select(func.min(schema.unit.c.id))).scalar_one()
    chats.bind(c, chats.seen(c, "memory", Chat("nhóm hai", ChatKind.GROUP)).id, unit_id)


def count_prompts(c: Connection) -> int:
    return c.execute(select(func.count()).select_from(schema.prompt)).scalar_one()
