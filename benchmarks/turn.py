"""What a turn costs: processor time of each part of the road in and the drain out.

    python -m benchmarks.turn

Groups that answer their report, as in `benchmarks.friday`, but without a network: a poll's worth of
updates is read, taken in, and answered through the drain over a channel that takes everything at
once. The times are the process's own, so that others on the machine do not count.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.friday import ANSWERS
from benchmarks.friday_bots import FORM, form_house, prepare
from benchmarks.platform import ACCOUNT, FREE, introduce, now, say
from benchmarks.sender import Drains
from bot.channels.telegram_updates import parse
from bot.handlers import make_dispatch
from bot.receive import TOGETHER
from bot.road import Road
from domain.channel import Capabilities, Content, Sent
from domain.message import FileIn
from domain.pace import Pace
from scheduler.drain import Drain
from storage.store import Store, opened_store

POLL = 100
"""Updates that Telegram gives at once at most."""
CAN = Capabilities(per_second=FREE, group_pace=Pace(timedelta(0), 1))


@dataclass
class Sink:
    """A channel that takes everything at once."""

    account: str = ACCOUNT
    capabilities: Capabilities = CAN
    taken: int = 0

    async def send(self, chat_id: str, content: Content) -> Sent:
        self.taken += 1
        return Sent(str(self.taken))

    async def edit(self, chat_id: str, message_id: str, content: Content) -> None: ...

    async def fetch(self, file: FileIn) -> bytes:
        return b""

    async def notice(self, press_id: str, text: str) -> None: ...

    async def close(self) -> None: ...


Costs = Counter[str]
"""Nanoseconds of processor time by the part of a turn."""


@contextmanager
def counted(costs: Costs, part: str) -> Iterator[None]:
    begun = time.process_time_ns()
    yield
    costs[part] += time.process_time_ns() - begun


async def measure(groups: int) -> None:
    introduce(f"{groups} groups hand in a report of {len(FORM.elements)} questions", pins=False)
    costs, sink = Costs(), Sink()
    with tempfile.TemporaryDirectory() as folder:
        async with opened_store(f"sqlite:///{folder}/loa.db") as store:
            await _play(store, sink, groups, costs)
    turns = groups * len(ANSWERS)
    if sink.taken != turns:
        raise RuntimeError(f"{turns} answers, but {sink.taken} replies")
    for part, spent in [*costs.items(), ("a turn", costs.total())]:
        say(f"{part:>10} {spent / turns / 1000:8,.0f} µs")


async def _play(store: Store, sink: Sink, groups: int, costs: Costs) -> None:
    dialogues = [(-each, each) for each in range(1, groups + 1)]
    await prepare(store, dialogues)
    drain = Drains(store, lambda: None).open(sink)
    road = Road(store, form_house(), make_dispatch(), now, drain.wake)
    said = [(text, *dialogue) for text in ANSWERS for dialogue in dialogues]
    for first in range(0, len(said), POLL):
        await _poll(road, drain, said[first : first + POLL], first, costs)


async def _poll(
    road: Road, drain: Drain, said: Sequence[tuple[str, int, int]], first: int, costs: Costs
) -> None:
    with counted(costs, "reading"):
        updates = [
            parse(raw(number, *each), "loa_bot", "1") for number, each in enumerate(said, first)
        ]
    with counted(costs, "road in"):
        for start in range(0, len(updates), TOGETHER):
            some = updates[start : start + TOGETHER]
            if not await road.take_together(drain.channel, some, first):
                raise RuntimeError("an answer could not be worked")
    with counted(costs, "drain out"):
        await drain.settle()


def raw(number: int, text: str, chat: int, person: int) -> dict[str, object]:
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "group", "title": "Thôn"},
            "from": {"id": person, "is_bot": False, "first_name": "Thành viên"},
            "text": text,
        },
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.turn")
    parser.add_argument("--groups", type=int, default=300)
    asyncio.run(measure(parser.parse_args().groups))
    return 0


if __name__ == "__main__":
    sys.exit(main())
