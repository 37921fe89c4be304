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
    exists,
    func,
    select,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from domain.rates import Part, Rate, Survey, Tally, whole
from storage.expected import expected
from storage.rows import AnyRow
from storage.schema import report, report_value, tally, unit, unit_parent
from storage.units import holds_on
from storage.upsert import insert

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
    siblings = unit_parent.alias("siblings")
    units = (
        select(siblings.c.unit_id.label("id"), siblings.c.parent_id.label("part"))
        .join(unit_parent, unit_parent.c.parent_id == siblings.c.parent_id)
        .where(unit_parent.c.unit_id == unit_id, holds_on(survey.day))
        .where(holds_on(survey.day, siblings))
    )
    for parent_id, part in _count(c, survey, units.subquery()).items():
        _put(c, survey, parent_id, part)


def forget(c: Connection, data_set: str, period: str, unit_id: int) -> None:
    """A unit's report of a period is another than it was."""
    above = select(unit_parent.c.parent_id).where(unit_parent.c.unit_id == unit_id)
    c.execute(
        delete(tally).where(
            tally.c.data_set == data_set, tally.c.period == period, tally.c.parent_id.in_(above)
        )
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
    lower = unit_parent.alias("lower")
    has_children = exists().where(lower.c.parent_id == unit_parent.c.unit_id)
    here = and_(holds_on(survey.day), has_children)
    found = (
        select(unit_parent.c.unit_id.label("id"), unit_parent.c.unit_id.label("branch"))
        .where(unit_parent.c.parent_id == top_id, here)
        .cte("parents", recursive=True)
    )
    return found.union_all(
        select(unit_parent.c.unit_id, found.c.branch).where(
            unit_parent.c.parent_id == found.c.id, here
        )
    )


def _is_kept(survey: Survey, parents: CTE) -> ColumnElement[bool]:
    return and_(
        tally.c.data_set == survey.data_set.id,
        tally.c.period == survey.period.id,
        tally.c.parent_id == parents.c.id,
        tally.c.version == survey.data_set.version,
    )


def _kept(survey: Survey, parents: CTE) -> Select[*tuple[Any, ...]]:
    """Every parent's branch with its tally, or with nulls."""
    return select(parents.c.branch, tally).outerjoin(tally, _is_kept(survey, parents))


def _unkept(survey: Survey, parents: CTE) -> FromClause:
    """The children of the parents that have no tally."""
    return (
        select(unit_parent.c.unit_id.label("id"), parents.c.branch.label("part"))
        .join(parents, parents.c.id == unit_parent.c.parent_id)
        .outerjoin(tally, _is_kept(survey, parents))
        .where(holds_on(survey.day), tally.c.parent_id.is_(None))
        .subquery()
    )


def _count(c: Connection, survey: Survey, units: FromClause) -> Parts:
    """Count these units' reports, for each `part` that the table names beside their `id`."""
    due = expected(survey, units).add_columns(units.c.part)
    counted = due.with_only_columns(units.c.part, *_counts(survey)).group_by(units.c.part)
    rates = {row[0]: Rate(*row[1:]) for row in c.execute(counted)}
    sums = _sums(c, due) if any(rate.actual for rate in rates.values()) else {}
    return {part: Part(rate, sums.get(part, {})) for part, rate in rates.items()}


def _counts(survey: Survey) -> tuple[ColumnElement[int], ...]:
    """The columns of Rate."""
    return (
        func.count(),
        func.count(report.c.id),
        func.count(case((report.c.submitted_at < survey.timely_until, 1))),
        func.count(case((report.c.no_activity, 1))),
    )


def _sums(c: Connection, due: Select[*tuple[Any, ...]]) -> dict[int, dict[str, Tally]]:
    # Materialized, for SQLite would else begin with all reports of the period.
    mine = due.where(report.c.id.is_not(None)).cte("mine").prefix_with("MATERIALIZED")
    columns = (mine.c.part, report_value.c.element)
    query = (
        select(*columns, func.sum(report_value.c.number), func.count())
        .join(report_value, report_value.c.report_id == mine.c.report_id)
        .group_by(*columns)
    )
    found: dict[int, dict[str, Tally]] = {}
    for part, element, total, count in c.execute(query):
        found.setdefault(part, {})[element] = Tally(total or Decimal(0), count)
    return found


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
    row = insert(c, tally).values(**key, **counted)
    c.execute(row.on_conflict_do_update(index_elements=list(key), set_=counted))


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
