"""What is done again and again: jobs on APScheduler, in this process only."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.fault import described
from scheduler.telemetry import Telemetry, Work
from storage.outage import Outage
from storage.store import StorageError

log = logging.getLogger(__name__)

WATCH_SECONDS = 1.0
"""How often is looked whether the clock was set back."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done every so many seconds; the name is the log's, and no other job's."""

    name: str
    seconds: float
    do: Callable[[], Awaitable[None]]


@contextmanager
def ticking(jobs: Iterable[Job], telemetry: Telemetry) -> Iterator[None]:
    """Do each job now and then every so many seconds, never beside itself."""
    scheduler, ticks = AsyncIOScheduler(timezone=UTC), _Ticks(telemetry)
    for job in jobs:
        scheduler.add_job(
            partial(ticks.do, job),
            "interval",
            seconds=job.seconds,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    watching = asyncio.create_task(_watch(scheduler))
    try:
        yield
    finally:
        watching.cancel()
        scheduler.shutdown(wait=False)


async def _watch(scheduler: AsyncIOScheduler) -> None:
    """Have every job done when the clock was set back: by it, they would wait for so long."""
    before = datetime.now(UTC)
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        now = datetime.now(UTC)
        jobs = scheduler.get_jobs()
        if now < before and jobs:
            log.warning("background work goes on: the clock was set back by %s", before - now)
        for each in jobs if now < before else ():
            each.modify(next_run_time=now)
        before = now


def background(log: logging.Logger) -> Outage:
    """What the log says of the database that jobs cannot reach."""
    return Outage(log, "background work waits for the database", "background work goes on")


async def attempt(job: Job, telemetry: Telemetry) -> None:
    """Do a job; a fault is logged, and all that goes wrong is raised for who tries it again."""
    try:
        with telemetry.step(Work.JOB, job.name) as step:
            await job.do()
            step.outcome = "done"
    except StorageError:
        raise
    except Exception as error:
        log.error("%s failed, and is tried again: %s", job.name, described(error))
        raise


@dataclass(frozen=True, slots=True)
class _Ticks:
    """Does jobs, and tells once of an outage that any of them meets."""

    telemetry: Telemetry
    outage: Outage = field(default_factory=lambda: background(log))

    async def do(self, job: Job) -> None:
        try:
            await attempt(job, self.telemetry)
        except StorageError as error:
            self.outage.met(error, job.name)
        except Exception:
            # It is logged, and the next time comes.
            return
        else:
            self.outage.over(job.name)
