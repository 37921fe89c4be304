"""Jobs on PgQueuer: any number of processes on one PostgreSQL do together what one does alone."""

import asyncio
import logging
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from pgqueuer import (
    AsyncpgDriver,
    DatabaseRetryEntrypointExecutor,
    PgQueuer,
    Queries,
    RetryRequested,
)
from pgqueuer.types import CronEntrypoint

from scheduler.clock import Job, attempt, background
from scheduler.telemetry import Telemetry
from storage.direct import LOST, connected
from storage.outage import Outage
from storage.store import StorageError

log = logging.getLogger(__name__)

# It logs a fault with all that led to it, and an outage many times: here each is told in one line.
logging.getLogger("pgqueuer").setLevel(logging.CRITICAL)

HEARTBEAT = timedelta(seconds=30)
"""A job whose worker has not been heard of for so long is taken up by another."""
OUTAGE_SECONDS = 1.0
"""Until PostgreSQL is asked for again."""
FORGET = "forget_log"
FORGET_SECONDS = 3600.0
"""How often PgQueuer's log is emptied: each run of a job is three rows that nobody reads."""

_FIELDS = (
    (1, 60, "* * * * * */{:.0f}"),
    (60, 60, "*/{:.0f} * * * *"),
    (3600, 24, "0 */{:.0f} * * *"),
)


def cron(seconds: float) -> str:
    """An interval as croniter has it, with seconds as the sixth field.

    Raises ValueError for what is no whole part of a minute, an hour or a day.
    """
    for size, whole, pattern in _FIELDS:
        count = seconds / size
        if 1 <= count < whole and count.is_integer() and not whole % count:
            return pattern.format(count)
    raise ValueError(f"no whole part of a minute, an hour or a day: {seconds} seconds")


@dataclass(slots=True)
class Queue:
    """The jobs, as far as this process has to do with them; none is in the queue twice.

    `schedules` is whether it puts each there when its time has come, `runs` whether it takes them
    from there and does them.
    """

    url: str
    jobs: Sequence[Job]
    telemetry: Telemetry
    schedules: bool = True
    runs: bool = True
    heartbeat: timedelta = HEARTBEAT
    _outage: Outage = field(default_factory=lambda: background(log), init=False)

    @property
    def _names(self) -> list[str]:
        return [job.name for job in self.jobs]

    async def work(self) -> None:
        """Work until cancelled; while PostgreSQL is away, wait for it."""
        while True:
            try:
                await self._connect()
            except LOST as error:
                self._outage.met(str(error) or type(error).__name__)
            await asyncio.sleep(OUTAGE_SECONDS)

    async def _connect(self) -> None:
        """Work over one connection until it is lost; raises what LOST names."""
        async with connected(self.url) as connection:
            queries = Queries(AsyncpgDriver(connection))
            # Makes PgQueuer's tables too; of processes that start together one does it.
            await queries.apply_upgrade()
            queuer = PgQueuer(queries.driver, queries=queries)
            connection.add_termination_listener(lambda _: queuer.shutdown.set())
            self._outage.over()
            if self.schedules:
                # What came due while nobody was there does not wait for the next time, nor for a
                # clock of the server that was set back.
                names = {CronEntrypoint(each) for each in (*self._names, FORGET)}
                await queries.delete_schedule(set(), names)
                await _put(queries, self._names)
            await self._until_shutdown(queuer, queries)
        raise ConnectionError("the connection was closed")

    async def _until_shutdown(self, queuer: PgQueuer, queries: Queries) -> None:
        parts = [asyncio.create_task(part) for part in self._parts(queuer, queries)]
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Not cancelled: they give back what is under way.
            queuer.shutdown.set()
            await asyncio.wait(parts)
        for part in parts:
            part.result()

    def _parts(self, queuer: PgQueuer, queries: Queries) -> Iterator[Coroutine[None, None, None]]:
        if self.schedules:
            for job in self.jobs:
                queuer.schedule(job.name, cron(job.seconds))(partial(_put, queries, [job.name]))
            forget = partial(_forget, queries, self._names)
            queuer.schedule(FORGET, cron(FORGET_SECONDS))(forget)
            yield queuer.sm.run()
        if self.runs:
            for job in self.jobs:
                run = partial(self._run, job, queuer.shutdown)
                queuer.entrypoint(job.name, executor_factory=DatabaseRetryEntrypointExecutor)(run)
            yield queuer.qm.run(
                dequeue_timeout=self.heartbeat / 6,
                batch_size=1,  # so that several workers share what is due
                heartbeat_timeout=self.heartbeat,
                log_aggregation_interval=timedelta(0),
            )

    async def _run(self, job: Job, stopping: asyncio.Event, _: object) -> None:
        """Do a job; when this process stops before, give it to another."""
        stop = asyncio.create_task(stopping.wait())
        doing = asyncio.create_task(self._attempt(job))
        try:
            await asyncio.wait((stop, doing), return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                raise RetryRequested
            await doing
        finally:
            stop.cancel()
            doing.cancel()
            await asyncio.wait({doing})

    async def _attempt(self, job: Job) -> None:
        try:
            await attempt(job, self.telemetry)
        except StorageError as error:
            self._outage.met(f"{job.name}: {error}")
            raise
        self._outage.over()


async def _put(queries: Queries, names: list[str], _: object = None) -> None:
    """Put jobs into the queue, except what is there or being done."""
    nothing: list[bytes | None] = [None for _ in names]
    keys: list[str | None] = [*names]
    await queries.enqueue(names, nothing, [0] * len(names), dedupe_key=keys, on_conflict="skip")


async def _forget(queries: Queries, names: list[str], _: object) -> None:
    # Rows are deleted, for truncating the table would have to wait for whoever backs it up.
    await queries.clear_queue_log(names)
