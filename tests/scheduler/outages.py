"""Databases that can be put out of reach of an open store, and mended."""

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import make_url

from storage.store import Store, open_store
from tests.conftest import PostgresDatabases, SqliteDatabases

OUTAGES = ("locked", "full", "down")


@dataclass
class Outage(ABC):
    """Begins and ends at a word; `store` is open all the time."""

    store: Store
    url: str

    @abstractmethod
    async def begin(self) -> None: ...

    @abstractmethod
    async def mend(self) -> None: ...

    async def close(self) -> None:
        await self.store.close()


@dataclass
class Locked(Outage):
    """Another program writes and does not end."""

    other: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        file = make_url(self.url).database
        assert file
        self.other = sqlite3.connect(file, isolation_level=None)

    async def begin(self) -> None:
        self.other.execute("BEGIN IMMEDIATE")

    async def mend(self) -> None:
        self.other.execute("ROLLBACK")

    async def close(self) -> None:
        self.other.close()
        await super().close()


class Full(Outage):
    """There is no room on the disk for another page."""

    async def begin(self) -> None:
        await self._limit(1)

    async def mend(self) -> None:
        await self._limit(2**30)

    async def _limit(self, pages: int) -> None:
        await self.store.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages}").all())


@dataclass
class Down(Outage):
    """The server lets nobody in."""

    databases: PostgresDatabases

    async def begin(self) -> None:
        name = make_url(self.url).database
        end = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname='{name}'"
        await self._allow("false")
        await self.databases.execute("postgres", end)

    async def mend(self) -> None:
        await self._allow("true")

    async def _allow(self, yes: str) -> None:
        name = make_url(self.url).database
        await self.databases.execute("postgres", f"ALTER DATABASE {name} ALLOW_CONNECTIONS {yes}")


@dataclass
class Stopped(Outage):
    """The server is no more, and comes back; `how` it goes is as PostgresDatabases.stop has it."""

    databases: PostgresDatabases
    how: str

    async def begin(self) -> None:
        await asyncio.to_thread(self.databases.stop, self.how)

    async def mend(self) -> None:
        await asyncio.to_thread(self.databases.start)


def lent(request: pytest.FixtureRequest, runner: asyncio.Runner) -> Iterator[Outage]:
    """The outage that the fixture's parameter names, over a database with no rows."""
    databases: PostgresDatabases | SqliteDatabases = request.getfixturevalue(
        "postgres" if request.param == "down" else "sqlite"
    )
    url = runner.run(databases.lend())
    store = runner.run(open_store(url, busy_seconds=0.01))
    outage: Outage
    if isinstance(databases, PostgresDatabases):
        outage = Down(store, url, databases)
    else:
        outage = Locked(store, url) if request.param == "locked" else Full(store, url)
    yield outage
    runner.run(outage.close())
    runner.run(databases.take_back(url))
