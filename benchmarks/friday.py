"""Friday evening: all teams of the country answer an eight-question report at once.

    python -m benchmarks.friday                       a whole report of each group, beside others
    python -m benchmarks.friday --beside-broadcast    how soon each answer is met, 200 a second

A turn is an answer said in a group and the bot's next message there, through the sandbox's front
door: long poll in, sendMessage out. With a dialogue open in every group, each bot is met by many
groups at once, one process and one core each. Ours plays every report to its end, which is then
counted in the database; the others are played for some seconds. "Stores" is: a turn that was
answered outlives `kill -9`. The times are those of the sandbox's own journal.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path
from typing import Any

from benchmarks.friday_bots import OURS, check_reports
from benchmarks.friday_peers import PEERS, QUESTIONS
from benchmarks.platform import (
    BOT,
    BULK,
    NATION,
    PER_SECOND,
    SPEED,
    TEXT,
    TOKEN,
    Platform,
    introduce,
    percentile,
    running_platform,
    say,
    spread,
    verdict,
)
from benchmarks.processes import running
from storage.store import opened_store

TIMES_BAR = 2.0
RATE, LATE_BAR = 200, 0.2
AT_ONCE = 256
PATIENCE = 60
ANSWERS = ("12",) * len(QUESTIONS) + ("gửi báo cáo",)
STORING = tuple(PEERS)[:2]

Dialogue = tuple[str, int]
"""A group and the person who answers in it."""


@dataclass
class Evening:
    """The groups that answer, and when each turn began and ended by the sandbox's clock."""

    platform: Platform
    dialogues: list[Dialogue]
    took: list[float] = field(default_factory=list)
    first: float = 0.0
    last: float = 0.0
    _begun: dict[str, float] = field(default_factory=dict)
    _met: dict[str, asyncio.Event] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Turns a second."""
        return len(self.took) / (self.last - self.first)

    def turns(self) -> Iterator[tuple[str, Dialogue]]:
        """Everybody's first answer, then everybody's second, and so on."""
        return product(ANSWERS, self.dialogues)

    async def turn(self, text: str, dialogue: Dialogue) -> None:
        """Say an answer as soon as the one before it was met; until this one is."""
        chat, person = dialogue
        while chat in self._met:
            await self._met[chat].wait()
        met = self._met[chat] = asyncio.Event()
        await self.platform.act("say", person=person, chat=chat, text=text)
        async with asyncio.timeout(PATIENCE):
            await met.wait()

    async def watch(self, after: int) -> None:
        """Take the sandbox's journal in, until cancelled."""
        async for at, message in self.platform.posted(after):
            self._note(at, message)

    def _note(self, at: float, message: dict[str, Any]) -> None:
        chat, text = message["chat"], message.get("text", "")
        if text in ANSWERS:
            self._begun[chat] = at
            self.first = self.first or at
        elif not text.startswith(TEXT[:1]) and chat in self._begun:
            self.last = at
            self.took.append(at - self._begun.pop(chat))
            self._met.pop(chat).set()


async def all_at_once(evening: Evening, seconds: float) -> None:
    """So many turns at a time, until all are done or the time is over."""
    turns, end = evening.turns(), time.monotonic() + seconds

    async def one_after_another() -> None:
        for turn in turns:
            await evening.turn(*turn)
            if time.monotonic() > end:
                return

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


async def evenly(evening: Evening, seconds: float) -> None:
    """RATE turns a second, whether those before are met or not."""
    start, tasks = time.monotonic(), []
    for number, turn in enumerate(islice(evening.turns(), int(RATE * seconds))):
        await asyncio.sleep(max(0.0, start + number / RATE - time.monotonic()))
        tasks.append(asyncio.create_task(evening.turn(*turn)))
    await asyncio.gather(*tasks)


@asynccontextmanager
async def opened(
    name: str, groups: int, folder: Path, *flags: str, limits: bool = False
) -> AsyncIterator[Evening]:
    """A fresh sandbox with so many groups, and a bot with a dialogue open in each."""
    limited = ("--limits", "--speed", str(SPEED)) if limits else ()
    async with running_platform(*limited) as platform:
        dialogues = await _people(platform, groups)
        chats = folder / "chats"
        chats.write_text("".join(f"{chat} {person}\n" for chat, person in dialogues))
        evening, line = Evening(platform, dialogues), (name, str(folder), platform.url, str(chats))
        async with running("benchmarks.friday_bots", *line, *flags):
            watching = asyncio.create_task(evening.watch(await platform.place()))
            yield evening
            watching.cancel()


async def _people(platform: Platform, groups: int) -> list[Dialogue]:
    """As many groups with the bot, which hears all, and a person in each."""
    await platform.act("bots", username=BOT, name="Loa", token=TOKEN, reads_all=True)
    made: list[Dialogue] = []
    for first in range(0, groups, BULK):
        numbers = range(first, min(first + BULK, groups))
        people = [{"key": f"p{each}", "name": f"Thành viên {each}"} for each in numbers]
        rooms = [
            {"key": f"g{each}", "title": f"Thôn {each}", "members": [f"p{each}"], "bots": [BOT]}
            for each in numbers
        ]
        bulk = await platform.act("bulk", people=people, groups=rooms, quiet=True)
        made += zip(bulk["groups"], bulk["people"], strict=True)
    return made


async def measure(groups: int, seconds: float) -> bool:
    """Ours beside the others; whether every bar is held."""
    introduce(f"{groups:,} dialogues open, a report of {len(QUESTIONS)} questions in each")
    rates = {OURS: await _ours(groups)}
    for name in PEERS:
        with tempfile.TemporaryDirectory() as folder:
            async with opened(name, groups, Path(folder)) as evening:
                await all_at_once(evening, seconds)
        rates[name] = _told(name, evening)
    best = max(STORING, key=lambda name: rates[name])
    times, free = rates[OURS] / rates[best], rates["python-telegram-bot, keeps nothing"]
    say(f"{rates[OURS] / free:.0%} of python-telegram-bot that keeps nothing")
    return verdict(f"{times:.2f} times {best}, at least {TIMES_BAR}", holds=times >= TIMES_BAR)


async def _ours(groups: int) -> float:
    """Turns a second of ours, after every report was found in the database."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened(OURS, groups, Path(folder)) as evening:
            await all_at_once(evening, float("inf"))
            rate = _told(OURS, evening)
        async with opened_store(f"sqlite:///{folder}/loa.db") as store:
            await store.read(check_reports, groups)
    return rate


def _told(name: str, evening: Evening) -> float:
    late = percentile(evening.took, 0.99)
    say(f"{name:>50} {evening.rate:8,.0f} turns/s, {len(evening.took):,} turns, p99 {late:.2f} s")
    return evening.rate


async def beside_broadcast(groups: int, seconds: float) -> bool:
    """How soon an answer is met while a document goes to all groups; whether the bar is held."""
    introduce(f"{RATE} turns/s while {groups:,} groups get a document")
    flags = ("--per-second", str(PER_SECOND), "--document")
    with tempfile.TemporaryDirectory() as folder:
        async with opened(OURS, groups, Path(folder), *flags, limits=True) as evening:
            before = (await evening.platform.tally())["messages"]
            await evenly(evening, seconds)
            tally = await evening.platform.tally()
    sent = tally["messages"] - before - len(evening.took)
    late = percentile(evening.took, 0.99)
    say(
        f"{len(evening.took):,} turns beside {sent / (evening.last - evening.first):.0f} messages/s"
    )
    say(f"met after {spread(evening.took, '{:.3f} s')}")
    held = [
        verdict(
            "the broadcast went on to the end of it", holds=tally["messages"] < groups + before
        ),
        verdict(f"p99 {late:.3f} s, at most {LATE_BAR}", holds=late <= LATE_BAR),
    ]
    return all(held)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.friday")
    parser.add_argument("--groups", type=int, default=NATION)
    parser.add_argument("--seconds", type=float, default=60.0, help="of every part but our whole")
    parser.add_argument("--beside-broadcast", action="store_true")
    given = parser.parse_args()
    part = beside_broadcast if given.beside_broadcast else measure
    return 0 if asyncio.run(part(given.groups, given.seconds)) else 1


if __name__ == "__main__":
    sys.exit(main())
