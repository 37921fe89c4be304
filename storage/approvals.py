"""Queries on approvals: whose reports are in force up the tree, and what was sent back."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, delete, func, select, update

from domain.approval import Reviewed
from domain.audit import Act
from domain.oddity import SPAN
from domain.rates import Survey
from domain.units import Unit
from storage import audit
from storage.expected import filed, of_survey
from storage.listed import listed
from storage.prepared import Statement, prepared
from storage.schema import approval, report, report_value, unit
from storage.tallies import parts
from storage.units import COLUMNS, line
from storage.upsert import insert_new


def children(c: Connection, survey: Survey, top_id: int) -> Sequence[Reviewed]:
    """How it stands with each child of a unit of which reports are expected, by code."""
    found = parts(c, survey, top_id)
    below = unit.c.id.in_(found.keys() - {top_id})
    changed_at = func.coalesce(report.c.corrected_at, report.c.submitted_at)
    query = (
        select(*COLUMNS, report.c.id, changed_at, report.c.returned_because, approval.c.approved_at)
        .outerjoin(report, filed(survey) & (report.c.unit_id == unit.c.id))
        .outerjoin(approval, of_survey(approval, survey) & (approval.c.unit_id == unit.c.id))
        .where(below)
        .order_by(unit.c.code)
    )
    return [
        Reviewed(Unit(*row[:6]), found[row[0]].rate, *row[6:9], approved=row[9] is not None)
        for row in c.execute(query)
    ]


def is_approved(c: Connection, survey: Survey, unit_id: int) -> bool:
    mine = of_survey(approval, survey) & (approval.c.unit_id == unit_id)
    return c.execute(select(approval.c.approved_at).where(mine)).first() is not None


def approve(c: Connection, survey: Survey, unit_id: int, person_id: int, now: datetime) -> bool:
    """Put a unit's answers in force up the tree; False when they were."""
    new = insert_new(
        c,
        approval,
        data_set=survey.data_set.id,
        period=survey.period.id,
        unit_id=unit_id,
        approved_by=person_id,
        approved_at=now,
    )
    if new:
        _note(c, Act.REPORT_APPROVED, survey, unit_id)
    return new


def withdraw(c: Connection, survey: Survey, unit_id: int) -> bool:
    """A unit's answers changed: it and all above it are approved no more; whether any was."""
    gone = [_withdraw(c, each, survey=survey) for each in line(c, unit_id, survey.day)]
    return any(gone)


@prepared
def _withdraw(c: Connection, unit_id: int, *, survey: Survey) -> Statement:
    mine = of_survey(approval, survey) & (approval.c.unit_id == unit_id)
    return delete(approval).where(mine).returning(approval.c.unit_id)


def send_back(c: Connection, survey: Survey, unit_id: int, because: str) -> None:
    """Send a unit's report back with a word; it stays in, and is approved no more."""
    mine = filed(survey) & (report.c.unit_id == unit_id)
    c.execute(update(report).where(mine).values(returned_because=because))
    withdraw(c, survey, unit_id)
    _note(c, Act.REPORT_RETURNED, survey, unit_id)


def _note(c: Connection, act: Act, survey: Survey, unit_id: int) -> None:
    audit.note(c, act, report, f"{survey.data_set.id}/{survey.period.id}", unit_id=unit_id)


def past(
    c: Connection, survey: Survey, unit_ids: Sequence[int]
) -> dict[int, dict[str, list[Decimal]]]:
    """What units answered in numbers in the last periods before this one, by unit and element."""
    found: dict[int, dict[str, list[Decimal]]] = {}
    for unit_id, element, number in _past(c, list(unit_ids), survey=survey):
        found.setdefault(unit_id, {}).setdefault(element, []).append(number)
    return found


@prepared
def _past(c: Connection, unit_ids: Sequence[int], *, survey: Survey) -> Statement:
    before = survey.period
    periods = [before := before.previous() for _ in range(SPAN)]
    return (
        select(report.c.unit_id, report_value.c.element, report_value.c.number)
        .join(report_value, report_value.c.report_id == report.c.id)
        .where(
            report.c.data_set == survey.data_set.id,
            report.c.period.in_([each.id for each in periods]),
            report.c.unit_id.in_(listed(c, unit_ids)),
            report_value.c.number.is_not(None),
        )
    )
