"""What the work costs as the nation grows: `python -m benchmarks.cost [--picture FILE.svg]`.

With 1, 10 and 100 percent of the provinces, communes and villages, on SQLite and on PostgreSQL,
each in a process of its own: how long it takes to announce a document to every village (the rows of
the ledger), to acknowledge it in a group and to take a turn in a report (both through the whole
road in, medians), and to sum a week that all villages have reported. Memory is what the process
needed beyond what it had before, at most; Linux tells that. `--picture` draws both.
"""

import argparse
import asyncio
import gc
import json
import statistics
import subprocess
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select, update

from benchmarks.engines import NewDatabase, analyze, engines
from benchmarks.platform import ZONE, introduce, say, timed
from benchmarks.roll_up import LAST, add_person, fill_week
from benchmarks.sender import most_memory
from benchmarks.standing import NOW, VILLAGES, build_nation, plan_broadcast
from benchmarks.turn import Sink
from bot.data_sets import load_data_sets, remember
from bot.handlers import make_dispatch
from bot.launch import start
from bot.picture import INK, PALE
from bot.road import Road
from domain.message import Chat, ChatKind, Message, Sender
from domain.rates import Survey
from loa.roof import make_house
from loa.settings import Settings
from storage import schema, tallies
from storage.migrate import upgrade
from storage.store import opened_store

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHARES = (0.01, 0.1, 1.0)
SAMPLE = 200
"""Groups, all over the nation, in which somebody acknowledges and reports."""
SAID = ("báo cáo", "12", "12", "12")
TIMES = 11
MEGABYTE = 2**20
FORM, ACCOUNT = "weekly_activity", "bench"
SENT: Mapping[str, object] = {"state": "sent", "ended_at": NOW, "tries": 1}
LINES, COLOURS = ("-", "--"), ("#14795b", "#d1495b", "#30638e", "#edae49")
FORGET = Path("/proc/self/clear_refs")
"""Written to, it makes Linux forget the most memory that a process had (proc(5))."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece of work took: seconds, and MB more than before."""

    seconds: float
    memory: float


Costs = Mapping[str, Cost]
"""By the name of the work."""


# --- one size, in a process of its own ---


async def costs(url: str, share: float) -> Costs:
    """Fill a new database with so much of the nation, and work on it."""
    house, form = make_house(Settings()), load_data_sets()[FORM]
    gc.freeze()  # as `loa run` does
    async with opened_store(url) as store:
        await store.write(upgrade)
        await store.write(remember, house.data_sets, NOW)
        top_id = await store.write(build_nation, share)
        await store.write(add_person)
        await store.write(fill_week, form, LAST.previous())
        groups = await store.write(add_speakers)
        broadcast = await store.write(plan_broadcast, top_id)
        await store.write(analyze)
        road = Road(store, house, make_dispatch(), lambda: NOW, lambda: None)
        survey = Survey(form, LAST.previous(), ZONE)
        announce = await measured(lambda: store.write(start, house, broadcast, NOW))
        await store.write(lambda c: c.execute(update(schema.delivery).values(SENT)))
        await store.write(analyze)
        return {
            "announce": announce,
            "acknowledge": await taken(road, presses(groups, broadcast.id)),
            "turn": await taken(road, turns(groups)),
            "roll-up": await measured(lambda: store.read(tallies.parts, survey, top_id), TIMES),
        }


def add_speakers(c: Connection) -> list[str]:
    """A member in groups all over the nation, by the same number; whose groups they are."""
    village = schema.unit.c
    ids = c.execute(select(village.id).where(village.level == "village")).scalars().all()
    chosen = ids[:: max(1, len(ids) // SAMPLE)][:SAMPLE]
    day = NOW.date()
    for unit_id in chosen:
        row = insert(schema.person).values(name=f"Người Thử {unit_id}", created_at=NOW)
        person = c.execute(row.returning(schema.person.c.id)).scalar_one()
        known = {"account_id": ACCOUNT, "platform_id": str(unit_id), "person_id": person}
        c.execute(insert(schema.identity).values(known))
        role = {"person_id": person, "unit_id": unit_id, "role": "member", "since": day}
        c.execute(insert(schema.membership).values(role))
    return [str(each) for each in chosen]


def presses(groups: Sequence[str], broadcast_id: int) -> Iterator[Message]:
    """The button under the document."""
    for each in groups:
        press = f"acknowledge.got:{broadcast_id}"
        yield replace(_said(each, f"press {each}"), press=press, press_id=each)


def turns(groups: Sequence[str]) -> Iterator[Message]:
    """A report begun and answered."""
    number = count()
    for text in SAID:
        for each in groups:
            yield replace(_said(each, f"turn {next(number)}"), text=text)


def _said(group: str, key: str) -> Message:
    return Message(key, Chat(group, ChatKind.GROUP, group), Sender(group, f"Người Thử {group}"))


async def taken(road: Road, updates: Iterable[Message]) -> Cost:
    """Take these in, one after the other."""
    channel, left = Sink(ACCOUNT), deque(updates)
    return await measured(lambda: road.take(channel, left.popleft()), len(left))


async def measured(work: Callable[[], Awaitable[object]], times: int = 1) -> Cost:
    """The median of so many times."""
    before = forget_memory()
    took = await timed(times, work)
    return Cost(statistics.median(took), max(0, most_memory() - before) / MEGABYTE)


def forget_memory() -> int:
    """From now on the most memory is counted anew; what there is now, in bytes."""
    if FORGET.exists():
        FORGET.write_text("5")
    return most_memory()


# --- all of them ---


def of_engine(new: NewDatabase, shares: Sequence[float]) -> Iterator[Costs]:
    for number, share in enumerate(shares):
        line = (sys.executable, "-m", "benchmarks.cost", "--on", new(f"cost_{number}"))
        done = subprocess.run([*line, "--shares", str(share)], stdout=subprocess.PIPE, check=True)
        yield {name: Cost(*each) for name, each in json.loads(done.stdout).items()}


def told(engine: str, share: float, found: Costs) -> None:
    parts = (
        f"{name} {1000 * each.seconds:,.1f} ms +{each.memory:.0f} MB"
        for name, each in found.items()
    )
    say(f"{engine:>10} {share:4.0%} {round(share * VILLAGES):7,} villages: {', '.join(parts)}")


def measure(shares: Sequence[float]) -> Mapping[str, Sequence[Costs]]:
    found: dict[str, list[Costs]] = {}
    for engine, new in engines():
        found[engine] = []
        for share, each in zip(shares, of_engine(new, shares), strict=True):
            told(engine, share, each)
            found[engine].append(each)
    return found


def draw(path: Path, shares: Sequence[float], found: Mapping[str, Sequence[Costs]]) -> None:
    """Time and memory over the size, a line for each work and engine."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    villages = [share * VILLAGES for share in shares]
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "loa"}):
        figure = Figure(figsize=(10, 4.4), layout="constrained")
        time_axes, memory_axes = figure.subplots(1, 2)
        for engine, line in zip(found, LINES, strict=False):
            for name, colour in zip(found[engine][0], COLOURS, strict=True):
                each = [costs[name] for costs in found[engine]]
                style = {"color": colour, "linestyle": line, "marker": "o", "markersize": 4}
                seconds, memory = [1000 * one.seconds for one in each], [one.memory for one in each]
                time_axes.plot(villages, seconds, label=f"{name}, {engine}", **style)
                memory_axes.plot(villages, memory, **style)
        _label(time_axes, "milliseconds", villages)
        _label(memory_axes, "MB more than before", villages)
        time_axes.set_yscale("log")
        figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=8)
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _label(axes: "Axes", what: str, villages: Sequence[float]) -> None:
    axes.set_xscale("log")
    axes.set_xticks(villages, [f"{each:,.0f}" for each in villages])
    axes.minorticks_off()
    axes.set_title(what, size=10, color=INK, loc="left")
    axes.set_xlabel("villages", size=9, color=PALE)
    axes.tick_params(labelsize=8, labelcolor=PALE)
    axes.spines[["top", "right"]].set_visible(False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.cost")
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES)
    parser.add_argument("--picture", type=Path, help="where to draw it, .svg or .png")
    parser.add_argument("--on", help="a new database, for one share in this process")
    given = parser.parse_args()
    if given.on:
        found = asyncio.run(costs(given.on, *given.shares))
        say(json.dumps({name: astuple(each) for name, each in found.items()}))
        return 0
    introduce("what the work costs as the nation grows", pins=False)
    measures = measure(given.shares)
    if given.picture:
        draw(given.picture, given.shares, measures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
