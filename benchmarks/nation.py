"""How long the whole nation takes to come in from files: `python -m benchmarks.nation [UNITS]`.

34 provinces, 3,321 communes, 74,422 villages and 348,362 members stand in CSV files and in
workbooks, and are brought in by `loa units import` and `loa people import`, on SQLite and on
PostgreSQL. UNITS is a CSV of the provinces and communes (code, parent_code, level, name); without
it they have made-up names. Everything else is made up in any case.

Meanwhile another process, this one, takes in a member's question every tenth of a second: how long
the longest had to wait is told. The floor is the same rows from the same CSV, unchecked, written by
the bare driver: `executemany` on SQLite, COPY on PostgreSQL.
"""

import argparse
import asyncio
import csv
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import asyncpg
import xlsxwriter  # type: ignore[import-untyped]  # it has no types
from sqlalchemy import Connection, func, select

from benchmarks.engines import engines
from benchmarks.platform import ACCOUNT, introduce, now, percentile, say, verdict
from benchmarks.turn import Sink
from bot.handlers import make_dispatch
from bot.road import Road
from domain.message import Chat, ChatKind, Message, Sender
from loa.roof import make_house
from loa.settings import Settings
from storage import chats, schema
from storage.migrate import upgrade
from storage.store import StorageError, Store, opened_store

PROVINCES, COMMUNES, VILLAGES, MEMBERS = 34, 3_321, 74_422, 348_362
SECONDS_BAR, MEMORY_BAR, WAIT_BAR = 60.0, 500, 10.0
"""Seconds and MB of an import, seconds of a question beside it: then the database gives it up."""
FORMS = ("csv", "xlsx")
COMMAND = """
import atexit
from loa.cli import main
from pathlib import Path
status = Path("/proc/self/status")
atexit.register(lambda: print(status.read_text().partition("VmHWM:")[2].split()[0]))
main()
"""
"""Runs `loa` and prints its most memory last. What `wait4` tells of it counts this process too."""
PAUSE = 0.1
MEGABYTE = 1024
"""Kilobytes, in which a process's memory is told."""

FAMILIES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Nông",
    "Lò",
    "Giàng",
)
MIDDLES = (
    "Văn",
    "Thị",
    "Đức",
    "Thu",
    "Minh",
    "Ngọc",
    "Hữu",
    "Thanh",
    "Quốc",
    "Mai",
    "A",
    "Thị Kim",
)
GIVEN = ("An", "Bình", "Cường", "Dung", "Giang", "Hà", "Khánh", "Lan", "Nam", "Oanh", "Phúc", "Yến")
ROLES = ("tổ trưởng", "tổ phó", "thành viên")

Cells = Sequence[str]


def units(listed: Path | None) -> list[Cells]:
    """Provinces, communes and villages as rows of a sheet."""
    above = list(_listed(listed)) if listed else list(_named())
    communes = [code for code, _, level, _ in above if level == "commune"]
    villages = (
        (f"{communes[n % len(communes)]}.{n:05}", f"Thôn {n}", "thôn", communes[n % len(communes)])
        for n in range(VILLAGES)
    )
    return [*above, *villages]


def _listed(path: Path) -> Iterator[Cells]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["code"], row["name"], row["level"], row["parent_code"]


def _named() -> Iterator[Cells]:
    for n in range(PROVINCES):
        yield f"{n:02}", f"Tỉnh {n}", "province", ""
    for n in range(COMMUNES):
        yield f"{n:05}", f"Xã {n}", "commune", f"{n % PROVINCES:02}"


def members(villages: Sequence[str]) -> Iterator[Cells]:
    """Everybody, village by village, each with a telephone number."""
    for n in range(MEMBERS):
        place = n * len(villages) // MEMBERS
        turn = n - -(-place * MEMBERS // len(villages))
        name = f"{FAMILIES[n % 12]} {MIDDLES[n // 12 % 12]} {GIVEN[n // 144 % 12]} {GIVEN[n % 11]}"
        # Spread like real ones: those who stand together are not numbered one after another.
        phone = f"09{n * 7_919_317 % 100_000_000:08}"
        yield villages[place], name, ROLES[min(turn, 2)], phone, "x" if turn < 2 else ""


def write_files(folder: Path, listed: Path | None) -> None:
    """`units` and `people`, as CSV and as workbooks."""
    rows = units(listed)
    villages = [code for code, _, level, _ in rows if level == "thôn"]
    for name, header, cells in (
        ("units", ("code", "name", "level", "parent_code"), rows),
        ("people", ("unit_code", "name", "role", "phone", "it_knowledge"), [*members(villages)]),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((header, *cells))
        with xlsxwriter.Workbook(folder / f"{name}.xlsx", {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for line, row in enumerate((header, *cells)):
                sheet.write_row(line, 0, row)


async def ask_on(store: Store, waits: list[float]) -> None:
    """A member asks again and again; how long each question took until it was kept, in seconds."""
    road = Road(store, make_house(Settings()), make_dispatch(), now, lambda: None)
    chat, sender = Chat("1", ChatKind.PRIVATE, "1"), Sender("1", "Người hỏi")
    for number in count():
        question = Message(f"u{number}", chat, sender, text="cách cài VNeID", addressed=True)
        started = time.perf_counter()
        while not await _taken(road, question):
            pass
        waits.append(time.perf_counter() - started)
        await asyncio.sleep(PAUSE)


async def _taken(road: Road, question: Message) -> bool:
    """Whether it is kept; else it is tried again, as in service."""
    try:
        await road.take(Sink(), question)
    except StorageError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Figures:
    """What an import took: seconds, the most memory in MB, and the longest wait beside it."""

    name: str
    units: float
    people: float
    memory: float
    waits: Sequence[float]

    @property
    def seconds(self) -> float:
        return self.units + self.people


def run_measured(url: str, *line: str) -> tuple[float, float]:
    """Run a command of `loa`; its seconds and its most memory in MB. Raises CalledProcessError."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *line],
        env=os.environ | {"LOA_DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return time.perf_counter() - started, int(done.stdout.split()[-1]) / MEGABYTE


async def bring_in(name: str, url: str, folder: Path, form: str) -> Figures:
    """Import the nation into a new database while a member asks."""
    waits: list[float] = []
    async with opened_store(url) as store:
        await store.write(upgrade)
        await store.write(chats.open_account, ACCOUNT, None)
        asking = asyncio.create_task(ask_on(store, waits))
        took = [
            await asyncio.to_thread(run_measured, url, noun, "import", f"{folder}/{noun}.{form}")
            for noun in ("units", "people")
        ]
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await store.read(_check)
    (units_took, first), (people_took, second) = took
    return Figures(name, units_took, people_took, max(first, second), waits)


def _check(c: Connection) -> None:
    for table, wanted in (
        (schema.unit, PROVINCES + COMMUNES + VILLAGES),
        (schema.unit_parent, COMMUNES + VILLAGES),
        (schema.membership, MEMBERS),
    ):
        found = c.execute(select(func.count()).select_from(table)).scalar_one()
        assert found == wanted, f"{found} rows of {table.name}"


async def floor(url: str, folder: Path) -> float:
    """Seconds that the bare driver takes for the rows of the CSV, unchecked."""
    async with opened_store(url) as store:
        await store.write(upgrade)
    started = time.perf_counter()
    rows = _bare_rows(folder)
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as raw:
            raw.execute("PRAGMA synchronous=NORMAL")
            for table, columns, values in rows:
                marks = ", ".join("?" * len(columns))
                raw.executemany(
                    f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values
                )
        raw.close()
    else:
        bare = await asyncpg.connect(url.replace("+asyncpg", ""))
        async with bare.transaction():
            for table, columns, values in rows:
                await bare.copy_records_to_table(table, records=values, columns=columns)
        await bare.close()
    return time.perf_counter() - started


def _bare_rows(folder: Path) -> Iterator[tuple[str, list[str], Sequence[tuple[object, ...]]]]:
    """A table, its columns and its rows, numbered as they come."""
    day, at = date(2025, 7, 1), now()
    with (folder / "units.csv").open(encoding="utf-8", newline="") as file:
        units = list(csv.reader(file))[1:]
    ids = {row[0]: number for number, row in enumerate(units, 1)}
    made = [(ids[code], code, name, level) for code, name, level, _ in units]
    yield "unit", ["id", "code", "name", "level"], made
    links = [(ids[row[0]], ids[row[3]], day) for row in units if row[3]]
    yield "unit_parent", ["unit_id", "parent_id", "since"], links
    with (folder / "people.csv").open(encoding="utf-8", newline="") as file:
        people = list(enumerate(csv.reader(file)))[1:]
    who = [(n, row[1], row[3], bool(row[4]), at) for n, row in people]
    yield "person", ["id", "name", "phone", "it_knowledge", "created_at"], who
    held = [(n, n, ids[row[0]], row[2], day) for n, row in people]
    yield "membership", ["id", "person_id", "unit_id", "role", "since"], held


async def run(folder: Path, forms: Sequence[str]) -> AsyncIterator[tuple[Figures, float]]:
    for engine, new in engines():
        least = await floor(new("floor"), folder)
        for form in forms:
            yield await bring_in(f"{engine}, {form}", new(form), folder, form), least


def show(each: Figures, least: float) -> bool:
    say(f"{each.name}: units {each.units:.1f} s, people {each.people:.1f} s; bare {least:.1f} s")
    waits = f"{len(each.waits)} questions beside it: p50 {percentile(each.waits, 0.5):.2f} s"
    say(f"  {waits}, longest {max(each.waits):.2f} s")
    holds = (
        verdict(
            f"{each.seconds:.1f} s, at most {SECONDS_BAR:.0f}", holds=each.seconds <= SECONDS_BAR
        ),
        verdict(f"{each.memory:.0f} MB, at most {MEMORY_BAR}", holds=each.memory <= MEMORY_BAR),
        verdict(
            f"longest wait {max(each.waits):.2f} s, at most {WAIT_BAR:.0f}",
            holds=max(each.waits) <= WAIT_BAR,
        ),
    )
    return all(holds)


async def measure(listed: Path | None, forms: Sequence[str]) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), listed)
        return all([show(*each) async for each in run(Path(folder), forms)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.nation")
    parser.add_argument("units", type=Path, nargs="?", help="a CSV of provinces and communes")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=FORMS)
    given = parser.parse_args()
    introduce(
        f"{PROVINCES + COMMUNES + VILLAGES:,} units and {MEMBERS:,} members from files", pins=False
    )
    return 0 if asyncio.run(measure(given.units, given.forms)) else 1


if __name__ == "__main__":
    sys.exit(main())
