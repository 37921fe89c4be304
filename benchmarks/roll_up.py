"""How long the sums of one week take, with two years of weeks stored.

    python -m benchmarks.roll_up                10, 31, 104 weeks: up to 7.7 million reports
    python -m benchmarks.roll_up --weeks 10     fewer; where the disk is short it does so itself

On SQLite and on PostgreSQL: 74,422 villages of 3,321 communes of 34 provinces have each handed in
the weekly report for every week. Rates and sums of a week in the middle are taken for the nation by
province and for a province by commune: with the tallies that every report leaves behind, and
counted anew from the reports, as when the whole tree has just been changed.
"""

import argparse
import asyncio
import gc
import shutil
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    Connection,
    Numeric,
    Select,
    cast,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
)

from benchmarks.engines import analyze, engines
from benchmarks.platform import ZONE, introduce, now, say, timed, verdict
from benchmarks.standing import VILLAGES, build_nation
from bot.data_sets import load_data_sets
from domain.data_set import DataSet
from domain.period import Period
from domain.rates import Survey, whole
from storage import schema, tallies, units
from storage.migrate import upgrade
from storage.store import Store, opened_store

NATION_BAR, PROVINCE_BAR = 0.3, 0.05
STEPS = (10, 31, 104)
ROOM = 100_000_000
"""Bytes that a week takes on disk at most, on either engine."""
LAST = Period.parse("2026W47")
TIMES, TIMES_ANEW = 11, 3
SHUFFLE = 7919
"""A prime: villages hand in their reports in no order of theirs."""


def weeks(count: int) -> list[Period]:
    """The last weeks, the oldest first."""
    found = [LAST]
    while len(found) < count:
        found.append(found[-1].previous())
    return found[::-1]


def add_person(c: Connection) -> None:
    c.execute(insert(schema.person).values(name="Người Thử", created_at=now()))


def fill_week(c: Connection, data_set: DataSet, period: Period) -> None:
    """The reports of all villages for a week, and the tallies that they leave behind."""
    if c.dialect.name == "postgresql":  # it takes twice as long to see that every unit is there
        c.execute(text("SET LOCAL session_replication_role = replica"))
    survey = Survey(data_set, period, ZONE)
    at = datetime.combine(data_set.due_on(period), data_set.hour, ZONE)
    unit, report = schema.unit.c, schema.report.c
    filed = select(
        unit.id,
        literal(data_set.id),
        literal(data_set.version),
        literal(period.id),
        select(schema.person.c.id).limit(1).scalar_subquery(),
        literal(at, schema.report.c.submitted_at.type),
        literal(False),
    ).where(unit.level == "village")
    names = ["unit_id", "data_set", "version", "period", "submitted_by", "submitted_at"]
    mixed = filed.order_by(unit.id * SHUFFLE % VILLAGES)
    c.execute(insert(schema.report).from_select([*names, "no_activity"], mixed))
    c.execute(
        insert(schema.report_value).from_select(
            ["report_id", "element", "number"], _answers(data_set, period).order_by(report.id)
        )
    )
    _tally(c, survey)


def _answers(data_set: DataSet, period: Period) -> Select[tuple[int, str, object]]:
    numbered = [(each.id, n) for n, each in enumerate(data_set.elements) if each.is_number]
    rows = [select(literal(key).label("id"), literal(n).label("n")) for key, n in numbered]
    element = union_all(*rows).subquery("element")
    report = schema.report.c
    number = cast((report.unit_id * 7 + element.c.n) % 50, Numeric(20, 4))
    return (
        select(report.id, element.c.id, number)
        .join_from(schema.report, element, literal(True))
        .where(report.data_set == data_set.id, report.period == period.id)
    )


def _tally(c: Connection, survey: Survey) -> None:
    """What each commune's last report would leave behind; every week's answers are the same."""
    kept, period = schema.tally.c, survey.period.id
    if known := c.execute(select(kept.period).limit(1)).scalar():
        same = [literal(period) if each is kept.period else each for each in schema.tally.c]
        copied = select(*same).where(kept.period == known)
        c.execute(insert(schema.tally).from_select(list(schema.tally.c.keys()), copied))
        return
    analyze(c)
    link, above = schema.unit_parent.c, schema.unit.alias()
    one_each = (
        select(func.min(link.unit_id))
        .join(above, above.c.id == link.parent_id)
        .where(above.c.level == "commune")
        .group_by(link.parent_id)
    )
    for unit_id in c.execute(one_each).scalars().all():
        tallies.keep(c, survey, unit_id)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured with so many weeks stored, in seconds; `anew` without tallies."""

    engine: str
    weeks: int
    nation: list[float]
    province: list[float]
    nation_anew: list[float]
    province_anew: list[float]

    def judge(self) -> bool:
        """Say what was measured, as medians; whether every bar is held."""
        nation, province = statistics.median(self.nation), statistics.median(self.province)
        anew = [statistics.median(each) for each in (self.nation_anew, self.province_anew)]
        say(f"{self.engine}, {self.weeks} weeks, {self.weeks * VILLAGES:,} reports")
        say(f"counted anew: nation {anew[0]:.3f} s, province {anew[1]:.3f} s")
        held = [
            verdict(f"nation {nation:.3f} s, at most {NATION_BAR}", holds=nation <= NATION_BAR),
            verdict(
                f"province {province:.3f} s, at most {PROVINCE_BAR}", holds=province <= PROVINCE_BAR
            ),
        ]
        return all(held)


async def measure(engine: str, store: Store, steps: list[int]) -> AsyncIterator[Figures]:
    """Fill in week by week, from the newest back, and measure at each step."""
    data_set = load_data_sets()["weekly_activity"]
    await store.write(upgrade)
    top_id = await store.write(build_nation)
    await store.write(add_person)
    done = 0
    for step in steps:
        for period in weeks(step)[::-1][done:]:
            await store.write(fill_week, data_set, period)
        done = step
        await store.write(analyze)
        survey = Survey(data_set, weeks(step)[step // 2], ZONE)
        yield await _measure(engine, store, survey, step, top_id)


async def _measure(engine: str, store: Store, survey: Survey, step: int, top_id: int) -> Figures:
    province = await store.read(lambda c: units.by_code(c, "P00000"))
    assert province is not None
    untallied = replace(survey, data_set=replace(survey.data_set, version=0))
    tops = (top_id, province.id)
    kept = [await _timed(store, TIMES, survey, top) for top in tops]
    anew = [await _timed(store, TIMES_ANEW, untallied, top) for top in tops]
    for top in tops:
        assert await store.read(tallies.parts, survey, top) == await store.read(
            tallies.parts, untallied, top
        )
    whole_nation = whole((await store.read(tallies.parts, survey, top_id)).values())
    assert whole_nation.rate.actual == whole_nation.rate.expected == VILLAGES
    return Figures(engine, step, *kept, *anew)


async def _timed(store: Store, times: int, survey: Survey, top_id: int) -> list[float]:
    await store.read(tallies.parts, survey, top_id)
    return await timed(times, lambda: store.read(tallies.parts, survey, top_id))


async def run(steps: list[int]) -> bool:
    held = []
    for engine, new in engines():
        async with opened_store(new("roll_up")) as store:
            held += [each.judge() async for each in measure(engine, store, steps)]
    return all(held)


def affordable() -> int:
    """How many weeks the disk has room for: all of them, or a tenth."""
    free = shutil.disk_usage(tempfile.gettempdir()).free
    return STEPS[-1] if free > STEPS[-1] * ROOM else STEPS[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.roll_up")
    parser.add_argument("--weeks", type=int, default=affordable(), help="weeks stored at most")
    most = parser.parse_args().weeks
    introduce(f"the sums of one week of {VILLAGES:,} reports", pins=False)
    if most < STEPS[-1]:
        say(f"Only {most} of {STEPS[-1]} weeks are stored.")
    gc.freeze()  # as `loa run` does
    steps = [step for step in STEPS if step <= most] or [most]
    return 0 if asyncio.run(run(steps)) else 1


if __name__ == "__main__":
    sys.exit(main())
