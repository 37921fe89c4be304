"""`loa run`: all of Loa, or one process of many, until it is told to stop."""

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager

from bot.data_sets import remember
from loa import logs
from loa.commands import opened
from loa.part import Part
from loa.roof import Roof, make_house, now
from loa.settings import Settings
from loa.tracing import measuring
from storage.company import LEASE

STOPS = (signal.SIGINT, signal.SIGTERM)


def run_bot(settings: Settings, part: Part = Part.ALL, port: int = 0) -> None:
    """Run until Ctrl-C or SIGTERM."""
    logs.begin(settings, os.environ)
    until_stopped(_serve(settings, os.environ, part, port))


def until_stopped(work: Coroutine[None, None, None]) -> None:
    """Run `work` until it ends or is told to stop; then everything it opened is closed."""
    asyncio.run(_cancelled_by_signals(work))


async def _cancelled_by_signals(work: Coroutine[None, None, None]) -> None:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for stop in STOPS:
        loop.add_signal_handler(stop, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _serve(settings: Settings, environ: Mapping[str, str], part: Part, port: int) -> None:
    async with raised(settings, environ) as roof:
        roof.part, roof.port = part, port
        await roof.run()


@asynccontextmanager
async def raised(settings: Settings, environ: Mapping[str, str]) -> AsyncIterator[Roof]:
    """The roof over an open database; nothing runs yet."""
    house = make_house(settings)
    # What is there by now stays: looking through it for garbage stops everything for 0.1 s.
    gc.freeze()
    with measuring(settings.tracing) as telemetry:
        async with opened(settings, stalled_seconds=LEASE) as store:
            await store.write(remember, house.data_sets, now())
            yield Roof(settings, environ, store, house, telemetry=telemetry)
