"""Processes of the benchmarks: begun, heard line by line, and killed."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


async def begin(module: str, *words: str) -> Process:
    """`python -m` with these words; what it says is heard by `line_of`."""
    line = (sys.executable, "-m", module, *words)
    return await asyncio.create_subprocess_exec(*line, stdin=PIPE, stdout=PIPE)


async def line_of(process: Process) -> str:
    """Its next line; raises RuntimeError when it ends without one."""
    assert process.stdout
    line = await process.stdout.readline()
    if not line:
        raise RuntimeError("a process has failed")
    return line.decode()


async def kill(process: Process) -> None:
    """End it at this very instant, as `kill -9`."""
    if process.returncode is None:
        process.kill()
    await process.wait()


@asynccontextmanager
async def running(module: str, *words: str) -> AsyncIterator[Process]:
    """A process from when it has said its first line, killed at the block's end."""
    process = await begin(module, *words)
    try:
        await line_of(process)
        yield process
    finally:
        await kill(process)
