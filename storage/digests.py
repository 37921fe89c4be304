"""Queries on the digest of a period: to whom it is due, and who is on leave."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from domain.message import ChatKind
from domain.people import Role
from domain.rates import Survey
from storage.expected import expected, of_survey
from storage.leaves import on_leave
from storage.schema import chat, digest, membership, report, unit
from storage.units import branch_of, open_on, subtree
from storage.upsert import insert_new


def untold(c: Connection, survey: Survey, after_id: int, limit: int) -> Sequence[int]:
    """Units above the teams that have a coordinator in reach and were not told, by number."""
    told = exists().where(of_survey(digest, survey), digest.c.unit_id == unit.c.id)
    reached = exists().where(
        membership.c.unit_id == unit.c.id,
        membership.c.role == Role.COORDINATOR.value,
        membership.c.until.is_(None),
        chat.c.person_id == membership.c.person_id,
        chat.c.kind == ChatKind.PRIVATE.value,
        chat.c.gone_because.is_(None),
    )
    query = select(unit.c.id).where(
        unit.c.level.not_in(survey.data_set.levels),
        open_on(survey.day),
        unit.c.id > after_id,
        ~told,
        reached,
    )
    return list(c.execute(query.order_by(unit.c.id).limit(limit)).scalars())


def told(c: Connection, survey: Survey, unit_ids: Collection[int], now: datetime) -> list[int]:
    """Note that these units are told; those that were not before."""
    key = {"data_set": survey.data_set.id, "period": survey.period.id, "told_at": now}
    return [each for each in unit_ids if insert_new(c, digest, unit_id=each, **key)]


def resting_by_branch(c: Connection, survey: Survey, top_id: int) -> dict[int, int]:
    """How many silent teams in each child of a unit were on leave when it was due."""
    due = expected(survey, subtree(top_id, survey.day)).where(report.c.id.is_(None))
    resting = due.where(unit.c.id.in_(select(on_leave(survey.day).c.id)))
    teams = resting.with_only_columns(unit.c.id).subquery()
    branch = branch_of(top_id, survey.day).subquery()
    query = (
        select(branch.c.child, func.count())
        .join(teams, teams.c.id == branch.c.id)
        .group_by(branch.c.child)
    )
    return dict(c.execute(query).all())
