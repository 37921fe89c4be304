"""The sending process, as it is in service: `python -m benchmarks.sender DATABASE URL`.

The drain of one account over Telegram's channel, on an SQLite ledger; with `--listen` also the road
in, with the whole content. It says "sending", sends until the broadcast has ended, and says what it
took as JSON: `seconds`, and `memory`, the most that it had, in bytes.
"""

import argparse
import asyncio
import json
import logging
import re
import resource
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.platform import ACCOUNT, TOKEN, pin, say
from bot.channels.telegram import TelegramChannel
from bot.receive import Takes, poll
from bot.spell import spell
from bot.words import Words
from scheduler.drain import Drain, Hands
from storage.store import Store, open_store

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    return datetime.now(UTC)


async def send(database: str, url: str, per_second: float, *, listen: bool = False) -> float:
    """Send what waits in a ledger until its broadcast has ended; in how many seconds."""
    async with AsyncExitStack() as opened:
        store = await open_store(database)
        opened.push_async_callback(store.close)
        channel = await TelegramChannel.open(ACCOUNT, TOKEN, url, per_second)
        opened.push_async_callback(channel.close)
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()

        def end() -> None:
            loop.call_soon_threadsafe(ended.set)

        drain = _drain(store, channel, end)
        work = [drain.run()]
        if listen:
            work.append(poll(channel, _road(store, drain), None))
        say("sending")
        start = time.perf_counter()
        tasks = [asyncio.ensure_future(each) for each in (*work, ended.wait())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        seconds = time.perf_counter() - start
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result
        return seconds


def _drain(store: Store, channel: TelegramChannel, ended: Callable[[], None]) -> Drain:
    hands = Hands(
        partial(spell, words=Words.load(ZONE)),
        ended=lambda *_: ended(),
        trusted=lambda *_: None,
        folder="",
    )
    return Drain(store, channel, now, hands)


def _road(store: Store, drain: Drain) -> Takes:
    """The road in with the whole content, which a process that only sends does not load."""
    from bot.handlers import make_dispatch
    from bot.road import Road
    from loa.roof import make_house
    from loa.settings import Settings

    return Road(store, make_house(Settings()), make_dispatch(), now, drain.wake)


def most_memory() -> int:
    """The most memory that this process had, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # elsewhere a process begins with what its parent had
        kilobytes = re.search(r"VmHWM:\s+(\d+)", status.read_text())
        assert kilobytes is not None
        return int(kilobytes[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.sender")
    parser.add_argument("database")
    parser.add_argument("url")
    parser.add_argument("--per-second", type=float, default=30)
    parser.add_argument("--listen", action="store_true")
    given = parser.parse_args()
    pin(1)
    logging.basicConfig(level=logging.ERROR)
    seconds = asyncio.run(send(given.database, given.url, given.per_second, listen=given.listen))
    say(json.dumps({"seconds": seconds, "memory": most_memory()}))


if __name__ == "__main__":
    main()
