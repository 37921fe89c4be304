"""The database, SQLite or PostgreSQL, as one place to run a unit of work.

A unit of work is an ordinary function of a SQLAlchemy `Connection`. It runs as one transaction: on
SQLite in one hop to aiosqlite's thread, with BEGIN IMMEDIATE; on PostgreSQL over asyncpg.
"""

import asyncio
import random
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite
from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[Concatenate[Connection, P], T]

BUSY_SECONDS = 10.0
"""How long a unit of work waits for others before it is given up."""
CROSSED_SECONDS = 0.02
"""The longest pause before what was crossed runs again."""


class StorageError(Exception):
    """The database could not take the work; nothing of it was kept, and it may be tried again."""


class CrossedError(StorageError):
    """Two units of work touched the same rows, and the engine let the other one through."""


class CutError(StorageError):
    """The connection was lost before the work was to be kept."""


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
    patience = {"idle_in_transaction_session_timeout": str(int(stalled_seconds * 1000))}

    def engine(level: str, **settings: str) -> AsyncEngine:
        return create_async_engine(
            url,
            isolation_level=level,
            pool_timeout=busy_seconds,
            hide_parameters=True,
            connect_args={"server_settings": patience | settings},
        )

    # Who has scanned a whole table is crossed by every other writer there.
    writing = engine("SERIALIZABLE", enable_seqscan="off")
    return PostgresStore(writing, engine("REPEATABLE READ"), busy_seconds)


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
            # 8 MB of pages: with the 2 of its own it writes a large import's index again and again.
            kept = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-8192")
            for pragma in kept:
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


class PostgresStore(Store):
    """Pools of asyncpg connections; work's statements are awaited beneath it.

    One unit of work at a time writes, as on SQLite: those of one process would mostly cross each
    other, and be undone. Those of several processes write side by side.
    """

    def __init__(self, writing: AsyncEngine, reading: AsyncEngine, busy_seconds: float) -> None:
        self._writing = PostgresPool(writing, asyncio.Lock())
        self._reading = PostgresPool(reading, nullcontext())
        self._busy_seconds = busy_seconds

    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        deadline = time.monotonic() + self._busy_seconds
        while True:
            try:
                return await self._writing.run(lambda c: work(c, *args, **kwargs))
            except CrossedError:
                if time.monotonic() > deadline:
                    raise
            # Two that crossed and come back at once would cross again.
            await asyncio.sleep(random.uniform(0, CROSSED_SECONDS))

    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._reading.run(lambda c: work(c, *args, **kwargs))

    async def close(self) -> None:
        await self._writing.engine.dispose()
        await self._reading.engine.dispose()


@dataclass(frozen=True, slots=True)
class PostgresPool:
    """Runs units of work on asyncpg connections, in each one's `turn`."""

    engine: AsyncEngine
    turn: AbstractAsyncContextManager[object]

    async def run(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self._once(work)
        except CutError:
            # It was cut while it lay in the pool, which has forgotten all such by now. To ask each
            # time whether it was takes longer than many a work.
            return await self._once(work)

    async def _once(self, work: Callable[[Connection], T]) -> T:
        """Raises CutError where it may be run again."""
        try:
            async with AsyncExitStack() as until_kept:
                async with self.turn:
                    connection = await until_kept.enter_async_context(self.engine.connect())
                    result = await _done(connection, work)
                # Not in its turn: the disk is waited for, and by all who end meanwhile together.
                await connection.commit()
                return result
        except (OSError, exc.TimeoutError) as error:
            raise StorageError(str(error)) from error
        except exc.DBAPIError as error:
            if refusal := _refusal(error):
                raise refusal from error
            raise


async def _done(connection: AsyncConnection, work: Callable[[Connection], T]) -> T:
    """Do all but keep it."""
    try:
        return await connection.run_sync(work)
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise CutError(str(error.orig)) from error
        raise


def _refusal(error: exc.DBAPIError) -> StorageError | None:
    """What it is when not our statement but the engine is at fault.

    Classes of SQLSTATE (PostgreSQL documentation, appendix A): connection, resources, locks,
    shutdown, disk; 40 is a transaction that another one crossed.
    """
    state: Any = getattr(error.orig, "sqlstate", None) or ""
    if state[:2] == "40":
        return CrossedError(str(error.orig))
    if error.connection_invalidated or state[:2] in {"08", "53", "55", "57", "58"}:
        return StorageError(str(error.orig))
    return None
