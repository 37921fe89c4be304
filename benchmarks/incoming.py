"""How many updates a second go through the whole road in: `python -m benchmarks.incoming`.

All groups answer a report of eight questions and hand it in. An update is read, its person and chat
are found, the session is loaded, the handler works, and with the reply as a row of the ledger all
is committed; neither the door nor the sending is part of it. Ours runs in one process on SQLite,
and in one, two and four on PostgreSQL, over eight accounts, both ways in: "polled", where each
account is one process's and up to 25 updates share a transaction, and "kept", where webhooks left
the updates in the ledger and all processes work them off one by one. Every report is counted in the
end. python-telegram-bot and aiogram dispatch the same updates in one process, in memory: they keep
nothing. Nothing is pinned.

Processor time is that of our processes and, on PostgreSQL, of all of the server's. The database's
share of it is the server's, or on SQLite what its calls took.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, insert

from benchmarks.engines import POSTGRES, SQLITE, analyze, running_postgres
from benchmarks.friday import ANSWERS
from benchmarks.friday_bots import check_reports, prepare
from benchmarks.incoming_bots import ACCOUNTS, PEERS, WAYS, Cost, dialogues, updates
from benchmarks.platform import introduce, now, say
from benchmarks.processes import begin, kill, line_of
from storage import schema
from storage.store import Store, opened_store

GROUPS = 1600
PROCESSES = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured: updates, seconds, of processors' time, and of that in the database."""

    updates: int
    seconds: float
    busy: float
    in_database: float

    def told(self, name: str) -> None:
        each = self.busy / self.updates * 1e6
        share = f", {self.in_database / self.busy:4.0%} of it in the database"
        say(
            f"{name:>34} {self.updates / self.seconds:7,.0f} updates/s, "
            f"{each:6,.0f} µs of processor time each{share if self.in_database else ''}, "
            f"{self.busy / self.seconds:.1f} cores busy"
        )


@dataclass(frozen=True, slots=True)
class Bots:
    """Processes that wait for the word."""

    running: Sequence[Process]

    async def work(self) -> tuple[float, list[Cost]]:
        """Let them work; in how many seconds they all did, and what each took."""
        start = time.perf_counter()
        for each in self.running:
            assert each.stdin
            each.stdin.write(b"\n")
        costs = [Cost(*json.loads(await line_of(each))) for each in self.running]
        return time.perf_counter() - start, costs


@asynccontextmanager
async def ready(name: str, groups: int, count: int = 1, database: str = "") -> AsyncIterator[Bots]:
    """So many processes of a bot that wait for the word; killed at the block's end."""
    line = ("benchmarks.incoming_bots", name, str(groups), "--database", database)
    running = [await begin(*line, "--place", str(n), "--of", str(count)) for n in range(count)]
    bots = Bots(running)
    try:
        for each in running:
            await line_of(each)
        yield bots
    finally:
        for each in running:
            await kill(each)


async def measure_peer(name: str, groups: int) -> Figures:
    async with ready(name, groups) as bots:
        seconds, (cost,) = await bots.work()
    return Figures(groups * len(ANSWERS), seconds, cost.busy, 0)


async def measure_ours(
    way: str, groups: int, count: int, database: str, server_busy: Callable[[], float]
) -> Figures:
    """A new database is filled, worked on, and looked through."""
    async with opened_store(database) as store:
        await fill(store, way, groups)
        async with ready(way, groups, count, database) as bots:
            before = server_busy()
            seconds, costs = await bots.work()
            server = server_busy() - before
        await store.read(check_reports, groups)
    in_sqlite = sum(each.in_sqlite for each in costs)
    busy = sum(each.busy for each in costs) + server
    return Figures(groups * len(ANSWERS), seconds, busy, server + in_sqlite)


async def fill(store: Store, way: str, groups: int) -> None:
    """A dialogue open in every group; of what is to be worked off, the updates."""
    await prepare(store, dialogues(groups), accounts=ACCOUNTS)
    if way == "kept":
        await store.write(keep, groups)
    await store.write(analyze)


def keep(c: Connection, groups: int) -> None:
    """Keep every update as a webhook's door does."""
    at = now()
    rows = [
        {
            "account_id": account,
            "key": str(update["update_id"]),
            "payload": json.dumps(update, ensure_ascii=False),
            "received_at": at + timedelta(microseconds=number),
        }
        for number, (account, update) in enumerate(updates(groups))
    ]
    c.execute(insert(schema.inbox), rows)


async def measure(groups: int) -> None:
    turns = groups * len(ANSWERS)
    introduce(f"{turns:,} updates of {groups:,} reports, over {len(ACCOUNTS)} accounts", pins=False)
    for name in PEERS:
        (await measure_peer(name, groups)).told(f"{name}, in memory")
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/loa.sqlite3"
            found = await measure_ours(way, groups, 1, url, lambda: 0.0)
            found.told(f"{SQLITE}, {way}")
    with running_postgres() as postgres:
        for way in WAYS:
            for count in PROCESSES:
                url = postgres.new(f"{way}_{count}")
                found = await measure_ours(way, groups, count, url, postgres.busy)
                found.told(f"{POSTGRES}, {way}, processes: {count}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.incoming")
    parser.add_argument("--groups", type=int, default=GROUPS)
    asyncio.run(measure(parser.parse_args().groups))
    return 0


if __name__ == "__main__":
    sys.exit(main())
