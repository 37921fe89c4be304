"""Writes the next migration: `python -m storage.migrations "What changes"`.

It holds the difference between the last migration and `storage/schema.py`; read it, then let ruff
set it in order.
"""

import asyncio
import sys

from alembic import command
from sqlalchemy import Connection

from storage.migrate import current, upgrade
from storage.store import opened_store
from storage.walk import config


def write_next(connection: Connection, message: str) -> None:
    upgrade(connection)
    number = int(current(connection) or 0) + 1
    command.revision(config(connection), message, autogenerate=True, rev_id=f"{number:04}")


async def main(message: str) -> None:
    async with opened_store("sqlite://") as store:
        await store.write(write_next, message)


asyncio.run(main(sys.argv[1]))
