"""What is done again and again: jobs on APScheduler, in this process only."""

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from storage.store import StorageError

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]


@contextmanager
def ticking(jobs: Mapping[Job, float]) -> Iterator[None]:
    """Run each job now and then every so many seconds, never beside itself."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    for job, seconds in jobs.items():
        scheduler.add_job(
            _guarded(job),
            "interval",
            seconds=seconds,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _guarded(job: Job) -> Job:
    async def run() -> None:
        try:
            await job()
        except StorageError as error:
            log.warning("%s waits for the database: %s", job.__name__, error)

    return run
