"""Queries on what the reports of a period come to, by unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, select

from domain.data_set import RollUp, Value
from domain.rates import Part, Rate, Survey, rolled, whole
from domain.units import Unit
from storage import answers, units
from storage.expected import expected
from storage.rows import rows_as
from storage.schema import report, report_value, unit
from storage.tallies import parts
from storage.units import COLUMNS, subtree


@dataclass(frozen=True, slots=True)
class Summed:
    """What is in from a unit and all below it, and how many reports from each of its children."""

    rate: Rate
    totals: dict[str, Decimal]
    branches: Sequence[tuple[Unit, Rate]]
    """By code."""
    by_branch: Mapping[int, Mapping[str, Decimal]]
    """What the answers of each child come to, by its id; over more periods stocks too add up."""


def summed(c: Connection, surveys: Sequence[Survey], top_id: int) -> Summed:
    """The sums of one period or of more, the oldest first, all of one data set."""
    found: dict[int, list[Part]] = {}
    for survey in surveys:
        for unit_id, part in parts(c, survey, top_id).items():
            found.setdefault(unit_id, []).append(part)
    together = {unit_id: whole(some) for unit_id, some in found.items()}
    all_of_it = whole(together.values())
    totals = rolled(all_of_it.tallies, surveys[-1].data_set)
    if len(surveys) > 1:
        totals |= _last(c, surveys, top_id)
    children = units.of_ids(c, together.keys() - {top_id})
    branches = [(each, together[each.id].rate) for each in children]
    by_branch = {
        each.id: rolled(together[each.id].tallies, surveys[-1].data_set) for each in children
    }
    return Summed(all_of_it.rate, totals, branches, by_branch)


def _last(c: Connection, surveys: Sequence[Survey], top_id: int) -> dict[str, Decimal]:
    """The sums of what each unit said last of its stocks: the silent one still has what it had."""
    stocks = [each.id for each in surveys[-1].data_set.elements if each.roll_up is RollUp.LAST]
    if not stocks:
        return {}
    said: dict[tuple[str, int], Decimal] = {}
    for survey in surveys:
        mine = expected(survey, subtree(top_id, survey.day)).subquery()
        query = (
            select(report_value.c.element, mine.c.unit_id, report_value.c.number)
            .join(mine, mine.c.report_id == report_value.c.report_id)
            .where(report_value.c.element.in_(stocks), report_value.c.number.is_not(None))
        )
        said |= {(element, unit_id): number for element, unit_id, number in c.execute(query)}
    sums: dict[str, Decimal] = {}
    for (element, _), number in said.items():
        sums[element] = sums.get(element, Decimal(0)) + number
    return {element: total.normalize() for element, total in sums.items()}


def unreported(c: Connection, survey: Survey, top_id: int) -> Sequence[Unit]:
    """The units that have not reported, by code."""
    query = expected(survey, subtree(top_id, survey.day)).where(report.c.id.is_(None))
    return rows_as(Unit, c.execute(query.with_only_columns(*COLUMNS).order_by(unit.c.code)))


@dataclass(frozen=True, slots=True)
class Filed:
    """One unit's report: its answers by element; without a report, none and no moment."""

    unit_id: int
    code: str
    name: str
    submitted_at: datetime | None
    no_activity: bool
    values: Mapping[str, Value]


def filed(c: Connection, survey: Survey, top_id: int) -> Sequence[Filed]:
    """Every unit of which a report is expected, with what it reported, by code."""
    due = expected(survey, subtree(top_id, survey.day))
    mine = due.subquery()
    found: dict[int, dict[str, Value]] = {}
    values = select(report_value).join(mine, mine.c.report_id == report_value.c.report_id)
    for row in c.execute(values):
        found.setdefault(row.report_id, {})[row.element] = answers.of_row(row)
    columns = (unit.c.id, unit.c.code, unit.c.name, report.c.submitted_at, report.c.no_activity)
    rows = c.execute(due.with_only_columns(*columns, report.c.id).order_by(unit.c.code))
    return [Filed(*row[:4], no_activity=bool(row[4]), values=found.get(row[5], {})) for row in rows]
