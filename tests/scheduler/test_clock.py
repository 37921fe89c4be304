"""Jobs that are done again and again."""

import asyncio
import logging
from datetime import datetime, timedelta, tzinfo
from functools import partial

import pytest

from scheduler.clock import Job, ticking
from scheduler.telemetry import Telemetry
from storage.store import StorageError


async def test_a_job_is_done_now_again_and_never_beside_itself() -> None:
    running = most = 0
    done = asyncio.Semaphore(0)

    async def job() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        done.release()

    with ticking([Job("job", 0.001, job)], Telemetry()):
        for _ in range(5):
            await done.acquire()
    assert most == 1


async def test_an_outage_of_the_database_ends_no_job_and_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "scheduler")
    tries, over = 0, asyncio.Event()

    async def job() -> None:
        nonlocal tries
        tries += 1
        if tries <= 3:
            raise StorageError("database is locked")
        over.set()

    beside = partial(job)
    with ticking([Job("job", 0.001, job), Job("beside", 0.001, beside)], Telemetry()):
        await over.wait()
        await asyncio.sleep(0)
    assert caplog.messages == [
        "background work waits for the database: database is locked",
        "background work goes on",
    ]


class Moved(datetime):
    """The real time, and as far from it as the clock was set."""

    by = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.by


async def test_no_job_waits_for_as_long_as_the_clock_was_set_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("scheduler.clock.WATCH_SECONDS", 0.01)
    for module in ("scheduler.clock", "apscheduler.schedulers.base"):
        monkeypatch.setattr(f"{module}.datetime", Moved)
    done = asyncio.Semaphore(0)

    async def job() -> None:
        done.release()

    with ticking([Job("job", 0.05, job)], Telemetry()):
        for _ in range(2):
            await done.acquire()
        monkeypatch.setattr(Moved, "by", timedelta(hours=-1))
        for _ in range(3):
            await done.acquire()
    (line,) = caplog.messages
    assert line.startswith("background work goes on: the clock was set back by 0:59:59")
