"""What a crash costs: `python -m benchmarks.kill`.

A broadcast to 2,000 groups whose sending process is killed (-9) at 200 random instants, while the
platform plays faults: 429s, 5xx, and time-outs before and after it took the message. In the end
what lies in every chat is compared with the ledger, and with what was in flight at each kill.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, func, select

from benchmarks.platform import (
    Platform,
    introduce,
    new_ledger,
    running_platform,
    running_sender,
    say,
    verdict,
)
from storage.schema import chat, delivery
from storage.store import Store

GROUPS, KILLS, SEED = 2000, 200, 7
RATE = 60
"""Messages a second: so that many lie between two kills, and several are in flight."""
LATENCY = 80
FAULTS: tuple[Mapping[str, object], ...] = (
    {"kind": "429", "share": 0.02, "seconds": 1},
    {"kind": "500", "share": 0.02},
    {"kind": "timeout", "share": 0.01, "seconds": 0.2},
    {"kind": "timeout", "share": 0.01, "seconds": 0.2, "taken": True},
    {"kind": "drop", "share": 0.01},
    {"kind": "cut", "share": 0.01},
)
MAY_REPEAT = ("timeout", "drop", "cut")
"""Faults that lose an answer."""


@dataclass
class Course:
    """What happened: `in_flight` tells at how many kills each chat was being sent to."""

    kills: int = 0
    in_flight: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class End:
    """A row of the ledger at the end, and how many messages lie in its chat."""

    chat: str
    state: str
    repeated: bool
    messages: int


async def torture(store: Store, ledger: Path, platform: Platform, kills: int) -> Course:
    """Start and kill the sending process until that many kills; then let it end."""
    course, chance = Course(), random.Random(SEED)
    flags = ("--per-second", str(RATE))
    while course.kills < kills and (waiting := await store.read(_open)):
        async with running_sender(ledger, platform.url, *flags) as sending:
            # On average so long that the rows last for all the kills that are to come.
            longest = 1.6 * waiting / RATE / (kills - course.kills)
            await asyncio.sleep(chance.uniform(0, longest))
            await sending.kill()
        course.kills += 1
        course.in_flight.update(await store.read(sending_to))
    async with running_sender(ledger, platform.url, *flags) as sending:
        await sending.result()
    return course


def _open(c: Connection) -> int:
    waits = delivery.c.state.in_(("queued", "sending"))
    return c.execute(select(func.count()).where(waits)).scalar_one()


def sending_to(c: Connection) -> set[str]:
    query = select(chat.c.platform_id).join(delivery, delivery.c.chat_id == chat.c.id)
    return set(c.execute(query.where(delivery.c.state == "sending")).scalars())


def ends(c: Connection, lying: Mapping[str, int]) -> list[End]:
    """Every row, beside how many messages lie in each chat."""
    query = select(chat.c.platform_id, delivery.c.state, delivery.c.repeated)
    rows = c.execute(query.join(delivery, delivery.c.chat_id == chat.c.id))
    return [End(*row, lying[row.platform_id]) for row in rows]


async def messages(platform: Platform, chats: Sequence[str]) -> dict[str, int]:
    return {
        each: len((await platform.ask(f"/chats/{each}/messages"))["messages"]) for each in chats
    }


def judge(found: list[End], course: Course, lost_answers: int) -> bool:
    """Say what came of it; whether every promise is kept."""
    states = Counter(end.state for end in found)
    marked = {end.chat for end in found if end.repeated}
    twice = {end.chat for end in found if end.messages > 1}
    missed = [end for end in found if not end.messages]
    strange = marked - course.in_flight.keys()
    unknown = sum(end.state == "unknown" for end in found)
    excess = [end for end in found if end.messages > 1 + course.in_flight[end.chat]]
    most = max(end.messages for end in found)
    say(f"{course.kills} kills, {len(course.in_flight)} recipients in flight at one of them")
    say(f"{lost_answers} answers lost by faults; states at the end: {dict(states)}")
    say(f"{len(marked)} recipients marked as repeated, {len(twice)} got the message more than once")
    held = [
        verdict(f"recipients that got nothing: {len(missed)}, none allowed", holds=not missed),
        verdict(
            f"repeats that are not marked: {len(twice - marked)}, none allowed",
            holds=twice <= marked,
        ),
        verdict(
            f"marked though no kill met them: {len(strange)}, of {lost_answers} lost answers",
            holds=len(strange) <= lost_answers,
        ),
        verdict(
            f"unknown at the end: {unknown}, of {lost_answers} lost answers",
            holds=unknown <= lost_answers,
        ),
        verdict(
            f"got it oftener than once and at each kill: {len(excess)}, of {lost_answers} lost "
            f"answers (the most that anybody got: {most})",
            holds=len(excess) <= lost_answers,
        ),
        verdict(
            f"rows that are final: {states['sent'] + states['unknown']} of {len(found)}",
            holds=states["sent"] + states["unknown"] == len(found),
        ),
    ]
    return all(held)


async def run(groups: int, kills: int) -> bool:
    introduce(f"{groups:,} recipients, the sending process killed at {kills} random instants")
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.db"
        async with running_platform("--latency", str(LATENCY)) as platform:
            for fault in FAULTS:
                await platform.act("faults", **fault)
            chats = await platform.groups(groups)
            async with new_ledger(ledger, chats) as store:
                course = await torture(store, ledger, platform, kills)
                found = await store.read(ends, await messages(platform, chats))
            faults = (await platform.ask("/faults"))["faults"]
    lost = sum(each["hits"] for each in faults if each["kind"] in MAY_REPEAT)
    return judge(found, course, lost) and verdict(
        f"kills while rows waited: {course.kills}, {kills} wanted", holds=course.kills == kills
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.kill")
    parser.add_argument("--groups", type=int, default=GROUPS)
    parser.add_argument("--kills", type=int, default=KILLS)
    given = parser.parse_args()
    return 0 if asyncio.run(run(given.groups, given.kills)) else 1


if __name__ == "__main__":
    sys.exit(main())
