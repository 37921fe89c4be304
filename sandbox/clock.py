"""Where the sandbox gets its time from; tests hand in their own."""

import asyncio
import time
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    def now(self) -> float:
        """Unix time in seconds."""

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def local(at: float) -> datetime:
    """A time in Vietnam."""
    return datetime.fromtimestamp(at, _VIETNAM)


def month(at: float) -> str:
    return local(at).strftime("%Y-%m")


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
