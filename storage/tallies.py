"""Queries on tallies: what the reports of each unit's children come to, kept ready.

Counting all reports of a nation takes most of a second, adding up the tallies of its communes a
tenth of that. A tally that is there is right: whoever hands in a report, or changes the tree,
forgets the tallies that it touches in the same transaction. One that is not there is counted anew.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CTE,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    delete,
    func,
    select,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from domain.rates import Part, Rate, Survey, Tally, whole
from storage.expected import expected, of_survey
from storage.prepared import Rows, Statement, prepared
from storage.rows import AnyRow
from storage.schema import report, report_value, tally, unit, unit_parent
from storage.units import holds_on
from storage.upsert import put

SCALE = Decimal(10_000)
"""Totals are kept as whole numbers of the last place that answers have: a nation's add up fast."""

Parts = dict[int, Part]
"""Parts by the number of a unit."""


def parts(c: Connection, survey: Survey, top_id: int) -> Parts:
    """What is in from each child of a unit with all below it, and from the unit's own report.

    Units of which nothing is expected are not there.
    """
    parents = _parents(survey, top_id)
    found = {key: [part] for key, part in _count(c, survey, _near(survey, top_id)).items()}
    kept: dict[int, list[AnyRow]] = defaultdict(list)
    for row in c.execute(_kept(survey, parents)):
        kept[row.branch].append(row)
    for branch, rows in kept.items():
        found.setdefault(branch, []).append(_read([row for row in rows if row.parent_id]))
    if any(row.parent_id is None for rows in kept.values() for row in rows):
        for branch, part in _count(c, survey, _unkept(survey, parents)).items():
            found.setdefault(branch, []).append(part)
    together = {branch: whole(some) for branch, some in found.items()}
    return {branch: part for branch, part in together.items() if part.rate.expected}


def keep(c: Connection, survey: Survey, unit_id: int) -> None:
    """Count anew, and keep, what a unit and its siblings come to."""
    rates, sums = (run(c, unit_id, survey=survey) for run in (_sibling_rates, _sibling_sums))
    for parent_id, part in _parts(rates, sums).items():
        _put(c, survey, parent_id, part)


@prepared
def _sibling_rates(c: Connection, unit_id: int, *, survey: Survey) -> Statement:
    return _rates(survey, _siblings(survey, unit_id))


@prepared
def _sibling_sums(c: Connection, unit_id: int, *, survey: Survey) -> Statement:
    return _sums(survey, _siblings(survey, unit_id))


def _siblings(survey: Survey, unit_id: int) -> FromClause:
    """A unit and its siblings, all a part of their parent."""
    siblings = unit_parent.alias("siblings")
    query = (
        select(siblings.c.unit_id.label("id"), siblings.c.parent_id.label("part"))
        .join(unit_parent, unit_parent.c.parent_id == siblings.c.parent_id)
        .where(unit_parent.c.unit_id == unit_id, holds_on(survey.day))
        .where(holds_on(survey.day, siblings))
    )
    return query.subquery()


@prepared
def forget(c: Connection, data_set: str, period: str, unit_id: int) -> Statement:
    """A unit's report of a period is another than it was."""
    above = select(unit_parent.c.parent_id).where(unit_parent.c.unit_id == unit_id)
    return delete(tally).where(
        tally.c.data_set == data_set, tally.c.period == period, tally.c.parent_id.in_(above)
    )


def forget_units(c: Connection, unit_ids: Collection[int]) -> None:
    """Units' lives or parents are others than they were; call it before and after."""
    above = select(unit_parent.c.parent_id).where(unit_parent.c.unit_id.in_(unit_ids))
    c.execute(delete(tally).where(tally.c.parent_id.in_(above)))


def _near(survey: Survey, top_id: int) -> FromClause:
    """A unit and its children, each a part of its own."""
    top = select(unit.c.id, unit.c.id.label("part")).where(unit.c.id == top_id)
    children = select(unit_parent.c.unit_id, unit_parent.c.unit_id).where(
        unit_parent.c.parent_id == top_id, holds_on(survey.day)
    )
    return union_all(top, children).subquery()


def _parents(survey: Survey, top_id: int) -> CTE:
    """The units below the top that have children, each with the top's child that it belongs to."""
    links = _links(survey)
    found = (
        select(links.c.unit_id.label("id"), links.c.unit_id.label("branch"))
        .where(links.c.parent_id == top_id)
        .cte("parents", recursive=True)
    )
    return found.union_all(
        select(links.c.unit_id, found.c.branch).where(links.c.parent_id == found.c.id)
    )


def _links(survey: Survey) -> CTE:
    """The units that have children, each with its parent.

    All of the tree's at once: to look below each village for children takes ten times as long.
    """
    above = select(unit_parent.c.parent_id).distinct().subquery("above")
    query = select(unit_parent.c.unit_id, unit_parent.c.parent_id).join(
        above, above.c.parent_id == unit_parent.c.unit_id
    )
    return query.where(holds_on(survey.day)).cte("links").prefix_with("MATERIALIZED")


def _is_kept(survey: Survey, parents: CTE) -> ColumnElement[bool]:
    return and_(
        of_survey(tally, survey),
        tally.c.parent_id == parents.c.id,
        tally.c.version == survey.data_set.version,
    )


def _kept(survey: Survey, parents: CTE) -> Select[*tuple[Any, ...]]:
    """Every parent's branch with its tally, or with nulls."""
    return select(parents.c.branch, tally).outerjoin(tally, _is_kept(survey, parents))


def _unkept(survey: Survey, parents: CTE) -> FromClause:
    """The children of the parents that have no tally."""
    # Materialized, for SQLite would else look for a parent's tally with each of its children.
    unkept = (
        select(parents)
        .outerjoin(tally, _is_kept(survey, parents))
        .where(tally.c.parent_id.is_(None))
        .cte("unkept")
        .prefix_with("MATERIALIZED")
    )
    return (
        select(unit_parent.c.unit_id.label("id"), unkept.c.branch.label("part"))
        .join(unkept, unkept.c.id == unit_parent.c.parent_id)
        .where(holds_on(survey.day))
        .subquery()
    )


def _count(c: Connection, survey: Survey, units: FromClause) -> Parts:
    """Count these units' reports, for each `part` that the table names beside their `id`."""
    rates = c.execute(_rates(survey, units)).all()
    return _parts(rates, c.execute(_sums(survey, units)).all() if rates else ())


def _parts(rates: Rows, sums: Rows) -> Parts:
    tallies: dict[int, dict[str, Tally]] = defaultdict(dict)
    for part, element, total, count in sums:
        tallies[part][element] = Tally(total or Decimal(0), count)
    return {part: Part(Rate(*counts), tallies[part]) for part, *counts in rates}


def _rates(survey: Survey, units: FromClause) -> Select[*tuple[Any, ...]]:
    """Each part, and the counts of its Rate."""
    counts = (
        func.count(),
        func.count(report.c.id),
        func.count(case((report.c.submitted_at < survey.timely_until, 1))),
        func.count(case((report.c.no_activity, 1))),
    )
    due = expected(survey, units)
    return due.with_only_columns(units.c.part, *counts).group_by(units.c.part)


def _sums(survey: Survey, units: FromClause) -> Select[*tuple[Any, ...]]:
    """Each part and element, with its sum and how many answers there are."""
    due = expected(survey, units).add_columns(units.c.part)
    # Materialized, for SQLite would else begin with all reports of the period.
    mine = due.where(report.c.id.is_not(None)).cte("mine").prefix_with("MATERIALIZED")
    columns = (mine.c.part, report_value.c.element)
    return (
        select(*columns, func.sum(report_value.c.number), func.count())
        .join(report_value, report_value.c.report_id == mine.c.report_id)
        .group_by(*columns)
    )


def _put(c: Connection, survey: Survey, parent_id: int, part: Part) -> None:
    key = {
        "data_set": survey.data_set.id,
        "period": survey.period.id,
        "parent_id": parent_id,
    }
    sums = {name: [int(each.total * SCALE), each.count] for name, each in part.tallies.items()}
    counted = {
        "version": survey.data_set.version,
        "expected": part.rate.expected,
        "actual": part.rate.actual,
        "on_time": part.rate.on_time,
        "no_activity": part.rate.no_activity,
        "sums": sums,
    }
    c.execute(put(c, tally, key, counted))


def _read(rows: Sequence[AnyRow]) -> Part:
    """Tallies as one."""
    totals: dict[str, int] = defaultdict(int)
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        for element, (total, count) in row.sums.items():
            totals[element] += total
            counts[element] += count
    rate = Rate(
        sum(row.expected for row in rows),
        sum(row.actual for row in rows),
        sum(row.on_time for row in rows),
        sum(row.no_activity for row in rows),
    )
    return Part(rate, {key: Tally(total / SCALE, counts[key]) for key, total in totals.items()})
