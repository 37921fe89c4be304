"""`loa run`: everything in one process, until it is told to stop."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager

from bot.data_sets import remember
from loa.commands import opened
from loa.roof import Roof, make_house, now
from loa.settings import Settings

STOPS = (signal.SIGINT, signal.SIGTERM)


def run_bot(settings: Settings) -> None:
    """Run until Ctrl-C or SIGTERM."""
    until_stopped(_serve(settings, os.environ), settings.log_level)


def until_stopped(work: Coroutine[None, None, None], log_level: str) -> None:
    """Run `work` until it ends or is told to stop; then everything it opened is closed."""
    logging.basicConfig(
        level=log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for noisy in ("apscheduler", "alembic", "aiosqlite"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    asyncio.run(_cancelled_by_signals(work))


async def _cancelled_by_signals(work: Coroutine[None, None, None]) -> None:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for stop in STOPS:
        loop.add_signal_handler(stop, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _serve(settings: Settings, environ: Mapping[str, str]) -> None:
    async with raised(settings, environ) as roof:
        await roof.run()


@asynccontextmanager
async def raised(settings: Settings, environ: Mapping[str, str]) -> AsyncIterator[Roof]:
    """The roof over an open database; nothing runs yet."""
    house = make_house(settings)
    # What is there by now stays: looking through it for garbage stops everything for 0.1 s.
    gc.freeze()
    async with opened(settings) as store:
        await store.write(remember, house.data_sets, now())
        yield Roof(settings, environ, store, house)
