"""The sending process, as it is in service: `python -m benchmarks.sender DATABASE URL`.

The drain of one account over Telegram's channel, on an SQLite ledger; with `--listen` also the road
in, with the whole content; with `--doors PORT` also the web application with an Official Account's
door, whose updates it works off. It says "sending", sends until the broadcast has ended, and says
what it took as JSON: `seconds`, and `memory`, the most that it had, in bytes. With a door it goes
on until it is killed: what came in may have yet to be worked off.
"""

import argparse
import asyncio
import json
import logging
import re
import resource
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.platform import ACCOUNT, TOKEN, ZONE, now, pin, say
from bot.channels.telegram import TelegramChannel
from bot.receive import poll
from bot.spell import spell
from bot.words import Words
from domain.channel import Channel
from scheduler.drain import Drain, Hands
from storage.store import Store, opened_store

if TYPE_CHECKING:
    from bot.road import Road


async def send(
    database: str, url: str, per_second: float, *, listen: bool = False, doors: int = 0
) -> float:
    """Send what waits in a ledger until its broadcast has ended; in how many seconds."""
    async with AsyncExitStack() as opened:
        store = await opened.enter_async_context(opened_store(database))
        channel = await TelegramChannel.open(ACCOUNT, TOKEN, url, per_second)
        opened.push_async_callback(channel.close)
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()

        def end() -> None:
            loop.call_soon_threadsafe(ended.set)

        drains = Drains(store, (lambda: None) if doors else end)
        work = [drains.open(channel).run()]
        if listen:
            work.append(poll(channel, _road(store, drains.wake), None))
        if doors:
            work += await _doors(opened, store, drains, url, doors)
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


@dataclass
class Drains:
    """The drains of this process; `ended` is called when a broadcast has ended."""

    store: Store
    ended: Callable[[], None]
    running: list[Drain] = field(default_factory=list)

    def open(self, channel: Channel) -> Drain:
        hands = Hands(
            partial(spell, words=Words.load(ZONE)),
            address=lambda text, *_: text,
            ended=lambda *_: self.ended(),
            trusted=lambda *_: None,
            folder="",
        )
        drain = Drain(self.store, channel, now, hands)
        self.running.append(drain)
        return drain

    def wake(self) -> None:
        for drain in self.running:
            drain.wake()


def _road(store: Store, wake: Callable[[], None]) -> "Road":
    """The road in with the whole content, which a process that only sends does not load."""
    from bot.handlers import make_dispatch
    from bot.road import Road
    from loa.roof import make_house
    from loa.settings import Settings

    return Road(store, make_house(Settings()), make_dispatch(), now, wake)


async def _doors(
    opened: AsyncExitStack, store: Store, drains: Drains, url: str, port: int
) -> list[Coroutine[None, None, None]]:
    from benchmarks.official import attend

    return await attend(opened, _road(store, drains.wake), store, drains.open, url, port)


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
    parser.add_argument("--doors", type=int, default=0, metavar="PORT")
    given = parser.parse_args()
    pin(1)
    logging.basicConfig(level=logging.ERROR)
    sending = send(
        given.database, given.url, given.per_second, listen=given.listen, doors=given.doors
    )
    seconds = asyncio.run(sending)
    say(json.dumps({"seconds": seconds, "memory": most_memory()}))


if __name__ == "__main__":
    main()
