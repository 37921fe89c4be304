"""Which reports are expected: the one place that decides it; `domain/rates.py` says why so."""

from typing import Any

from sqlalchemy import FromClause, Select, and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from domain.rates import Survey
from storage.schema import report, unit
from storage.units import open_on


def expected(survey: Survey, units: FromClause) -> Select[*tuple[Any, ...]]:
    """Of these units (a table with a column `id`) those of which a report is expected.

    Rows of (unit_id, report_id or null); the tables `unit` and `report` are joined in.
    """
    return (
        select(unit.c.id.label("unit_id"), report.c.id.label("report_id"))
        .select_from(units)
        .join(unit, unit.c.id == units.c.id)
        .outerjoin(report, filed(survey) & (report.c.unit_id == unit.c.id))
        .where(unit.c.level.in_(survey.data_set.levels), _is_expected(survey))
    )


def filed(survey: Survey) -> ColumnElement[bool]:
    """Whether a row of `report` is one of the period."""
    return of_survey(report, survey)


def of_survey(rows: FromClause, survey: Survey) -> ColumnElement[bool]:
    """Whether a row of a table is of the survey's data set and period."""
    return (rows.c.data_set == survey.data_set.id) & (rows.c.period == survey.period.id)


def _is_expected(survey: Survey) -> ColumnElement[bool]:
    """Open when it is due, or, if it did report, at any time of the period."""
    ever_open = and_(
        or_(unit.c.opened_on.is_(None), unit.c.opened_on <= survey.period.last),
        or_(unit.c.closed_on.is_(None), unit.c.closed_on > survey.period.first),
    )
    return or_(open_on(survey.day), report.c.id.is_not(None) & ever_open)
