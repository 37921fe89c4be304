"""The database, SQLite or PostgreSQL, as one place to run a unit of work.

A unit of work is an ordinary function of a SQLAlchemy `Connection`. It runs as one transaction: on
SQLite in one hop to aiosqlite's thread, with BEGIN IMMEDIATE; on PostgreSQL over asyncpg.
"""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import aiosqlite
from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.pool import StaticPool

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[Concatenate[Connection, P], T]

BUSY_SECONDS = 10.0
"""How long a unit of work waits for others before it is given up."""
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON")
"""How an SQLite file is worked on; without the last, what is wiped would stay in freed pages."""


class StorageError(Exception):
    """The database could not take the work; nothing of it was kept, and it may be tried again."""


class Store(ABC):
    """Runs units of work; each is kept whole or not at all, as if they ran one after another."""

    @abstractmethod
    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a transaction; raises StorageError when the engine refuses.

        Where another writer crosses it, what it did is undone and it runs again.
        """

    @abstractmethod
    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` on a consistent view, beside whoever writes."""

    @abstractmethod
    async def close(self) -> None: ...


async def open_store(
    url: str, busy_seconds: float = BUSY_SECONDS, stalled_seconds: float = 0
) -> Store:
    """Open the database at a SQLAlchemy URL (`sqlite:///file` or `postgresql+asyncpg://…`).

    Raises StorageError for an SQLite file that cannot be opened; PostgreSQL is first asked when
    there is work. It undoes a transaction in which nothing is asked for `stalled_seconds`, as of a
    process that was stopped and holds up the others; 0 is never.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return await SqliteStore.open(Path(make_url(url).database or ":memory:"), busy_seconds)
    # SQLAlchemy's way to PostgreSQL takes 6 MB, of which an SQLite file needs none.
    from storage.postgres import PostgresStore

    return PostgresStore.open(url, busy_seconds, stalled_seconds)


@asynccontextmanager
async def opened_store(
    url: str, busy_seconds: float = BUSY_SECONDS, stalled_seconds: float = 0
) -> AsyncIterator[Store]:
    """The same for as long as the block runs; one left open keeps the interpreter from ending."""
    store = await open_store(url, busy_seconds, stalled_seconds)
    try:
        yield store
    finally:
        await store.close()


class SqliteStore(Store):
    """One writing connection and one reading connection, each in aiosqlite's thread of its own."""

    def __init__(self, writer: "SqliteThread", reader: "SqliteThread") -> None:
        self._writer = writer
        self._reader = reader

    @classmethod
    async def open(cls, path: Path, busy_seconds: float) -> "SqliteStore":
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # A thread that is left open keeps the whole program from ending.
            async with AsyncExitStack() as opened:
                writer = await SqliteThread.open(path, "BEGIN IMMEDIATE", busy_seconds)
                opened.push_async_callback(writer.close)
                reader = await SqliteThread.open(path, "BEGIN", busy_seconds)
                opened.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"{path}: {error}") from error
        return cls(writer, reader)

    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._writer.run(lambda c: work(c, *args, **kwargs))

    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._reader.run(lambda c: work(c, *args, **kwargs))

    async def close(self) -> None:
        await self._reader.close()
        await self._writer.close()


class SqliteThread:
    """An aiosqlite connection in whose thread a SQLAlchemy engine runs whole units of work."""

    def __init__(self, connection: aiosqlite.Connection, begin: str) -> None:
        self._connection = connection
        self._engine = _engine_over(connection._conn, begin)

    @classmethod
    async def open(cls, path: Path, begin: str, busy_seconds: float) -> "SqliteThread":
        connection = await aiosqlite.connect(path, isolation_level=None, timeout=busy_seconds)
        try:
            for pragma in PRAGMAS:
                await connection.execute_fetchall(f"PRAGMA {pragma}")
        except BaseException:
            await connection.close()
            raise
        return cls(connection, begin)

    async def run(self, work: Callable[[Connection], T]) -> T:
        # A statement by aiosqlite is a hop to its thread and back. Handing that thread the whole
        # unit is one hop; SQLAlchemy's own aiosqlite dialect uses the same queue.
        return await self._connection._execute(_in_transaction, self._engine, work)  # type: ignore[no-any-return, no-untyped-call]

    async def close(self) -> None:
        await self._connection.close()


def _engine_over(raw: sqlite3.Connection, begin: str) -> Engine:
    engine = create_engine(
        "sqlite://", creator=lambda: raw, poolclass=StaticPool, hide_parameters=True
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _in_transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    try:
        with engine.begin() as connection:
            return work(connection)
    except exc.OperationalError as error:
        # SQLITE_ERROR is a statement that is wrong, such as one on a table that there is not.
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise
        raise StorageError(str(error.orig)) from error
