"""Rates and sums: who counts in them, and that tallies say what counting anew says."""

from datetime import date, datetime
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from domain.data_set import DataElement, DataSet, RollUp
from domain.imports import Row, Sheet
from domain.period import Period
from domain.rates import Rate, Survey, surveys_in, whole
from domain.units import Level, Unit
from storage import reports, schema, tallies, totals, units
from storage.imports import import_units
from storage.reports import Form
from storage.store import Store
from tests.world import add_unit

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DATA_SET = DataSet(
    "weekly",
    1,
    "Báo cáo",
    ("village", "commune"),
    (
        DataElement("people", "Người", "?"),
        DataElement("age", "Tuổi", "?", roll_up=RollUp.MEAN),
        DataElement("teams", "Tổ", "?", roll_up=RollUp.COUNT),
    ),
)
WEEK = Period.parse("2026W47")
SURVEY = Survey(DATA_SET, WEEK, ZONE)
EARLY = datetime(2026, 11, 20, 17, tzinfo=ZONE)
LATE = datetime(2026, 11, 25, 0, 0, tzinfo=ZONE)
"""Just after the two days in which a report is on time."""
TREE = {"N": "", "P1": "N", "P2": "N", "X1": "P1", "X2": "P1", "X3": "P2"} | {
    f"V{n}": f"X{n % 3 + 1}" for n in range(9)
}
LEVELS = {"N": "nation", "P": "province", "X": "commune", "V": "village"}


def plant(c: Connection) -> None:
    """The units of TREE, and somebody who reports."""
    ids: dict[str, int] = {}
    for code, above in TREE.items():
        ids[code] = add_unit(c, code, LEVELS[code[0]], ids.get(above))
    c.execute(insert(schema.person).values(name="Lan", created_at=EARLY))


def unit_of(c: Connection, code: str) -> Unit:
    found = units.by_code(c, code)
    assert found
    return found


def link(c: Connection, code: str, above: str, since: date) -> None:
    ids = {"unit_id": unit_of(c, code).id, "parent_id": unit_of(c, above).id}
    c.execute(insert(schema.unit_parent).values(**ids, since=since))


def move(c: Connection, code: str, above: str, day: date) -> None:
    row = schema.unit_parent
    unit_id = unit_of(c, code).id
    tallies.forget_units(c, [unit_id])
    c.execute(update(row).where(row.c.unit_id == unit_id, row.c.until.is_(None)).values(until=day))
    link(c, code, above, day)
    tallies.forget_units(c, [unit_id])


def live(c: Connection, code: str, opened: date | None, closed: date | None) -> None:
    unit_id = unit_of(c, code).id
    tallies.forget_units(c, [unit_id])
    mine = update(schema.unit).where(schema.unit.c.id == unit_id)
    c.execute(mine.values(opened_on=opened, closed_on=closed))


def report(c: Connection, code: str, people: int | None, now: datetime = EARLY) -> None:
    """A unit's report; None is no activity."""
    unit_id = unit_of(c, code).id
    person_id = c.execute(select(schema.person.c.id)).scalar_one()
    given = {} if people is None else {"people": Decimal(people), "age": Decimal(people)}
    form = Form(DATA_SET.id, 1, WEEK.id, unit_id)
    reports.submit(c, form, given, person_id, now, no_activity=people is None)


def rate_of(c: Connection, code: str, survey: Survey = SURVEY) -> Rate:
    return totals.summed(c, [survey], unit_of(c, code).id).rate


async def test_a_rate_tells_expected_actual_on_time_and_no_activity(store: Store) -> None:
    def work(c: Connection) -> None:
        plant(c)
        report(c, "V0", 5)
        report(c, "V3", None)
        report(c, "V6", 7, LATE)
        assert rate_of(c, "X1") == Rate(expected=4, actual=3, on_time=2, no_activity=1)
        assert rate_of(c, "V0") == Rate(1, 1, 1, 0)
        assert rate_of(c, "N") == Rate(12, 3, 2, 1)
        names = [(unit.code, rate.actual) for unit, rate in branches(c, "N")]
        assert names == [("P1", 3), ("P2", 0)]
        assert [unit.code for unit in totals.unreported(c, SURVEY, unit_of(c, "X1").id)] == ["X1"]

    await store.write(work)


def branches(c: Connection, code: str) -> list[tuple[Unit, Rate]]:
    return list(totals.summed(c, [SURVEY], unit_of(c, code).id).branches)


async def test_a_moment_before_the_last_is_on_time(store: Store) -> None:
    def work(c: Connection) -> None:
        plant(c)
        report(c, "V0", 5, datetime(2026, 11, 24, 23, 59, 59, tzinfo=ZONE))
        assert rate_of(c, "V0").on_time == 1

    await store.write(work)


@pytest.mark.parametrize(
    ("opened", "closed", "reports_too", "expected", "actual"),
    [
        (date(2026, 11, 20), None, False, 1, 0),  # opened on the day when it is due
        (date(2026, 11, 21), None, False, 0, 0),  # opened after it, silent
        (date(2026, 11, 21), None, True, 1, 1),  # opened after it, reported all the same
        (date(2026, 11, 23), None, True, 0, 0),  # opened after the period
        (None, date(2026, 11, 18), False, 0, 0),  # closed before it is due, silent
        (None, date(2026, 11, 18), True, 1, 1),  # reported, then closed
        (None, date(2026, 11, 16), True, 0, 0),  # closed before the period
        (None, date(2026, 11, 21), False, 1, 0),  # closed the day after
    ],
)
async def test_a_unit_that_opens_or_closes_in_the_period_never_makes_more_than_all(
    store: Store,
    opened: date | None,
    closed: date | None,
    reports_too: bool,
    expected: int,
    actual: int,
) -> None:
    def work(c: Connection) -> None:
        plant(c)
        if reports_too:
            report(c, "V0", 3)
        live(c, "V0", opened, closed)
        found = rate_of(c, "V0")
        assert (found.expected, found.actual) == (expected, actual)
        assert found.actual <= found.expected
        assert rate_of(c, "X1").expected == 3 + expected

    await store.write(work)


async def test_villages_that_merge_count_until_then_and_the_new_one_from_then(store: Store) -> None:
    def work(c: Connection) -> None:
        plant(c)
        report(c, "V0", 3)
        row = insert(schema.unit).values(
            code="V90", name="V90", level="village", opened_on=date(2026, 11, 18)
        )
        c.execute(row)
        for code in ("V0", "V3"):
            live(c, code, None, date(2026, 11, 18))
        link(c, "V90", "X1", date(2026, 11, 18))
        tallies.forget_units(c, [unit_of(c, "V90").id])
        # V0 reported before it closed, V3 did not; V90 and V6 are to report, and X1 itself.
        assert rate_of(c, "X1") == Rate(4, 1, 1, 0)
        assert totals.summed(c, [SURVEY], unit_of(c, "X1").id).totals["people"] == 3

    await store.write(work)


async def test_a_report_stays_with_the_parent_of_the_day_when_it_was_due(store: Store) -> None:
    def work(c: Connection) -> None:
        plant(c)
        report(c, "V0", 8)
        move(c, "V0", "X3", date(2026, 11, 21))
        before, after = SURVEY, Survey(DATA_SET, WEEK.next(), ZONE)
        assert (rate_of(c, "X1", before).actual, rate_of(c, "X3", before).actual) == (1, 0)
        assert (rate_of(c, "X1", after).expected, rate_of(c, "X3", after).expected) == (3, 5)

    await store.write(work)


async def test_each_element_is_rolled_up_in_its_way(store: Store) -> None:
    def work(c: Connection) -> None:
        plant(c)
        report(c, "V0", 30)
        report(c, "V3", 41)
        report(c, "V1", None)
        top = unit_of(c, "P1").id
        people = {"people": Decimal(71), "age": Decimal("35.5")}
        found = totals.summed(c, [SURVEY], top)
        assert found.totals == people
        assert found.by_branch[unit_of(c, "X1").id] == people
        assert found.by_branch[unit_of(c, "X2").id] == {}

    await store.write(work)


def disturb(c: Connection, luck: Random) -> None:
    """Something that happens to reports or to the tree."""
    village, commune = f"V{luck.randrange(9)}", f"X{luck.randrange(3) + 1}"
    day = date(2026, 11, luck.randrange(14, 26))
    match luck.randrange(8):
        case 0 | 1 | 2:
            at = luck.choice([EARLY, LATE])
            report(c, luck.choice([village, commune]), luck.choice([None, luck.randrange(90)]), at)
        case 3:
            live(c, village, luck.choice([None, day]), luck.choice([None, day]))
        case 4:
            row = schema.unit_parent
            since = select(row.c.since).where(row.c.unit_id == unit_of(c, village).id)
            if max(c.execute(since).scalars()) < day:
                move(c, village, commune, day)
        case _:
            tallies.keep(c, SURVEY, unit_of(c, village).id)


@pytest.mark.parametrize("seed", range(4))
async def test_tallies_say_what_counting_anew_says(store: Store, seed: int) -> None:
    def work(c: Connection) -> None:
        luck = Random(seed)
        plant(c)
        for _ in range(25):
            disturb(c, luck)
            tops = [unit_of(c, code).id for code in ("N", "P1", "X1")]
            kept = {top: tallies.parts(c, SURVEY, top) for top in tops}
            with c.begin_nested() as undone:
                c.execute(delete(schema.tally))
                for top, parts in kept.items():
                    anew = tallies.parts(c, SURVEY, top)
                    assert parts == anew
                    rate = whole(anew.values()).rate
                    assert rate.on_time <= rate.actual <= rate.expected
                undone.rollback()

    await store.write(work)


async def test_a_tally_by_another_version_is_not_taken(store: Store) -> None:
    def work(c: Connection) -> None:
        plant(c)
        report(c, "V0", 5)
        newer = DataSet("weekly", 2, "Báo cáo", ("village",), DATA_SET.elements)
        assert rate_of(c, "P1", Survey(newer, WEEK, ZONE)).expected == 6

    await store.write(work)


async def test_a_unit_that_is_imported_anew_leaves_no_old_tally(store: Store) -> None:
    def work(c: Connection) -> None:
        plant(c)
        report(c, "V0", 5)
        tallies.keep(c, SURVEY, unit_of(c, "V0").id)
        assert rate_of(c, "P1").actual == 1
        header = ("code", "name", "level", "parent_code", "closed_on")
        cells = dict(zip(header, ("V3", "V3", "village", "X1", "2026-11-18"), strict=True))
        sheet = Sheet(1, header, [Row(2, cells)])
        levels = [
            Level("nation", "nước"),
            Level("province", "tỉnh", ("nation",)),
            Level("commune", "xã", ("province",)),
            Level("village", "thôn", ("commune",)),
        ]
        day = date(2026, 11, 18)
        done = import_units(c, sheet, lambda *_: None, levels=levels, since=day)
        assert done.changed == 1, done.problems
        assert rate_of(c, "X1").expected == 3

    await store.write(work)


async def test_a_month_takes_flows_from_every_week_and_stocks_from_the_last_said(
    store: Store,
) -> None:
    elements = (
        DataElement("people", "Người", "?"),
        DataElement("teams", "Tổ", "?", roll_up=RollUp.LAST),
    )
    data_set = DataSet("weekly", 1, "Báo cáo", ("village",), elements)

    def hand_in(c: Connection, code: str, week: Period, people: int, teams: int) -> None:
        form = Form(data_set.id, 1, week.id, unit_of(c, code).id)
        given = {"people": Decimal(people), "teams": Decimal(teams)}
        reports.submit(c, form, given, c.execute(select(schema.person.c.id)).scalar_one(), EARLY)

    def work(c: Connection) -> None:
        plant(c)
        hand_in(c, "V0", WEEK.previous(), 5, 3)
        hand_in(c, "V0", WEEK, 7, 4)
        hand_in(c, "V1", WEEK.previous(), 2, 10)  # silent in the week after
        month = surveys_in(data_set, Period.parse("202611"), ZONE)
        found = totals.summed(c, month, unit_of(c, "P1").id)
        assert found.totals == {"people": Decimal(14), "teams": Decimal(14)}
        assert found.rate == Rate(expected=4 * 6, actual=3, on_time=1)
        assert [(unit.code, rate.actual) for unit, rate in found.branches] == [("X1", 2), ("X2", 1)]

    await store.write(work)
