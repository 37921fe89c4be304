"""How long a province's week takes as a workbook and as an official paper.

    python -m benchmarks.paper

124 communes and 1,745 villages, of which nine tenths have reported, each with some words, on
SQLite. What is timed is all of it: reading the reports, summing them, and making the file.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from benchmarks.platform import introduce, say, verdict
from bot.data_sets import load_data_sets
from bot.data_values import data_value_sets
from bot.official import OfficialReport
from bot.period_report import PeriodReport
from bot.word_template import WordTemplate
from bot.words import Words
from domain.data_set import DataSet, Value
from domain.period import Period
from domain.rates import Survey
from storage import reports, schema
from storage.migrate import upgrade
from storage.reports import Form
from storage.store import Store, open_store

COMMUNES, VILLAGES = 124, 1_745
BAR = 2.0
"""Seconds, for the workbook and for the paper."""
TIMES = 3
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PERIOD = Period.parse("2026W47")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

Make = Callable[[Connection], bytes]


def build(c: Connection, data_set: DataSet) -> int:
    """The province and its reports; the number of the province."""
    person = insert(schema.person).values(name="Người Thử", created_at=NOW)
    person_id = c.execute(person.returning(schema.person.c.id)).scalar_one()
    province = _add(c, "P", "province", 1, [])
    communes = _add(c, "C", "commune", COMMUNES, province)
    for number, unit_id in enumerate(_add(c, "V", "village", VILLAGES, communes)):
        form = Form(data_set.id, data_set.version, PERIOD.id, unit_id)
        if number % 10:
            reports.submit(c, form, _answers(data_set, number), person_id, NOW)
    return province[0]


def _add(c: Connection, sign: str, level: str, count: int, above: list[int]) -> list[int]:
    """That many units, shared out evenly among those above; their numbers."""
    rows = [
        {"code": f"{sign}{n:05}", "name": f"Đơn vị {sign}{n:05}", "level": level}
        for n in range(count)
    ]
    made = c.execute(insert(schema.unit).returning(schema.unit.c.id), rows).scalars().all()
    links = [
        {"unit_id": unit, "parent_id": parent, "since": date(2025, 7, 1)}
        for unit, parent in zip(made, islice(cycle(above), count), strict=False)
    ]
    if links:
        c.execute(insert(schema.unit_parent), links)
    return list(made)


def _answers(data_set: DataSet, number: int) -> dict[str, Value]:
    counted: dict[str, Value] = {
        each.id: Decimal((number + place) % 50)
        for place, each in enumerate(data_set.elements)
        if each.is_number
    }
    return counted | {"difficulties": "Nhiều hộ chưa có điện thoại thông minh, mạng yếu"}


async def run(store: Store) -> bool:
    data_set, words = load_data_sets()["weekly_activity"], Words.load(ZONE)
    template = WordTemplate.load()
    await store.write(upgrade)
    top_id = await store.write(build, data_set)
    survey = Survey(data_set, PERIOD, ZONE)

    def workbook(c: Connection) -> bytes:
        return PeriodReport.read(c, survey, top_id).xlsx(words)

    def paper(c: Connection) -> bytes:
        report = PeriodReport.read(c, survey, top_id)
        return OfficialReport.read(c, report, NOW).docx(words, template, Path())

    def values(c: Connection) -> bytes:
        return data_value_sets(PeriodReport.read(c, survey, top_id))

    found: dict[str, Make] = {"XLSX": workbook, "Word": paper, "JSON": values}
    took = {name: await _median(store, make) for name, make in found.items()}
    say(f"JSON {took['JSON']:.2f} s")
    held = [_verdict(name, took[name]) for name in ("XLSX", "Word")]
    return all(held)


def _verdict(name: str, seconds: float) -> bool:
    said = f"{name}, {VILLAGES:,} villages: {seconds:.2f} s, at most {BAR:.0f}"
    return verdict(said, holds=seconds <= BAR)


async def _median(store: Store, make: Make) -> float:
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        await store.read(make)
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


async def measure() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{Path(folder) / 'loa.sqlite3'}")
        try:
            return await run(store)
        finally:
            await store.close()


if __name__ == "__main__":
    introduce("a province's week on paper")
    sys.exit(0 if asyncio.run(measure()) else 1)
