"""Moves all that a database holds into another one, on either engine.

The source is read as it is at one moment, beside whoever writes there. The target takes all of it
or nothing: what has arrived is read back and compared before it is kept.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    NullPool,
    Table,
    bindparam,
    delete,
    event,
    exc,
    func,
    insert,
    make_url,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.measure import BATCH, Digest, Measure, measure, summed
from storage.migrate import at_head
from storage.schema import metadata
from storage.store import StorageError

TABLES: Sequence[Table] = metadata.sorted_tables
"""Every table, after those that its rows point to."""

Told = Callable[[str, int], None]
"""Is told of a table, and how many more of its rows have been copied."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A table, before and after."""

    table: str
    source: Measure
    target: Measure

    @property
    def same(self) -> bool:
        return self.source == self.target


async def count_rows(url: str) -> dict[str, int]:
    """How many rows each table has. Raises StorageError."""
    async with view_of(url) as c:
        return {table.name: await _count(c, table) for table in TABLES}


async def copy_all(source: str, target: str, told: Told, *, emptied: bool = False) -> list[Copied]:
    """Copy every table of one database URL into another; each as it was and as it has arrived.

    If one has not arrived as it was, nothing is kept. Raises StorageError, also for a target with
    rows in it, unless it is to be `emptied` first, in the same transaction.
    """
    async with view_of(source) as read, filled(target) as write:
        if emptied:
            await _empty(write)
        for table in TABLES:
            if await _count(write, table):
                raise StorageError(f"{spelt(target)} is not empty: there are rows in {table.name}")
        copied = [await _copy(read, write, table, told) for table in TABLES]
        if not all(each.same for each in copied):
            await write.rollback()
        return copied


@asynccontextmanager
async def view_of(url: str) -> AsyncIterator[AsyncConnection]:
    """A database as it is now, whoever writes meanwhile; raises StorageError."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    async with _connected(url, "BEGIN", options) as c:
        yield c


@asynccontextmanager
async def filled(url: str) -> AsyncIterator[AsyncConnection]:
    """A database to be written to in one transaction; raises StorageError."""
    # So that what others write meanwhile is seen when all is compared.
    async with _connected(url, "BEGIN IMMEDIATE", {"isolation_level": "READ COMMITTED"}) as c:
        yield c


@asynccontextmanager
async def _connected(
    url: str, begin: str, options: dict[str, Any]
) -> AsyncIterator[AsyncConnection]:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        address, options = _file_of(address), {}
    engine = create_async_engine(
        address, poolclass=NullPool, hide_parameters=True, execution_options=options
    )
    if engine.name == "sqlite":
        _set_up(engine.sync_engine, begin)
    try:
        async with engine.begin() as c:
            await c.run_sync(at_head, spelt(url))
            yield c
    except (OSError, exc.DBAPIError) as error:
        raise StorageError(f"{spelt(url)}: {_reason(error)}") from error
    finally:
        await engine.dispose()


def _file_of(address: URL) -> URL:
    """The address of an SQLite file that is there: SQLite would make a new one."""
    if not Path(address.database or "").is_file():
        raise StorageError(f"there is no file {address.database}")
    return address.set(drivername="sqlite+aiosqlite")


def _set_up(engine: Engine, begin: str) -> None:
    """Let SQLite begin transactions when SQLAlchemy does, keep its foreign keys, and write over
    what is deleted.
    """

    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", lambda c: c.exec_driver_sql(begin))


def spelt(url: str) -> str:
    """The URL as it may be shown."""
    return make_url(url).render_as_string(hide_password=True)


def _reason(error: Exception) -> str:
    # What stands below the first line may quote rows.
    return str(getattr(error, "orig", error)).partition("\n")[0]


async def _count(c: AsyncConnection, table: Table) -> int:
    return int((await c.execute(select(func.count()).select_from(table))).scalar_one())


async def _empty(c: AsyncConnection) -> None:
    for table in reversed(TABLES):
        await c.execute(delete(table))


async def _copy(read: AsyncConnection, write: AsyncConnection, table: Table, told: Told) -> Copied:
    digest, inward = Digest(), _inward(table)
    withheld = {column.name: None for column in inward}
    async with read.stream(select(table).execution_options(yield_per=BATCH)) as result:
        async for rows in result.partitions():
            digest.take(rows)
            await _put(write, table, [{**row._mapping, **withheld} for row in rows])
            told(table.name, len(rows))
    if inward:
        await _point_inward(read, write, table, inward)
    await write.run_sync(number_on, table)
    return Copied(table.name, await summed(read, table, digest), await measure(write, table))


async def _put(write: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows; raises StorageError for what the engine does not keep, as PostgreSQL a NUL."""
    try:
        await write.execute(insert(table), rows)
    except exc.DBAPIError as error:
        raise StorageError(f"{table.name}: {_reason(error)}") from error


def _inward(table: Table) -> list[Column[Any]]:
    """The columns that point to rows of the same table, be they of an earlier row or a later."""
    return [
        column
        for column in table.c
        if any(key.column.table is table for key in column.foreign_keys)
    ]


async def _point_inward(
    read: AsyncConnection, write: AsyncConnection, table: Table, inward: list[Column[Any]]
) -> None:
    """Give rows, now that all are there, what they point to in their own table."""
    keys = list(table.primary_key)
    found = select(*(column.label(f"to_{column.name}") for column in (*keys, *inward)))
    found = found.where(or_(*(column.is_not(None) for column in inward)))
    pointing = update(table).where(*(key == bindparam(f"to_{key.name}") for key in keys))
    pointing = pointing.values({c: bindparam(f"to_{c.name}") for c in inward})
    async with read.stream(found.execution_options(yield_per=BATCH)) as result:
        async for rows in result.partitions():
            await write.execute(pointing, [dict(row._mapping) for row in rows])


def number_on(c: Connection, table: Table) -> None:
    """Let PostgreSQL number the next row after the last one; SQLite does so by itself."""
    number = table.autoincrement_column
    if c.dialect.name == "postgresql" and number is not None:
        sequence = func.pg_get_serial_sequence(f'"{table.name}"', number.name)
        last = func.max(number)
        c.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))
