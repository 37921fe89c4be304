"""Queries on who was told that reports are due or missing: `domain/silence.py` has the rungs.

A team on leave is not asked and not chased. It is expected all the same: who could leave the sum by
a word would have a rate that says nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, FromClause, Select, and_, exists, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from domain.audit import Act
from domain.rates import Survey
from domain.silence import Rung
from storage import audit
from storage.expected import filed, of_survey
from storage.leaves import on_leave
from storage.rows import rows_as
from storage.schema import chat, prompt, report, unit, unit_parent
from storage.types import Moment
from storage.units import branch_of, holds_on, open_on, subtree
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Round:
    """One rung of a survey, on a day: whoever was told on the rung below by `since` is due."""

    survey: Survey
    rung: int
    day: date
    since: datetime


@dataclass(frozen=True, slots=True)
class Team:
    """A unit that is to report; `chat_id` is its first group in reach."""

    unit_id: int
    unit_name: str
    chat_id: int | None


def due(c: Connection, turn: Round, after_id: int, limit: int) -> Sequence[Team]:
    """Silent teams that are to be told now, by number, from behind `after_id`."""
    query = _silent(turn.survey, turn.day).where(
        unit.c.id > after_id, ~_told(turn, turn.rung, unit.c.id)
    )
    if turn.rung > Rung.CALL:
        query = query.where(_told(turn, turn.rung - 1, unit.c.id, turn.since))
    return rows_as(Team, c.execute(query.limit(limit)))


def due_above(c: Connection, turn: Round, after_id: int, limit: int) -> Sequence[int]:
    """Units that are to be told of silent teams now, by number, from behind `after_id`."""
    below = prompt.alias("below")
    query = (
        select(unit_parent.c.parent_id)
        .join(below, below.c.unit_id == unit_parent.c.unit_id)
        .where(
            *_is(turn.survey, turn.rung - 1, below),
            below.c.told_at <= turn.since,
            holds_on(turn.day),
            unit_parent.c.parent_id > after_id,
            ~_told(turn, turn.rung, unit_parent.c.parent_id),
        )
    )
    if turn.rung == Rung.ABOVE:
        silent = _silent(turn.survey, turn.day).with_only_columns(unit.c.id)
        query = query.where(below.c.unit_id.in_(silent))
    ordered = query.distinct().order_by(unit_parent.c.parent_id).limit(limit)
    return list(c.execute(ordered).scalars())


def told(
    c: Connection, turn: Round, unit_ids: Collection[int], now: datetime, *, again: bool = False
) -> set[int]:
    """Note that these units are told; those that were not before, or with `again` all.

    A team that has reported meanwhile is not told.
    """
    row: dict[str, ColumnElement[Any]] = {
        "data_set": literal(turn.survey.data_set.id),
        "period": literal(turn.survey.period.id),
        "rung": literal(turn.rung),
        "unit_id": unit.c.id,
        "told_at": literal(now, Moment()),
    }
    silent = select(*row.values()).where(unit.c.id.in_(unit_ids), ~_reported(turn.survey))
    new = insert(c, prompt).from_select(list(row), silent)
    keys = [key for key in row if key != "told_at"]
    settled = (
        new.on_conflict_do_update(index_elements=keys, set_={"told_at": now})
        if again
        else new.on_conflict_do_nothing()
    )
    reached = set(c.execute(settled.returning(prompt.c.unit_id)).scalars())
    if again and reached:
        what = f"{turn.survey.data_set.id}/{turn.survey.period.id}"
        audit.note(c, Act.REPORTS_CHASED, prompt, what, count=len(reached))
    return reached


def in_peace(c: Connection, turn: Round, top_id: int, before: datetime) -> Sequence[Team]:
    """Silent teams in the subtree with a group in reach that nobody has asked since `before`."""
    below = subtree(top_id, turn.day)
    query = _silent(turn.survey, turn.day).where(unit.c.id.in_(select(below.c.id)))
    lately = exists().where(
        *_is(turn.survey), prompt.c.unit_id == unit.c.id, prompt.c.told_at > before
    )
    found = rows_as(Team, c.execute(query.where(~lately)))
    return [team for team in found if team.chat_id is not None]


def silent_below(c: Connection, survey: Survey, top_id: int, day: date) -> Sequence[Team]:
    """The teams in the subtree that were called and are silent, by code."""
    below = subtree(top_id, day)
    query = _called(survey, day).where(unit.c.id.in_(select(below.c.id)))
    return rows_as(Team, c.execute(query.order_by(None).order_by(unit.c.code)))


def silent_by_branch(
    c: Connection, survey: Survey, top_id: int, day: date
) -> Sequence[tuple[str, int]]:
    """How many of them are in each child with all below it: (name, count), the most first."""
    branch, child = branch_of(top_id, day).subquery(), unit.alias("child")
    silent = _called(survey, day).order_by(None).subquery()
    query = (
        select(child.c.name, func.count())
        .select_from(silent)
        .join(branch, branch.c.id == silent.c.id)
        .join(child, child.c.id == branch.c.child)
        .group_by(child.c.id, child.c.name, child.c.code)
        .order_by(func.count().desc(), child.c.code)
    )
    return [(name, count) for name, count in c.execute(query)]


def _silent(survey: Survey, day: date) -> Select[int, str, int]:
    """Rows of Team, by number: units that are to report, have not, and are not on leave."""
    group = select(func.min(chat.c.id)).where(
        chat.c.unit_id == unit.c.id, chat.c.gone_because.is_(None)
    )
    return (
        select(unit.c.id, unit.c.name, group.scalar_subquery())
        .where(
            unit.c.level.in_(survey.data_set.levels),
            open_on(survey.day),
            open_on(day),
            ~_reported(survey),
            unit.c.id.not_in(select(on_leave(day).c.id)),
        )
        .order_by(unit.c.id)
    )


def _called(survey: Survey, day: date) -> Select[int, str, int]:
    called = exists().where(*_is(survey, Rung.CALL), prompt.c.unit_id == unit.c.id)
    return _silent(survey, day).where(called)


def _reported(survey: Survey) -> ColumnElement[bool]:
    return exists().where(and_(filed(survey), report.c.unit_id == unit.c.id))


def _told(
    turn: Round, rung: int, unit_id: ColumnElement[int], by: datetime | None = None
) -> ColumnElement[bool]:
    """Whether a unit was told on a rung, by that moment."""
    rows = prompt.alias()
    told = exists().where(*_is(turn.survey, rung, rows), rows.c.unit_id == unit_id)
    return told if by is None else told.where(rows.c.told_at <= by)


def _is(
    survey: Survey, rung: int | None = None, rows: FromClause = prompt
) -> list[ColumnElement[bool]]:
    """Whether a row of `prompt` (or of an alias of it) is one of the survey and rung."""
    mine = [of_survey(rows, survey)]
    return mine if rung is None else [*mine, rows.c.rung == rung]
