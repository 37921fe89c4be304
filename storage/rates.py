"""Queries on reporting rates: how many reports of a period are in, by unit."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from domain.rates import Rate, Survey, whole
from domain.units import Unit
from storage.expected import expected
from storage.rows import rows_as
from storage.schema import report, unit
from storage.tallies import parts
from storage.units import COLUMNS, subtree


def rate(c: Connection, survey: Survey, top_id: int) -> Rate:
    """The rate of the unit and all below it."""
    return whole(parts(c, survey, top_id).values()).rate


def rate_by_branch(c: Connection, survey: Survey, top_id: int) -> Sequence[tuple[Unit, Rate]]:
    """The rate of each child with all below it, by code; without those that nothing is due of."""
    found = parts(c, survey, top_id)
    children = select(*COLUMNS).where(unit.c.id.in_(found.keys() - {top_id}))
    named = rows_as(Unit, c.execute(children.order_by(unit.c.code)))
    return [(each, found[each.id].rate) for each in named]


def missing(c: Connection, survey: Survey, top_id: int) -> Sequence[Unit]:
    """The units that have not reported, by code."""
    query = expected(survey, subtree(top_id, survey.day)).where(report.c.id.is_(None))
    return rows_as(Unit, c.execute(query.with_only_columns(*COLUMNS).order_by(unit.c.code)))
