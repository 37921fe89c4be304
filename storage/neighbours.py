"""Queries on what a unit's neighbours reported: the other units under its parent."""

from decimal import Decimal

from sqlalchemy import Connection, select

from domain.rates import Survey
from storage.expected import filed
from storage.prepared import Statement, prepared
from storage.schema import report, report_value, unit_parent
from storage.units import holds_on


def numbers(c: Connection, survey: Survey, unit_id: int) -> dict[str, list[Decimal]]:
    """The numbers in the neighbours' reports of the period, by element."""
    found: dict[str, list[Decimal]] = {}
    for row in _numbers(c, unit_id, survey=survey):
        found.setdefault(row.element, []).append(row.number)
    return found


@prepared
def _numbers(c: Connection, unit_id: int, *, survey: Survey) -> Statement:
    mine = unit_parent.alias("mine")
    return (
        select(report_value.c.element, report_value.c.number)
        .select_from(mine)
        .join(unit_parent, unit_parent.c.parent_id == mine.c.parent_id)
        .join(report, filed(survey) & (report.c.unit_id == unit_parent.c.unit_id))
        .join(report_value, report_value.c.report_id == report.c.id)
        .where(
            mine.c.unit_id == unit_id,
            unit_parent.c.unit_id != unit_id,
            holds_on(survey.day, mine),
            holds_on(survey.day),
            report_value.c.number.is_not(None),
        )
    )
