"""Calls for reports and the ladder of silence: to whom, when, and once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from sqlalchemy import Connection, func, insert, select, update

from domain.broadcast import QuietHours
from domain.calendar import Calendar
from domain.data_set import DataElement, DataSet
from domain.message import Chat, ChatKind, Sender
from domain.silence import Ladder, Rung
from scheduler.prompts import Prompts
from storage import chats, deliveries, leaves, people, prompts, reports, schema
from storage.deliveries import Letter
from storage.prompts import Round, Team
from storage.reports import Form
from storage.store import Store, open_store
from tests.world import add_unit

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKLY = DataSet("weekly", 1, "Báo cáo", ("village",), (DataElement("a", "A", "A?"),))
NIGHT = QuietHours(time(21), time(6), ZONE)
TEAMS = ("Đồi", "Suối", "Chợ", "Núi", "Sông")
FOUR = datetime(2026, 11, 20, 16, 0, tzinfo=ZONE)
"""The hour at which WEEKLY is asked for, on a Friday."""


def tell(c: Connection, turn: Round, team: Team, now: datetime) -> int:
    text = f"{turn.rung} {team.unit_name} {turn.survey.period.id}"
    if team.chat_id is not None:
        deliveries.queue(c, Letter(team.chat_id, text), now)
    return team.chat_id is not None


def tell_above(c: Connection, turn: Round, unit_id: int, now: datetime) -> int:
    teams = prompts.silent_below(c, turn.survey, unit_id, turn.day)
    branches = prompts.silent_by_branch(c, turn.survey, unit_id, turn.day)
    names = [each.unit_name for each in teams] if turn.rung == Rung.ABOVE else branches
    [chat, *_] = chats.groups_of(c, unit_id)
    deliveries.queue(c, Letter(chat.id, f"{turn.rung} {names}"), now)
    return 1


def clockwork(store: Store) -> Prompts:
    calendar = Calendar(ZONE, country_holidays("VN"))
    after = tuple(timedelta(hours=hours) for hours in (24, 36, 48, 72))
    ladder = Ladder(after, calendar, NIGHT)
    return Prompts(store, (WEEKLY,), ladder, timedelta(hours=18), tell, tell_above)


def teams(c: Connection) -> None:
    """Villages with a group each, and a commune with one."""
    chats.open_account(c, "memory", None)
    for name in (*TEAMS, "Xã"):
        level = "commune" if name == "Xã" else "village"
        unit_id = add_unit(c, name, level)
        chats.bind(c, chats.seen(c, "memory", Chat(name, ChatKind.GROUP)).id, unit_id)


def asked(c: Connection) -> list[str]:
    """Who was asked, by what was said in their groups."""
    body = select(schema.content.c.body).join(schema.delivery)
    return sorted(row.body["text"] for row in c.execute(body))


def of_week(*names: str, week: str = "2026W47", rung: int = 0) -> list[str]:
    return sorted(f"{rung} {name} {week}" for name in names)


@pytest.mark.parametrize(
    ("after", "count"),
    [
        (timedelta(seconds=-1), 0),
        (timedelta(), 5),
        (timedelta(hours=5, seconds=-1), 5),
        (timedelta(hours=5), 0),
        (timedelta(hours=15), 0),  # a Saturday morning
        (timedelta(days=3, hours=-10, seconds=-1), 0),
        (timedelta(days=3, hours=-10), 5),
        (timedelta(days=3, hours=-6), 5),
        (timedelta(days=3, hours=-6, seconds=1), 0),
    ],
)
async def test_every_team_is_asked_from_its_hour_until_it_is_too_late_but_in_waking_hours(
    store: Store, after: timedelta, count: int
) -> None:
    await store.write(teams)
    assert await clockwork(store).call(FOUR + after) == count
    assert await store.read(asked) == of_week(*TEAMS[:count])


async def test_a_team_is_asked_once_a_week(store: Store) -> None:
    await store.write(teams)
    moments = (FOUR, FOUR + timedelta(minutes=1), FOUR + timedelta(days=7))
    assert [await clockwork(store).call(moment) for moment in moments] == [5, 0, 5]
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
        await asyncio.gather(*(clockwork(store).call(FOUR) for store in stores))
        assert await stores[0].read(asked) == of_week(*TEAMS)


def leave(c: Connection) -> None:
    """One team has reported, one has put the bot out, one is closed."""
    unit, chat = schema.unit.c, schema.chat.c
    ids = {name: id_ for id_, name in c.execute(select(unit.id, unit.name))}
    person = people.add(c, "memory", Sender("lan", "Lan"), FOUR)
    form = Form("weekly", 1, "2026W47", ids["Suối"])
    reports.submit(c, form, {}, person.id, FOUR, no_activity=True)
    c.execute(update(schema.chat).where(chat.unit_id == ids["Chợ"]).values(gone_because="out"))
    closed = update(schema.unit).where(unit.id == ids["Núi"])
    c.execute(closed.values(closed_on=date(2026, 11, 1)))


async def test_who_need_not_or_cannot_answer_is_not_asked(store: Store) -> None:
    await store.write(teams)
    await store.write(leave)
    assert await clockwork(store).call(FOUR) == 2
    assert await store.read(asked) == of_week("Đồi", "Sông")


async def test_a_team_with_two_groups_is_asked_in_one(store: Store) -> None:
    await store.write(teams)
    await store.write(second_group)
    assert await clockwork(store).call(FOUR) == 5
    assert await store.read(count_prompts) == 5


def second_group(c: Connection) -> None:
    unit_id = c.execute(select(func.min(schema.unit.c.id))).scalar_one()
    chats.bind(c, chats.seen(c, "memory", Chat("nhóm hai", ChatKind.GROUP)).id, unit_id)


def count_prompts(c: Connection) -> int:
    return c.execute(select(func.count()).select_from(schema.prompt)).scalar_one()


def a_tree(c: Connection) -> None:
    """The villages stand under the commune, which stands under a province with a group, too."""
    unit = schema.unit.c
    ids = {name: id_ for id_, name in c.execute(select(unit.id, unit.name))}
    top = add_unit(c, "Tỉnh", "province")
    chats.bind(c, chats.seen(c, "memory", Chat("Tỉnh", ChatKind.GROUP)).id, top)
    links = [(ids[name], ids["Xã"]) for name in TEAMS] + [(ids["Xã"], top)]
    rows = [{"unit_id": low, "parent_id": high, "since": date(2025, 7, 1)} for low, high in links]
    c.execute(insert(schema.unit_parent), rows)


def report(c: Connection, name: str) -> None:
    unit_id = c.execute(select(schema.unit.c.id).where(schema.unit.c.name == name)).scalar_one()
    person = people.find(c, "memory", "lan") or people.add(c, "memory", Sender("lan", "Lan"), FOUR)
    form = Form("weekly", 1, "2026W47", unit_id)
    reports.submit(c, form, {}, person.id, FOUR, no_activity=True)


def since(before: list[str], after: list[str]) -> list[str]:
    return sorted(set(after) - set(before))


@pytest.mark.parametrize("schedulers", [1, 2])
async def test_silence_climbs_a_rung_at_a_time_until_the_report_comes(
    url: str, monkeypatch: pytest.MonkeyPatch, schedulers: int
) -> None:
    monkeypatch.setattr("scheduler.prompts.BATCH", 2)
    async with two_stores(url) as stores:
        store = stores[0]
        await store.write(teams)
        await store.write(a_tree)
        await clockwork(store).call(FOUR)
        heard = await store.read(asked)
        told: list[list[str]] = []
        for day, hour, reporting in (
            (20, 20, ""),
            (23, 16, "Đồi"),  # Saturday and Sunday lie between
            (25, 6, "Suối"),  # and a holiday
            (25, 18, ""),
            (25, 18, "Chợ"),
            (26, 18, ""),
            (27, 18, ""),
        ):
            if reporting:
                await store.write(report, reporting)
            now = datetime(2026, 11, day, hour, tzinfo=ZONE)
            await asyncio.gather(*(clockwork(each).chase(now) for each in stores[:schedulers]))
            told.append(since(heard, await store.read(asked)))
            heard = await store.read(asked)
        assert told == [
            [],
            of_week("Suối", "Chợ", "Núi", "Sông", rung=1),
            of_week("Chợ", "Núi", "Sông", rung=2),
            ["3 ['Chợ', 'Núi', 'Sông']"],
            [],
            ["4 [('Xã', 2)]"],
            [],
        ]


async def test_a_machine_that_was_off_for_days_begins_with_the_lowest_rung(store: Store) -> None:
    await store.write(teams)
    await store.write(a_tree)
    await clockwork(store).call(FOUR)
    friday = FOUR + timedelta(days=7, hours=-1)
    assert [await clockwork(store).chase(friday + timedelta(hours=n)) for n in (0, 1, 4)] == [
        5,
        0,
        0,
    ]
    assert await store.read(asked) == sorted(of_week(*TEAMS) + of_week(*TEAMS, rung=1))


async def test_who_was_never_asked_is_not_chased(store: Store) -> None:
    await store.write(teams)
    assert await clockwork(store).chase(FOUR + timedelta(days=5)) == 0


def rest(c: Connection) -> None:
    """One team rests on the Friday, another from the Saturday on; a third closes on Monday."""
    unit = schema.unit.c
    ids = {name: id_ for id_, name in c.execute(select(unit.id, unit.name))}
    person = people.add(c, "memory", Sender("lan", "Lan"), FOUR)
    leaves.take(c, ids["Đồi"], date(2026, 11, 19), date(2026, 11, 20), person.id)
    leaves.take(c, ids["Suối"], date(2026, 11, 21), date(2026, 11, 23), person.id)
    closed = update(schema.unit).where(unit.id == ids["Chợ"])
    c.execute(closed.values(closed_on=date(2026, 11, 23)))


async def test_who_is_on_leave_or_closed_is_neither_asked_nor_chased(store: Store) -> None:
    await store.write(teams)
    await store.write(rest)
    called = of_week("Suối", "Chợ", "Núi", "Sông")
    await clockwork(store).call(FOUR)
    assert await store.read(asked) == called
    await clockwork(store).chase(FOUR + timedelta(days=3))
    assert await store.read(asked) == sorted(called + of_week("Núi", "Sông", rung=1))
    await clockwork(store).chase(FOUR + timedelta(days=5))
    back = [each for each in await store.read(asked) if each.startswith("1 Suối")]
    assert back == of_week("Suối", rung=1)


async def test_a_whole_commune_may_rest(store: Store) -> None:
    await store.write(teams)
    await store.write(a_tree)
    await store.write(rest_all)
    assert await clockwork(store).call(FOUR) == 0


def rest_all(c: Connection) -> None:
    commune = c.execute(select(schema.unit.c.id).where(schema.unit.c.name == "Xã")).scalar_one()
    person = people.add(c, "memory", Sender("lan", "Lan"), FOUR)
    leaves.take(c, commune, date(2026, 11, 20), date(2026, 11, 20), person.id)
