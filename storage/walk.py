"""Alembic's walk from one revision of the schema to another; `storage/migrate.py` says when."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from storage.migrate import MIGRATIONS


def up(connection: Connection, to: str) -> None:
    """Raises CommandError for a revision that there is not."""
    command.upgrade(config(connection), to)


def down(connection: Connection, to: str) -> None:
    """Raises CommandError for a revision that there is not."""
    command.downgrade(config(connection), to)


def config(connection: Connection) -> Config:
    """What Alembic's commands need to work on this connection."""
    settings = Config(attributes={"connection": connection})
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return settings
