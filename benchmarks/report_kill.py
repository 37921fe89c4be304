"""What a crash costs a report: `python -m benchmarks.report_kill`.

A thousand members report by conversation, each in a private chat, through the sandbox's front door;
the bot's process is killed (-9) at 100 random instants meanwhile. In the end every answer that a
member gave is compared with what is kept: none may be lost, none counted twice.
"""

import argparse
import asyncio
import logging
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from benchmarks.platform import (
    ACCOUNT,
    BOT,
    TOKEN,
    Platform,
    introduce,
    now,
    pin,
    running_platform,
    say,
    verdict,
)
from benchmarks.sender import send
from bot.data_sets import load_data_sets, remember
from domain.data_set import DataElement, Value
from domain.message import Sender
from domain.people import Role
from storage import answers, chats, people
from storage.migrate import upgrade
from storage.schema import delivery, report, report_value, unit
from storage.store import Store, opened_store

MEMBERS, KILLS, SEED = 1000, 100, 5
AT_ONCE = 40
"""Conversations that are open: each waits on a connection of its own."""
WAIT, PAUSE, PATIENCE = 60, 0.2, 600
"""Seconds: a poll's, between two, and until a member gives up: a start takes its time, too."""
WEEKLY = load_data_sets()["weekly_activity"]

Given = Mapping[str, Value]


@dataclass
class Course:
    """How far the members are: `turns` answered by the bot, and all that they said."""

    turns: int = 0
    given: dict[int, Given] = field(default_factory=dict)
    longest: float = 0.0
    """Seconds that a member waited for an answer at most."""
    kills: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def advance(self) -> None:
        self.turns += 1
        self.moved.set()

    async def reach(self, turn: float) -> None:
        """Wait until so many turns are answered."""
        while self.turns < turn:
            self.moved.clear()
            await self.moved.wait()


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who reports, as they sit before the chat."""

    platform: Platform
    person: int
    course: Course

    async def report(self, chance: random.Random) -> None:
        """The whole conversation; each question is answered once, when it is first seen."""
        given = {each.id: answer_to(each, chance) for each in WEEKLY.elements}
        count = len(WEEKLY.elements)
        lines = ["báo cáo tuần", *map(str, given.values()), "gửi báo cáo"]
        told = [*(f"{place}/{count}. " for place in range(1, count + 1)), "Bạn xem lại"]
        for line, awaited in zip(lines, [*told, "Đã nhận báo cáo"], strict=True):
            begun = time.perf_counter()
            await self._say(line, awaited)
            self.course.longest = max(self.course.longest, time.perf_counter() - begun)
            self.course.advance()
        self.course.given[self.person] = given

    async def _say(self, text: str, awaited: str) -> None:
        said = await self.platform.act("say", person=self.person, bot=BOT, text=text)
        path = f"/chats/{said['chat']}/messages?after={said['seq']}&wait={WAIT}"
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self.platform.ask(path)
                if any(awaited in message.get("text", "") for message in found["messages"]):
                    return
                await asyncio.sleep(PAUSE)


def answer_to(element: DataElement, chance: random.Random) -> Value:
    return Decimal(chance.randrange(1000)) if element.is_number else f"ý kiến {chance.random()}"


async def all_report(platform: Platform, persons: list[int], course: Course) -> None:
    """Every member reports, some of them at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(person: int) -> None:
        async with room:
            await Member(platform, person, course).report(random.Random(person))

    async with asyncio.TaskGroup() as tasks:
        for person in persons:
            tasks.create_task(one(person))


def serve(ledger: str, url: str, told: Pipe) -> None:
    """The bot's process, as `benchmarks.sender --listen`; it tells that it sends."""
    os.dup2(told.fileno(), sys.stdout.fileno())
    pin(1)
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(send(ledger, url, 1000, listen=True))


@asynccontextmanager
async def running_bot(ledger: Path, url: str) -> AsyncIterator[None]:
    """The bot from when it sends, killed (-9) at the block's end.

    It is forked off a process that has loaded the program: to load it a hundred times would take
    longer than all the conversations.
    """
    nursery = multiprocessing.get_context("forkserver")
    nursery.set_forkserver_preload(["benchmarks.sender", "bot.handlers", "loa.roof"])
    ready, told = nursery.Pipe(duplex=False)
    bot = nursery.Process(target=serve, args=(f"sqlite:///{ledger}", url, told))
    bot.start()
    told.close()
    try:
        if not await asyncio.to_thread(os.read, ready.fileno(), 100):
            raise RuntimeError("the bot did not begin")
        yield
    finally:
        bot.kill()
        await asyncio.to_thread(bot.join)
        ready.close()


async def torture(ledger: Path, url: str, course: Course, turns: int, kills: int) -> None:
    """Start the bot and kill it again, the kills spread over all turns; then leave it running."""
    chance = random.Random(SEED)
    while course.kills < kills:
        async with running_bot(ledger, url):
            share = (turns - course.turns) / (kills - course.kills + 1)
            await course.reach(course.turns + chance.uniform(0, 1.8 * share))
            await asyncio.sleep(chance.uniform(0, 0.05))
            if course.turns == turns:
                return
        course.kills += 1
    async with running_bot(ledger, url):
        await course.reach(float("inf"))


def settle(c: Connection, persons: list[int], at: datetime) -> None:
    """A village for each member, who belongs to it."""
    chats.open_account(c, ACCOUNT, None)
    remember(c, load_data_sets(), at)
    for person in persons:
        row = insert(unit).values(code=str(person), name=f"Thôn {person}", level="village")
        unit_id = c.execute(row.returning(unit.c.id)).scalar_one()
        member = people.add(c, ACCOUNT, Sender(str(person), f"Thành viên {person}"), at)
        people.give_role(c, member.id, unit_id, Role.MEMBER, at.date())


def kept(c: Connection) -> dict[int, dict[str, Value]]:
    """What every report says, by the member whose village it is."""
    rows = c.execute(
        select(unit.c.code, report_value)
        .join(report, report.c.id == report_value.c.report_id)
        .join(unit, unit.c.id == report.c.unit_id)
    )
    found: dict[int, dict[str, Value]] = {}
    for row in rows:
        found.setdefault(int(row.code), {})[row.element] = answers.of_row(row)
    return found


def repeated(c: Connection) -> int:
    query = select(func.count()).select_from(delivery).where(delivery.c.repeated)
    return c.execute(query).scalar_one()


def total(given: Mapping[int, Given]) -> Decimal:
    """The sum of all numbers."""
    each = (value for values in given.values() for value in values.values())
    return sum((value for value in each if isinstance(value, Decimal)), Decimal(0))


async def judge(store: Store, course: Course, kills: int) -> bool:
    found = await store.read(kept)
    wrong = [person for person in course.given if found.get(person) != course.given[person]]
    answers_given = sum(map(len, course.given.values()))
    say(f"{course.kills} kills; replies sent again and marked so: {await store.read(repeated)}")
    say(f"the longest that anybody waited for an answer: {course.longest:.1f} s")
    said, summed = total(course.given), total(found)
    held = [
        verdict(
            f"members whose report is kept: {len(found)} of {len(course.given)}",
            holds=found.keys() == course.given.keys(),
        ),
        verdict(
            f"members with a lost or changed answer: {len(wrong)}, of {answers_given} answers",
            holds=not wrong,
        ),
        verdict(f"the sum of all numbers: {summed}, said {said}", holds=summed == said),
        verdict(
            f"kills while people reported: {course.kills}, {kills} wanted",
            holds=course.kills == kills,
        ),
    ]
    return all(held)


async def run(members: int, kills: int) -> bool:
    introduce(f"{members:,} reports by conversation, the bot killed at {kills} random instants")
    course = Course()
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.db"
        async with opened_store(f"sqlite:///{ledger}") as store:
            async with running_platform() as platform:
                await platform.act("bots", username=BOT, name="Loa", token=TOKEN)
                persons = await platform.people(members)
                await store.write(upgrade)
                await store.write(settle, persons, now())
                turns = members * (len(WEEKLY.elements) + 2)
                async with asyncio.TaskGroup() as tasks:
                    work = torture(ledger, platform.url, course, turns, kills)
                    killing = tasks.create_task(work)
                    await all_report(platform, persons, course)
                    killing.cancel()
            return await judge(store, course, kills)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.report_kill")
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--kills", type=int, default=KILLS)
    given = parser.parse_args()
    return 0 if asyncio.run(run(given.members, given.kills)) else 1


if __name__ == "__main__":
    sys.exit(main())
