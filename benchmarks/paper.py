"""How long a province's week takes as a workbook and as an official paper.

    python -m benchmarks.paper

124 communes and 1,745 villages, of which nine tenths have reported, each with some words, on
SQLite. What is timed is all of it: reading the reports, summing them, and making the file.
"""

import asyncio
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, insert

from benchmarks.platform import ZONE, introduce, say, timed, verdict
from benchmarks.standing import add_units
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
from storage.store import Store, opened_store

COMMUNES, VILLAGES = 124, 1_745
BAR = 2.0
"""Seconds, for the workbook and for the paper."""
TIMES = 3
PERIOD = Period.parse("2026W47")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

Make = Callable[[Connection], bytes]


def build(c: Connection, data_set: DataSet) -> int:
    """The province and its reports; the number of the province."""
    person = insert(schema.person).values(name="Người Thử", created_at=NOW)
    person_id = c.execute(person.returning(schema.person.c.id)).scalar_one()
    province = add_units(c, "P", "province", 1, [])
    communes = add_units(c, "C", "commune", COMMUNES, province)
    for number, unit_id in enumerate(add_units(c, "V", "village", VILLAGES, communes)):
        form = Form(data_set.id, data_set.version, PERIOD.id, unit_id)
        if number % 10:
            reports.submit(c, form, _answers(data_set, number), person_id, NOW)
    return province[0]


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
    return statistics.median(await timed(TIMES, lambda: store.read(make)))


async def measure() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        async with opened_store(f"sqlite:///{folder}/loa.sqlite3") as store:
            return await run(store)


def main() -> int:
    introduce("a province's week on paper", pins=False)
    return 0 if asyncio.run(measure()) else 1


if __name__ == "__main__":
    sys.exit(main())
