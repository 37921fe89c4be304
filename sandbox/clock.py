"""Where the sandbox gets its time from; tests hand in their own."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Unix time in seconds."""

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Bell:
    """Wakes everyone who waits for the next thing to happen."""

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self.closed = False

    def ring(self) -> None:
        self._next.set()
        if not self.closed:
            self._next = asyncio.Event()

    def close(self) -> None:
        """From now on nobody waits."""
        self.closed = True
        self.ring()

    async def wait(self, seconds: float | None = None) -> bool:
        """True when it rang within so many seconds."""
        try:
            # Not wait_for: in Python 3.11 it loses a cancellation that comes as the bell rings.
            async with asyncio.timeout(seconds):
                await self._next.wait()
        except TimeoutError:
            return False
        return True
