"""Has jobs done again and again: by this process, or on PostgreSQL by all that there are."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import make_url

from scheduler.clock import Job, ticking
from scheduler.telemetry import Telemetry


@asynccontextmanager
async def working(
    url: str, jobs: Sequence[Job], telemetry: Telemetry, *, schedules: bool, runs: bool
) -> AsyncIterator[None]:
    """Have jobs done as long as the block lasts; `url` is that of the database.

    On SQLite this process does them all. On PostgreSQL one that `schedules` says when, and one
    that `runs` does them: there must be one of each, and there may be more.
    """
    if make_url(url).get_backend_name() == "sqlite":
        with ticking(jobs, telemetry):
            yield
    elif schedules or runs:
        # Imported here: with a database of one file PgQueuer is not needed.
        from scheduler.queue import Queue

        queue = Queue(url, jobs, telemetry, schedules, runs)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(queue.work())
            yield
            task.cancel()
    else:
        yield
