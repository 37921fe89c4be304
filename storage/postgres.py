"""PostgreSQL as a place to run units of work, over asyncpg; `storage/store.py` opens it."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.store import P, StorageError, Store, T, Work

CROSSED_SECONDS = 0.02
"""The longest pause before what was crossed runs again."""


class CrossedError(StorageError):
    """Two units of work touched the same rows, and the engine let the other one through."""


class CutError(StorageError):
    """The connection was lost before the work was to be kept."""


class PostgresStore(Store):
    """Pools of asyncpg connections; work's statements are awaited beneath it.

    One unit of work at a time writes, as on SQLite: those of one process would mostly cross each
    other, and be undone. Those of several processes write side by side.
    """

    @classmethod
    def open(cls, url: str, busy_seconds: float, stalled_seconds: float) -> "PostgresStore":
        """As `storage.store.open_store`; nothing is asked of PostgreSQL yet."""
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
        return cls(writing, engine("REPEATABLE READ"), busy_seconds)

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
