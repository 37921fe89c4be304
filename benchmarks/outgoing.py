"""How fast several processes send a document to the whole nation: `python -m benchmarks.outgoing`.

`loa run --role bot` in one, two and four processes on one PostgreSQL, over eight Telegram accounts,
against the sandbox at SPEED times Telegram's limits: at twice, eight accounts are 480 messages a
second, and the nation goes out four times in a quarter of an hour. At four times they would be 960,
which keeps two cores busy together with the platform and PostgreSQL: efficiency would then be that
of the machine. Efficiency is the time that the limits ask for ÷ the time from when the document is
in the ledger, with all processes up, until the last message has its answer; beside it stands the
processor time that a message took, of ours and of PostgreSQL. Then the same with two processes, of
which every 10 seconds one is killed (-9) and started anew: what lies in every chat is compared with
the ledger and with what was in flight at each kill. The platform is pinned to one core, nothing
else is.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psutil
from sqlalchemy import Connection, case, func, select

from benchmarks.engines import Postgres, running_postgres
from benchmarks.kill import Course, ends, judge, sending_to
from benchmarks.platform import (
    NATION,
    Platform,
    add_groups,
    introduce,
    now,
    queue_document,
    refused,
    running_platform,
    say,
    verdict,
)
from benchmarks.processes import kill
from domain.broadcast import BroadcastState
from storage import schema
from storage.company import News
from storage.migrate import upgrade
from storage.presence import CHANNEL
from storage.store import Store, opened_store

ACCOUNTS = tuple(f"telegram-{number}" for number in range(8))
TOKENS = {each: f"{7_000_001 + number}:benchmark" for number, each in enumerate(ACCOUNTS)}
WORKERS = (1, 2, 4)
KILLED_OF, KILL_SECONDS = 2, 10.0
SPEED, LIMIT = 2.0, 30
SENT = "sent"
PATIENCE = 120
"""Seconds that all processes have to come up and share the accounts."""
LOOK_SECONDS = 0.5
RUN = ("-c", "from loa.cli import main; main()")


def bot_of(account: str) -> str:
    return account.replace("-", "_") + "_bot"


def token_env(account: str) -> str:
    return "LOA_" + account.replace("-", "_").upper()


@dataclass(frozen=True, slots=True)
class Scene:
    """A fresh database and platform, with a group for every team, spread over the accounts."""

    store: Store
    platform: Platform
    per_second: float
    groups: Mapping[str, Sequence[str]]
    unit_id: int
    settings: Path
    server_busy: Callable[[], float]

    @property
    def count(self) -> int:
        return sum(map(len, self.groups.values()))

    @property
    def floor(self) -> float:
        """Seconds that the limits ask for."""
        return max(map(len, self.groups.values())) / self.per_second

    async def tallies(self) -> list[dict[str, int]]:
        return [await self.platform.tally(bot_of(each)) for each in ACCOUNTS]


@asynccontextmanager
async def scene(postgres: Postgres, name: str, groups: int, speed: float) -> AsyncIterator[Scene]:
    url = postgres.new(name)
    shares = [len(range(n, groups, len(ACCOUNTS))) for n in range(len(ACCOUNTS))]
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "config.yaml"
        async with (
            running_platform("--limits", "--speed", str(speed)) as platform,
            opened_store(url) as store,
        ):
            chats = {
                each: await platform.groups(share, bot_of(each), TOKENS[each])
                for each, share in zip(ACCOUNTS, shares, strict=True)
            }
            await store.write(upgrade)
            unit_id = await store.write(add_groups, chats)
            given = settings_of(url, folder, platform.url, LIMIT * speed)
            settings.write_text(json.dumps(given))
            yield Scene(store, platform, LIMIT * speed, chats, unit_id, settings, postgres.busy)


def settings_of(url: str, folder: str, platform: str, per_second: float) -> dict[str, object]:
    """What `loa` reads, as YAML, of which JSON is a part; at no hour of the day is it quiet."""
    accounts = [
        {
            "id": each,
            "token_env": token_env(each),
            "base_url": platform,
            "per_second": per_second,
        }
        for each in ACCOUNTS
    ]
    quiet = {"begin": "00:00", "end": "00:00"}
    return {
        "database_url": url,
        "data_dir": folder,
        "log_level": "error",
        "accounts": accounts,
        "broadcasts": {"quiet_hours": quiet},
    }


@dataclass
class Workers:
    """The processes that send."""

    settings: Path
    running: list[Process] = field(default_factory=list)

    async def start(self) -> None:
        environ = os.environ | {token_env(each): token for each, token in TOKENS.items()}
        line = (sys.executable, *RUN, "--config", str(self.settings), "run", "--role", "bot")
        self.running.append(await asyncio.create_subprocess_exec(*line, env=environ))

    def busy(self) -> float:
        """Seconds of processor time that they have taken."""
        times = [psutil.Process(each.pid).cpu_times() for each in self.running]
        return sum(each.user + each.system for each in times)

    async def kill_oldest(self) -> None:
        """End it at this very instant, as `kill -9`."""
        await kill(self.running.pop(0))


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    while True:
        if await holds():
            return
        await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def working(on: Scene, count: int) -> AsyncIterator[Workers]:
    """So many processes that have shared the accounts; killed at the block's end."""
    workers = Workers(on.settings)
    try:
        for _ in range(count):
            await workers.start()
        async with asyncio.timeout(PATIENCE):
            await until(lambda: on.store.read(_shared, count))
        yield workers
    finally:
        while workers.running:
            await workers.kill_oldest()


def _shared(c: Connection, count: int) -> bool:
    owners = Counter(c.execute(select(schema.account.c.owner)).scalars())
    return None not in owners and sorted(owners.values()) == [len(ACCOUNTS) // count] * count


def _begin(c: Connection, unit_id: int) -> datetime:
    """Queue the document, and tell the processes as one that is among them does."""
    at = now()
    queue_document(c, unit_id, ["nation"], at)
    c.execute(select(func.pg_notify(CHANNEL, f"{News.QUEUED} ")))
    return at


def _ended(c: Connection) -> bool:
    state = c.execute(select(schema.broadcast.c.state)).scalar_one()
    return bool(state != BroadcastState.RUNNING)


def _last(c: Connection) -> datetime:
    last: datetime = c.execute(select(func.max(schema.delivery.c.ended_at))).scalar_one()
    return last


async def send_all(on: Scene, count: int) -> bool:
    """Send with so many processes; whether every bar is held."""
    async with working(on, count) as workers:
        ours, server = workers.busy(), on.server_busy()
        begun = await on.store.write(_begin, on.unit_id)
        await until(lambda: on.store.read(_ended))
        ours, server = workers.busy() - ours, on.server_busy() - server
    seconds = (await on.store.read(_last) - begun).total_seconds()
    told(f"{count} processes", on, seconds)
    ours, server = (1000 * each / on.count for each in (ours, server))
    say(f"processor time of a message: ours {ours:.2f} ms, PostgreSQL {server:.2f} ms")
    limits, ends = await judge_limits(on), await on.store.read(_ends)
    return (
        verdict(f"sent once to {on.count:,} groups: {ends}", holds=ends == {SENT: on.count})
        and limits
    )


def _ends(c: Connection) -> dict[str, int]:
    """How many rows ended how; what may have arrived twice is counted for itself."""
    row = schema.delivery.c
    end = case((row.repeated, row.state + ", repeated"), else_=row.state)
    return dict(c.execute(select(end, func.count()).group_by(end)).all())


def told(name: str, on: Scene, seconds: float) -> None:
    rate, efficiency = on.count / seconds, on.floor / seconds
    say(f"{name}: {on.count:,} messages in {seconds:.1f} s, {rate:,.0f} a second")
    say(f"the limits ask for {on.floor:.1f} s: efficiency {efficiency:.3f}")


async def judge_limits(on: Scene) -> bool:
    tallies = await on.tallies()
    earned = refused(*tallies)
    most = max(each["most_in_a_second"] for each in tallies)
    say(f"at most {most} messages of one account in any second, of {on.per_second:.0f} allowed")
    return verdict(f"429s caused by us: {earned}, none allowed", holds=not earned)


async def send_killed(on: Scene, count: int) -> bool:
    """The same while a process is killed ever again; whether every promise is kept."""
    course, lying = Course(), Counter[str]()
    watching = asyncio.create_task(_watch(on.platform, lying))
    async with working(on, count) as workers:
        begun = await on.store.write(_begin, on.unit_id)
        killing = asyncio.create_task(_kill(on.store, workers, course))
        await until(lambda: on.store.read(_ended))
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)
    seconds = (await on.store.read(_last) - begun).total_seconds()
    told(f"{count} processes, one killed every {KILL_SECONDS:.0f} s", on, seconds)
    limits = await judge_limits(on)
    messages = sum(each["messages"] for each in await on.tallies())

    async def all_seen() -> bool:
        return lying.total() >= messages

    await until(all_seen)
    watching.cancel()
    return judge(await on.store.read(ends, lying), course, 0) and limits


async def _kill(store: Store, workers: Workers, course: Course) -> None:
    while True:
        await asyncio.sleep(KILL_SECONDS)
        await workers.kill_oldest()
        course.kills += 1
        course.in_flight.update(await store.read(sending_to))
        await workers.start()


async def _watch(platform: Platform, lying: Counter[str]) -> None:
    """Count what comes to lie in each chat, from the platform's journal, until cancelled."""
    async for _, message in platform.posted(await platform.place()):
        lying[message["chat"]] += 1


async def measure(groups: int, speed: float) -> bool:
    introduce(
        f"{groups:,} groups over {len(ACCOUNTS)} accounts, limits times {speed:g}", pins=False
    )
    held = []
    with running_postgres() as postgres:
        for count in WORKERS:
            async with scene(postgres, f"by_{count}", groups, speed) as on:
                held.append(await send_all(on, count))
        async with scene(postgres, "killed", groups, speed) as on:
            held.append(await send_killed(on, KILLED_OF))
    return all(held)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.outgoing")
    parser.add_argument("--groups", type=int, default=NATION)
    parser.add_argument("--speed", type=float, default=SPEED, help="times Telegram's limits")
    given = parser.parse_args()
    return 0 if asyncio.run(measure(given.groups, given.speed)) else 1


if __name__ == "__main__":
    sys.exit(main())
