"""A copy of a database in one SQLite file, taken while others write."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from storage.copying import Told, copy_all
from storage.migrate import upgrade
from storage.store import StorageError, opened_store


async def snapshot(url: str, path: Path, told: Told) -> None:
    """Write the database at a URL, as it is at one moment, to a new SQLite file.

    `told` hears of the rows that come from PostgreSQL. Raises StorageError.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        await asyncio.to_thread(_copy_file, Path(address.database or ""), path)
        return
    await bring_up(path)
    copied = await copy_all(url, f"sqlite:///{path}", told)
    if other := [each.table for each in copied if not each.same]:
        raise StorageError(f"SQLite does not keep as it is what is in {', '.join(other)}")


async def bring_up(path: Path) -> None:
    """Make an SQLite file, or bring the one that is there to the newest revision."""
    async with opened_store(f"sqlite:///{path}") as store:
        await store.write(upgrade)


def _copy_file(source: Path, target: Path) -> None:
    if not source.is_file():
        raise StorageError(f"there is no file {source}")
    try:
        with closing(sqlite3.connect(source)) as database:
            # Rows, not pages: in free pages may still stand what was deleted or wiped.
            database.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise StorageError(f"{source}: {error}") from error
