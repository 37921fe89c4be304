"""Brings a database to a revision of the schema: `await store.write(upgrade)`."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect

from storage.store import StorageError

MIGRATIONS = Path(__file__).parent / "migrations"
BASE = "base"
"""Before the first revision."""

_ONE_AT_A_TIME = 0x10A


def upgrade(connection: Connection, to: str = "head") -> None:
    """Walk up to a revision; raises alembic's CommandError for one that there is not.

    It must be the first in its transaction: of processes that start together one walks, the
    others wait for it. Raises StorageError for a database that a newer program has changed.
    """
    _wait_for_others(connection)
    if known(connection) not in revisions()[:1] or to != "head":
        # Alembic takes 8 MB, of a process that nearly always finds nothing to be done.
        from storage import walk

        walk.up(connection, to)


def downgrade(connection: Connection, to: str) -> None:
    """Walk down to a revision, `base` being before the first one; what the tables hold is lost.

    As `upgrade`, the first in its transaction.
    """
    from storage import walk  # as above

    _wait_for_others(connection)
    known(connection)
    walk.down(connection, to)


def current(connection: Connection) -> str | None:
    """The revision that the database is at; None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").one_or_none()
    return str(row[0]) if row else None


@cache
def revisions() -> Sequence[str]:
    """The revisions that this program knows, the newest first: the numbers of its scripts."""
    scripts = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return tuple(sorted((path.name.partition("_")[0] for path in scripts), reverse=True))


def at_head(connection: Connection, name: str) -> None:
    """Raises StorageError if the database of that name is not at the newest revision."""
    at = known(connection)
    if at != (head := revisions()[0]):
        raise StorageError(f"{name} is at revision {at or BASE}, not {head}: run loa migrate on it")


def known(connection: Connection) -> str | None:
    """The revision that the database is at; raises StorageError for one of a newer program."""
    at = current(connection)
    if at is not None and at not in revisions():
        raise StorageError(
            f"the database is at revision {at}, and this program knows only those up to "
            f"{revisions()[0]}: a newer Loa has changed it, so install that one"
        )
    return at


def _wait_for_others(connection: Connection) -> None:
    """On PostgreSQL; on SQLite there is only ever one writer."""
    if connection.dialect.name == "postgresql":
        # What the one before has made is seen only by a statement that takes a new look.
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")
