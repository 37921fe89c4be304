"""Jobs that several processes on one PostgreSQL do together."""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pgqueuer import AsyncpgDriver, Queries

from scheduler.clock import Job
from scheduler.queue import HEARTBEAT, Queue, _forget, cron
from scheduler.telemetry import Telemetry
from scheduler.working import working
from storage.direct import connected
from storage.store import StorageError, open_store
from tests.conftest import PostgresDatabases
from tests.scheduler.outages import Down

SOON = timedelta(seconds=0.4)
NAME = "count"


class Counter:
    """A job that counts how often it was begun."""

    def __init__(self, then: Callable[[], Awaitable[object]] | None = None) -> None:
        self.begun = asyncio.Semaphore(0)
        self.count = 0
        self.then = then

    async def do(self) -> None:
        self.count += 1
        self.begun.release()
        if self.then:
            await self.then()

    def queue(
        self,
        url: str,
        *,
        schedules: bool = False,
        heartbeat: timedelta = HEARTBEAT,
    ) -> Queue:
        job = Job(NAME, 1, self.do)
        return Queue(url, [job], Telemetry(), schedules, runs=True, heartbeat=heartbeat)


@asynccontextmanager
async def at_work(*queues: Queue) -> AsyncIterator[None]:
    """As long as the block lasts; then stopped as by Ctrl-C."""
    tasks = [asyncio.create_task(queue.work()) for queue in queues]
    try:
        yield
    finally:
        # All at once, or one that still runs would take what another gives back.
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            with suppress(asyncio.CancelledError):
                task.result()


@asynccontextmanager
async def queries_on(url: str) -> AsyncIterator[Queries]:
    async with connected(url) as connection:
        queries = Queries(AsyncpgDriver(connection))
        await queries.apply_upgrade()
        yield queries


async def put(url: str) -> None:
    async with queries_on(url) as queries:
        await queries.enqueue(NAME, None, dedupe_key=NAME)


class Lines(logging.Handler):
    """What the log says, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.said = asyncio.Queue[str]()

    def emit(self, record: logging.LogRecord) -> None:
        self.said.put_nowait(record.getMessage())


async def forever() -> None:
    await asyncio.get_running_loop().create_future()


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (3, "* * * * * */3"),
        (30, "* * * * * */30"),
        (60, "*/1 * * * *"),
        (300, "*/5 * * * *"),
        (3600, "0 */1 * * *"),
        (6 * 3600, "0 */6 * * *"),
    ],
)
def test_an_interval_is_a_schedule(seconds: float, expected: str) -> None:
    assert cron(seconds) == expected


@pytest.mark.parametrize("seconds", [0, 0.5, 7, 90, 5 * 3600, 24 * 3600])
def test_an_interval_that_no_schedule_has_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match=str(seconds)):
        cron(seconds)


async def test_jobs_are_done_on_either_engine(url: str) -> None:
    job = Counter()
    counted = [Job(NAME, 1, job.do)]
    async with working(url, counted, Telemetry(), schedules=True, runs=True):
        await job.begun.acquire()


async def test_who_neither_schedules_nor_runs_does_nothing() -> None:
    async with working("postgresql+asyncpg://", [], Telemetry(), schedules=False, runs=False):
        pass


async def test_a_job_is_not_in_the_queue_twice_whoever_schedules_it(pg: str) -> None:
    long, pulse = Counter(forever), Counter()
    jobs = [Job(NAME, 1, long.do), Job("pulse", 1, pulse.do)]
    async with queries_on(pg) as queries:
        async with at_work(*(Queue(pg, jobs, Telemetry()) for _ in range(2))):
            await long.begun.acquire()
            while pulse.count < 3:
                await pulse.begun.acquire()
        found = [each.status for each in await queries.queue_log() if each.entrypoint == NAME]
    assert found == ["queued", "picked", "queued"]  # at the end it was given back
    assert long.count == 1


async def test_those_that_begin_together_make_the_queue_once(
    postgres: PostgresDatabases, caplog: pytest.LogCaptureFixture
) -> None:
    url, jobs = await postgres.create(), [Counter() for _ in range(3)]
    async with at_work(*(job.queue(url, schedules=True) for job in jobs)):
        await asyncio.wait(
            [asyncio.create_task(job.begun.acquire()) for job in jobs],
            return_when=asyncio.FIRST_COMPLETED,
        )
    await postgres.drop(url)
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]


async def test_who_stops_gives_what_is_under_way_to_another(pg: str) -> None:
    leaving, staying = Counter(forever), Counter()
    async with at_work(leaving.queue(pg)):
        await put(pg)
        await leaving.begun.acquire()
    async with at_work(staying.queue(pg)):
        await staying.begun.acquire()
    assert (leaving.count, staying.count) == (1, 1)


async def test_a_process_that_begins_frees_schedules_of_a_clock_that_was_set_back(pg: str) -> None:
    job = Counter()
    ahead = "UPDATE pgqueuer_schedules SET next_run = now() + interval '1 hour'"
    async with connected(pg) as connection:
        for _ in range(2):
            before = job.count
            async with at_work(job.queue(pg, schedules=True)):
                while job.count < before + 2:
                    await job.begun.acquire()
            await connection.execute(ahead)


WORKER = f"""
import asyncio, sys
from scheduler.clock import Job
from scheduler.queue import Queue
from scheduler.telemetry import Telemetry

async def hang() -> None:
    print("begun", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print("ended", flush=True)

asyncio.run(Queue(sys.argv[1], [Job("{NAME}", 1, hang)], Telemetry(), False, True).work())
"""


@dataclass(frozen=True)
class Worker:
    """A process that does the job, which ends when it is told to."""

    process: asyncio.subprocess.Process

    async def says(self) -> str:
        assert self.process.stdout
        return (await self.process.stdout.readline()).decode().strip()

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.write(b"\n")


@asynccontextmanager
async def worker(url: str) -> AsyncIterator[Worker]:
    words, pipe = (sys.executable, "-c", WORKER, url), asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe)
    try:
        yield Worker(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def test_the_job_of_a_worker_that_is_killed_is_taken_up(pg: str) -> None:
    await put(pg)
    job = Counter()
    async with worker(pg) as gone:
        assert await gone.says() == "begun"
        gone.process.kill()
        async with at_work(job.queue(pg, heartbeat=SOON)):
            await job.begun.acquire()
    assert job.count == 1


async def test_a_worker_that_wakes_when_its_job_was_taken_up_ends_it_and_works_on(
    pg: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What it did meanwhile is done twice: see test_jobs for what comes of that."""
    await put(pg)
    job = Counter()
    async with worker(pg) as stopped:
        assert await stopped.says() == "begun"
        stopped.process.send_signal(signal.SIGSTOP)
        async with at_work(job.queue(pg, heartbeat=SOON)):
            await job.begun.acquire()
        stopped.process.send_signal(signal.SIGCONT)
        stopped.end()
        assert await stopped.says() == "ended"
        await put(pg)
        assert await stopped.says() == "begun"
    assert job.count == 1
    assert not caplog.messages


@pytest.mark.parametrize("fault", [ValueError("a name"), StorageError("it is locked")])
async def test_a_job_that_fails_is_told_of_once_and_tried_again(
    pg: str, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    faults = [fault]

    async def fail() -> None:
        if faults:
            raise faults.pop()

    await put(pg)
    job = Counter(fail)
    async with at_work(job.queue(pg)):
        for _ in range(2):
            await job.begun.acquire()
    (line,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert NAME in line.message
    assert "a name" not in line.message


async def test_after_an_outage_the_work_goes_on(
    pg: str,
    postgres: PostgresDatabases,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    lines, job = Lines(), Counter()
    monkeypatch.setattr(logging.getLogger(), "handlers", [lines])
    outage = Down(await open_store(pg), pg, postgres)
    async with at_work(job.queue(pg)):
        await put(pg)
        await job.begun.acquire()
        await outage.begin()
        assert "background work waits for the database" in await lines.said.get()
        await outage.mend()
        assert await lines.said.get() == "background work goes on"
        await put(pg)
        await job.begun.acquire()
    await outage.close()


async def test_the_log_of_what_was_done_is_emptied(pg: str) -> None:
    job = Counter()
    async with queries_on(pg) as queries:
        async with at_work(job.queue(pg)):
            await put(pg)
            await job.begun.acquire()
        assert await queries.queue_log()
        await _forget(queries, [NAME], None)
        assert not await queries.queue_log()
