"""Brings a database to a revision of the schema: `await store.write(upgrade)`."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

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
    if known(connection) != revisions()[0] or to != "head":
        command.upgrade(config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    """Walk down to a revision, `base` being before the first one; what the tables hold is lost.

    As `upgrade`, the first in its transaction.
    """
    _wait_for_others(connection)
    known(connection)
    command.downgrade(config(connection), to)


def current(connection: Connection) -> str | None:
    """The revision that the database is at; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def revisions() -> Sequence[str]:
    """The revisions that this program knows, the newest first."""
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return tuple(script.revision for script in scripts)


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


def config(connection: Connection) -> Config:
    """What Alembic's commands need to work on this connection."""
    settings = Config(attributes={"connection": connection})
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return settings


def _wait_for_others(connection: Connection) -> None:
    """On PostgreSQL; on SQLite there is only ever one writer."""
    if connection.dialect.name == "postgresql":
        # What the one before has made is seen only by a statement that takes a new look.
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")
