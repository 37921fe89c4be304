"""Jobs that are done again and again."""

import asyncio

import pytest

from scheduler.clock import ticking
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

    with ticking({job: 0.001}):
        for _ in range(5):
            await done.acquire()
    assert most == 1


async def test_an_outage_of_the_database_ends_no_job(caplog: pytest.LogCaptureFixture) -> None:
    done = asyncio.Semaphore(0)

    async def job() -> None:
        done.release()
        raise StorageError("database is locked")

    with ticking({job: 0.001}):
        for _ in range(3):
            await done.acquire()
    lines = {line for line in caplog.messages if "locked" in line}
    assert lines == {"job waits for the database: database is locked"}
