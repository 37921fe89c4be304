"""A connection to PostgreSQL outside the store's pool: for who listens, or holds a lock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import make_url

LONGEST = 10.0
"""Seconds that a statement may take: a server that is gone without a word is noticed then."""

LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What is raised where PostgreSQL cannot be reached, or is so no longer.

The last one by a connection that was told that it ends, and has not ended yet.
"""


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the database of a SQLAlchemy URL, in autocommit; raises what LOST names."""
    parsed = make_url(url)
    _, keywords = parsed.get_dialect()().create_connect_args(parsed)
    # These are SQLAlchemy's own, which it keeps from the driver as well.
    known = {key: keywords[key] for key in keywords if not key.startswith("prepared_statement_")}
    connection = await asyncpg.connect(**known, timeout=LONGEST, command_timeout=LONGEST)
    try:
        yield connection
    finally:
        # Not close(), which waits for the answer of a server that may be gone.
        connection.terminate()
