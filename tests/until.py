"""Waiting for what another process does."""

import asyncio
from collections.abc import Awaitable, Callable

LATEST = 60.0
"""Seconds after which it has failed."""


async def until(true: Callable[[], object]) -> None:
    """Wait for it to be true; raises TimeoutError."""

    async def ask() -> object:
        return true()

    await until_kept(ask)


async def until_kept(true: Callable[[], Awaitable[object]]) -> None:
    """The same of what a database or a page says."""
    async with asyncio.timeout(LATEST):
        while not await true():  # noqa: ASYNC110 - no event of this process tells of it
            await asyncio.sleep(0.01)
