"""Queries on reports: one of a unit, a data set and a period, and their sums up the tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, Select, Subquery, delete, func, insert, select, update

from domain.units import Unit
from storage.rows import add_row, first_as, rows_as
from storage.schema import chat, prompt, report, report_value, unit
from storage.units import COLUMNS as UNIT_COLUMNS
from storage.units import branch_of, open_on, subtree
from storage.upsert import insert as upsert
from storage.upsert import insert_new

Value = Decimal | str


@dataclass(frozen=True, slots=True)
class Report:
    id: int
    submitted_by: int
    submitted_at: datetime
    corrected_at: datetime | None


@dataclass(frozen=True, slots=True)
class Form:
    """Which report is meant: the data set at its version, the period as its id, the unit."""

    data_set: str
    version: int
    period: str
    unit_id: int


def find(c: Connection, form: Form) -> Report | None:
    query = select(
        report.c.id, report.c.submitted_by, report.c.submitted_at, report.c.corrected_at
    ).where(
        report.c.data_set == form.data_set,
        report.c.period == form.period,
        report.c.unit_id == form.unit_id,
    )
    return first_as(Report, c.execute(query))


def values(c: Connection, report_id: int) -> dict[str, Value]:
    """The answers of a report by element; what was left out is not among them."""
    query = select(report_value).where(report_value.c.report_id == report_id)
    return {
        row.element: row.text if row.number is None else row.number.normalize()
        for row in c.execute(query)
    }


def submit(
    c: Connection, form: Form, answers: Mapping[str, Value], person_id: int, now: datetime
) -> bool:
    """Hand in a report, or correct the one that is there; True when it is the first."""
    known = find(c, form)
    if known is None:
        report_id = _add(c, form, person_id, now)
    else:
        report_id = known.id
        c.execute(update(report).where(report.c.id == report_id).values(corrected_at=now))
        c.execute(delete(report_value).where(report_value.c.report_id == report_id))
    rows = [_value_row(report_id, element, value) for element, value in answers.items()]
    if rows:
        c.execute(insert(report_value), rows)
    return known is None


def _add(c: Connection, form: Form, person_id: int, now: datetime) -> int:
    return add_row(
        c,
        report,
        data_set=form.data_set,
        version=form.version,
        period=form.period,
        unit_id=form.unit_id,
        submitted_by=person_id,
        submitted_at=now,
    )


def _value_row(report_id: int, element: str, value: Value) -> dict[str, object]:
    number, text = (value, None) if isinstance(value, Decimal) else (None, value)
    return {"report_id": report_id, "element": element, "number": number, "text": text}


@dataclass(frozen=True, slots=True)
class Survey:
    """What is summed: a data set's reports of a period, from units of these levels.

    `day` is the last day of the period: the tree and the units' lives are taken as of then.
    """

    data_set: str
    period: str
    levels: tuple[str, ...]
    day: date


@dataclass(frozen=True, slots=True)
class Rate:
    """Expected and actual reports."""

    expected: int
    actual: int


def _expected(survey: Survey, top_id: int) -> Subquery:
    """The open units in the subtree of which a report is expected: (unit_id, report_id or null)."""
    tree = subtree(top_id, survey.day)
    filed = (
        select(report.c.id, report.c.unit_id)
        .where(report.c.data_set == survey.data_set, report.c.period == survey.period)
        .subquery()
    )
    return (
        select(unit.c.id.label("unit_id"), filed.c.id.label("report_id"))
        .join(tree, tree.c.id == unit.c.id)
        .outerjoin(filed, filed.c.unit_id == unit.c.id)
        .where(unit.c.level.in_(survey.levels), open_on(survey.day))
        .subquery()
    )


def rate(c: Connection, survey: Survey, top_id: int) -> Rate:
    expected = _expected(survey, top_id)
    return Rate(*c.execute(select(func.count(), func.count(expected.c.report_id))).one())


def rate_by_branch(c: Connection, survey: Survey, top_id: int) -> Sequence[tuple[str, Rate]]:
    """The rate of each child's subtree, as (name of the child, rate), by code."""
    expected = _expected(survey, top_id)
    branch = branch_of(top_id, survey.day).subquery()
    query = (
        select(unit.c.name, func.count(), func.count(expected.c.report_id))
        .select_from(expected)
        .join(branch, branch.c.id == expected.c.unit_id)
        .join(unit, unit.c.id == branch.c.child)
        .group_by(unit.c.id, unit.c.name, unit.c.code)
        .order_by(unit.c.code)
    )
    return [(name, Rate(due, filed)) for name, due, filed in c.execute(query)]


def totals(c: Connection, survey: Survey, top_id: int) -> dict[str, Decimal]:
    """The sum of every element over the reports in the subtree."""
    expected = _expected(survey, top_id)
    query = (
        select(report_value.c.element, func.sum(report_value.c.number))
        .join(expected, expected.c.report_id == report_value.c.report_id)
        .where(report_value.c.number.is_not(None))
        .group_by(report_value.c.element)
    )
    return {element: Decimal(total).normalize() for element, total in c.execute(query)}


def missing(c: Connection, survey: Survey, top_id: int) -> Sequence[Unit]:
    """The units that have not reported, by code."""
    expected = _expected(survey, top_id)
    query = (
        select(*UNIT_COLUMNS)
        .join(expected, expected.c.unit_id == unit.c.id)
        .where(expected.c.report_id.is_(None))
    )
    return rows_as(Unit, c.execute(query.order_by(unit.c.code)))


@dataclass(frozen=True, slots=True)
class Filed:
    """One unit's report in an export: its answers by element."""

    code: str
    name: str
    submitted_at: datetime | None
    values: dict[str, Value]


def filed(c: Connection, survey: Survey, top_id: int) -> Sequence[Filed]:
    """Every unit of which a report is expected, with what it reported, by code."""
    expected = _expected(survey, top_id)
    query = (
        select(unit.c.code, unit.c.name, report.c.submitted_at, report.c.id)
        .select_from(expected)
        .join(unit, unit.c.id == expected.c.unit_id)
        .outerjoin(report, report.c.id == expected.c.report_id)
        .order_by(unit.c.code)
    )
    rows = c.execute(query).all()
    answers = _values_of(c, expected)
    return [Filed(code, name, at, answers.get(key, {})) for code, name, at, key in rows]


def _values_of(c: Connection, expected: Subquery) -> dict[int, dict[str, Value]]:
    query = select(report_value).join(expected, expected.c.report_id == report_value.c.report_id)
    found: dict[int, dict[str, Value]] = {}
    for row in c.execute(query):
        value = row.text if row.number is None else row.number.normalize()
        found.setdefault(row.report_id, {})[row.element] = value
    return found


@dataclass(frozen=True, slots=True)
class Due:
    """A group that is to be asked for its unit's report."""

    unit_id: int
    unit_name: str
    chat_id: int


def unprompted(c: Connection, survey: Survey, limit: int) -> Sequence[Due]:
    """Groups of units that have neither been asked nor reported for the period."""
    asked = select(prompt.c.unit_id).where(
        prompt.c.data_set == survey.data_set, prompt.c.period == survey.period
    )
    reported = select(report.c.unit_id).where(
        report.c.data_set == survey.data_set, report.c.period == survey.period
    )
    silent = _groups(survey).where(unit.c.id.not_in(asked), unit.c.id.not_in(reported))
    return rows_as(Due, c.execute(silent.limit(limit)))


def _groups(survey: Survey) -> Select[int, str, int]:
    """Rows of Due: the first group in reach of each unit of which a report is expected."""
    return (
        select(unit.c.id, unit.c.name, func.min(chat.c.id))
        .join(chat, chat.c.unit_id == unit.c.id)
        .where(unit.c.level.in_(survey.levels), open_on(survey.day), chat.c.gone_because.is_(None))
        .group_by(unit.c.id, unit.c.name)
        .order_by(unit.c.id)
    )


def to_remind(c: Connection, survey: Survey, top_id: int, before: datetime) -> Sequence[Due]:
    """Groups in the subtree whose unit has not reported, and was not asked since `before`."""
    expected = _expected(survey, top_id)
    silent = select(expected.c.unit_id).where(expected.c.report_id.is_(None))
    lately = select(prompt.c.unit_id).where(
        prompt.c.data_set == survey.data_set,
        prompt.c.period == survey.period,
        prompt.c.prompted_at > before,
    )
    query = _groups(survey).where(unit.c.id.in_(silent), unit.c.id.not_in(lately))
    return rows_as(Due, c.execute(query))


def reminded(c: Connection, survey: Survey, unit_id: int, now: datetime) -> None:
    """Note that a unit was asked once more."""
    keys = {"data_set": survey.data_set, "period": survey.period, "unit_id": unit_id}
    row = upsert(c, prompt).values(**keys, prompted_at=now)
    c.execute(row.on_conflict_do_update(index_elements=list(keys), set_={"prompted_at": now}))


def prompted(c: Connection, survey: Survey, unit_id: int, now: datetime) -> bool:
    """Note that a unit was asked; False when it was asked before."""
    return insert_new(
        c,
        prompt,
        data_set=survey.data_set,
        period=survey.period,
        unit_id=unit_id,
        prompted_at=now,
    )
