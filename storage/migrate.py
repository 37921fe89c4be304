"""Brings a database to a revision of the schema: `await store.write(upgrade)`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, to: str = "head") -> None:
    """Walk up to a revision; raises alembic's CommandError for one that there is not."""
    command.upgrade(config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    """Walk down to a revision, `base` being before the first one; what the tables hold is lost."""
    command.downgrade(config(connection), to)


def current(connection: Connection) -> str | None:
    """The revision that the database is at; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def revisions() -> list[str]:
    """The revisions that this program knows, the newest first."""
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


def config(connection: Connection) -> Config:
    """What Alembic's commands need to work on this connection."""
    settings = Config(attributes={"connection": connection})
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return settings
