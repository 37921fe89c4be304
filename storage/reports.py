"""Queries on reports: one of a unit, a data set and a period."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, FromClause, and_, delete, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from domain.data_set import Value
from storage import answers, tallies
from storage.prepared import Statement, prepared
from storage.rows import add_row, first_as
from storage.schema import report, report_change, report_value


@dataclass(frozen=True, slots=True)
class Report:
    id: int
    version: int
    submitted_by: int
    submitted_at: datetime
    corrected_at: datetime | None
    no_activity: bool
    returned_because: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """Which report is meant: the data set at its version, the period as its id, the unit."""

    data_set: str
    version: int
    period: str
    unit_id: int

    @property
    def key(self) -> tuple[str, str, int]:
        """What it is by in every table, whichever the version."""
        return self.data_set, self.period, self.unit_id


def find(c: Connection, form: Form) -> Report | None:
    """The unit's report for the period, by whichever version."""
    return first_as(Report, _find(c, *form.key))


@prepared
def _find(c: Connection, data_set: str, period: str, unit_id: int) -> Statement:
    return select(
        report.c.id,
        report.c.version,
        report.c.submitted_by,
        report.c.submitted_at,
        report.c.corrected_at,
        report.c.no_activity,
        report.c.returned_because,
    ).where(of_form(report, data_set, period, unit_id))


def of_form(rows: FromClause, data_set: str, period: str, unit_id: int) -> ColumnElement[bool]:
    """Whether a row of a table is of the form with that key."""
    return and_(rows.c.data_set == data_set, rows.c.period == period, rows.c.unit_id == unit_id)


def values(c: Connection, report_id: int) -> dict[str, Value]:
    """The answers of a report by element; what was left out is not among them."""
    query = select(report_value).where(report_value.c.report_id == report_id)
    return {row.element: answers.of_row(row) for row in c.execute(query)}


def value(c: Connection, form: Form, element: str) -> Value | None:
    """One answer of a report; None where there is none."""
    for row in _value(c, *form.key, element):
        return answers.of_row(row)
    return None


@prepared
def _value(c: Connection, data_set: str, period: str, unit_id: int, element: str) -> Statement:
    mine = of_form(report, data_set, period, unit_id)
    return select(report_value).join(report).where(mine, report_value.c.element == element)


def submit(
    c: Connection,
    form: Form,
    given: Mapping[str, Value],
    person_id: int,
    now: datetime,
    *,
    photos: Collection[str] = (),
    no_activity: bool = False,
) -> bool:
    """Hand in a report, or correct the one that is there; True when it is the first.

    `photos` are the elements whose answers are photos. Raises ValueError for an empty report that
    does not say that there was no activity: it would count as one.
    """
    if not given and not no_activity:
        raise ValueError("an empty report")
    known = find(c, form)
    if known is None:
        report_id = _add(c, form, person_id, now, no_activity)
    else:
        report_id = known.id
        _replace(c, known, person_id, now, no_activity)
    tallies.forget(c, *form.key)
    rows = [answers.row_of(report_id, key, value, key in photos) for key, value in given.items()]
    if rows:
        c.execute(insert(report_value), rows)
    return known is None


def _add(c: Connection, form: Form, person_id: int, now: datetime, no_activity: bool) -> int:
    return add_row(
        c,
        report,
        data_set=form.data_set,
        version=form.version,
        period=form.period,
        unit_id=form.unit_id,
        submitted_by=person_id,
        submitted_at=now,
        no_activity=no_activity,
    )


def _replace(c: Connection, known: Report, person_id: int, now: datetime, nothing: bool) -> None:
    """Make room for other answers; what the report said goes into its history."""
    before = answers.to_json(values(c, known.id))
    row = {"report_id": known.id, "person_id": person_id, "at": now, "before": before}
    c.execute(insert(report_change).values(**row))
    c.execute(delete(report_value).where(report_value.c.report_id == known.id))
    now_said = {"corrected_at": now, "no_activity": nothing, "returned_because": None}
    c.execute(update(report).where(report.c.id == known.id).values(**now_said))


@dataclass(frozen=True, slots=True)
class Change:
    """What a report said until it was corrected, by whom and when."""

    at: datetime
    person_id: int
    before: dict[str, Value | None]


def history(c: Connection, report_id: int) -> Sequence[Change]:
    """The corrections of a report, the oldest first."""
    query = select(report_change).where(report_change.c.report_id == report_id)
    return [
        Change(row.at, row.person_id, answers.from_json(row.before))
        for row in c.execute(query.order_by(report_change.c.id))
    ]
