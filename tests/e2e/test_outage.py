"""The database goes away in mid-work and comes back: nothing is lost, and nothing is doubled."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.house import House
from domain.broadcast import BroadcastState
from domain.message import Chat, ChatKind
from loa.logs import NOISY
from loa.roof import Roof
from storage import broadcasts, chats, units
from storage.broadcasts import Plan
from tests.conftest import Databases, PostgresDatabases
from tests.e2e.people import AFTERNOON, BOT, Clock, People
from tests.e2e.running import Loa, sandbox_people, settings_for, the_province_joins
from tests.papers import paper
from tests.scheduler.outages import Full, Outage, Stopped
from tests.until import until

LEASE = 4.0
PER_SECOND = 20
GROUPS = [f"g{number}" for number in range(16)]
NOW, LATER = "12/KH-UBND", "13/KH-UBND"
"""Two documents: one is being sent as the database goes, one is to go while it is away."""
QUESTION = "quạt cây ở nhà văn hoá hỏng thì báo ai sửa " + "giúp bà con " * 250
"""It takes more room than there is in a full file."""
SERVER = (
    "sandbox: an update waits for the database",
    "sandbox: the ledger cannot be reached",
    "background work waits for the database",
    "this process is not seen by the others",
)
ROAD, DRAIN, JOBS, COMPANY = SERVER
TELLS = {"full": {ROAD, JOBS}, "fast": {ROAD, JOBS, COMPANY}, "immediate": {ROAD, JOBS, COMPANY}}
"""What the log says at the least, by how the database goes: a line of each part that has work.

The drain need not meet it: in a full file there may be room for what it has to record, and of a
process that the others do not see it waits until they do.
"""


@dataclass
class Installation:
    """Loa at work, with people who follow it."""

    people: People
    roof: Roof
    log: pytest.LogCaptureFixture

    @property
    def told(self) -> set[str]:
        """The parts that have told of the outage, by how they do, and any other line."""
        return {next(filter(each.startswith, SERVER), each) for each in self.lines}

    @property
    def lines(self) -> list[str]:
        """What is serious in the log."""
        serious = (each for each in self.log.records if each.levelno >= logging.WARNING)
        return [each.getMessage() for each in serious if not each.name.startswith(NOISY)]


@pytest.fixture(params=TELLS)
def how(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def databases(how: str, request: pytest.FixtureRequest) -> Databases:
    engine = request.getfixturevalue("sqlite" if how == "full" else "postgres")
    assert isinstance(engine, Databases)
    return engine


async def test_everything_goes_on_where_it_was(
    how: str,
    databases: Databases,
    url: str,
    house: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("scheduler.drain.OUTAGE", timedelta(seconds=0.2))
    monkeypatch.setattr("loa.jobs.LAUNCH_SECONDS", 1.0)
    clock = Clock()
    clock.set(AFTERNOON)
    async with sandbox_people(clock) as (messenger, people):
        settings = settings_for(url, tmp_path, messenger)
        account = settings.accounts[0].model_copy(update={"per_second": PER_SECOND})
        loa = Loa(settings.model_copy(update={"accounts": (account,)}), house, clock)
        everybody = {"tinh": "Quản Trị", "nga": "Nga"}
        await people.arrive(everybody, {each: (each, ["nga"]) for each in GROUPS}, bots=[BOT])
        await loa.import_all()
        async with loa.running(lease=LEASE) as roof:
            await the_province_joins(people, loa)
            await roof.store.write(plan_two, people, clock())
            here = Installation(people, roof, caplog)
            await people.find(GROUPS[3], NOW)
            await goes_away(here, outage_of(how, roof, databases, url), TELLS[how])
            await nothing_is_lost(here)
        await nothing_is_doubled(here, TELLS[how])


def outage_of(how: str, roof: Roof, databases: Databases, url: str) -> Outage:
    if isinstance(databases, PostgresDatabases):
        return Stopped(roof.store, url, databases, how)
    return Full(roof.store, url)


def plan_two(c: Connection, people: People, now: datetime) -> None:
    """Each group is a village's; one document goes to all of them now, and one in an hour."""
    teams = [known for each in ("T11", "T12", "T21") if (known := units.by_code(c, each))]
    for place, group in enumerate(GROUPS):
        chat = chats.seen(c, "sandbox", Chat(people.groups[group], ChatKind.GROUP, group), now)
        chats.bind(c, chat.id, teams[place % len(teams)].id)
    province = units.by_code(c, "08")
    asker = chats.find(c, "sandbox", str(people.ids["tinh"]))
    assert province
    assert asker
    for number, start_at in ((NOW, now), (LATER, now + timedelta(hours=1))):
        document = paper(c, province.id, now, number=number)
        plan = Plan(document, province.id, ["village"], number, start_at)
        broadcasts.create(c, plan, BroadcastState.PLANNED, None, asker.id, now)


async def goes_away(here: Installation, outage: Outage, lines: set[str]) -> None:
    """While it is away, somebody writes, and a document is to go."""
    await outage.begin()
    try:
        here.people.clock.advance(timedelta(hours=1))
        await here.people.say("nga", f"/hoi@{BOT} {QUESTION}", "g0")
        await here.people.hear("g0", "Máy chủ đang bận")
        await until(lambda: lines <= here.told)
    finally:
        await outage.mend()


async def nothing_is_lost(here: Installation) -> None:
    await here.people.find("g0", "câu hỏi số 1")
    for number in (NOW, LATER):
        await here.people.find("tinh", "Đã gửi xong", number)


async def nothing_is_doubled(here: Installation, lines: set[str]) -> None:
    for group in GROUPS:
        for number in (NOW, LATER):
            assert await here.people.told(group, number) == 1, group
    assert await here.people.told("g0", "câu hỏi số 1") == 1
    assert await here.people.told("g0", "Máy chủ đang bận") == 1
    assert await here.people.told("tinh", "Đã gửi xong") == 2
    assert lines <= here.told <= set(SERVER)
    assert len(here.lines) == len(here.told)
