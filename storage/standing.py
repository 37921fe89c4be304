"""Queries on how a broadcast stands: who got it, who acknowledged, and who did not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    CTE,
    Connection,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from domain.standing import LATELY, Found, Headway, Reach, Tally, by_branch
from storage.broadcasts import Broadcast
from storage.rows import rows_as
from storage.schema import acknowledgement, chat, delivery, person, unit, unit_parent
from storage.units import branch_of, holds_on, open_on, subtree

WORSE = {
    "sent": Reach.SENT.value,
    "queued": Reach.WAITING.value,
    "sending": Reach.WAITING.value,
    "unknown": Reach.UNKNOWN.value,
    "cancelled": Reach.CANCELLED.value,
    "failed": Reach.FAILED.value,
}
"""The states of the ledger by their Reach."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A broadcast, in the part of the tree below a unit as it is on a day."""

    broadcast: Broadcast
    top_id: int
    day: date


Units = Select[tuple[int]] | Sequence[int]
"""Some units, as a query or by their numbers."""


def _reached(scope: Scope, units: Units) -> Subquery:
    """A row a unit that it was sent to: its Reach, and what became of the messages."""
    mine = and_(delivery.c.broadcast_id == scope.broadcast.id, delivery.c.round == 0)
    state = delivery.c.state
    groups = (
        select(
            delivery.c.unit_id,
            func.max(case(WORSE, value=state)).label("reach"),
            func.max(case((state != "sent", delivery.c.error))).label("why"),
            func.max(case((state == "sent", delivery.c.ended_at))).label("sent_at"),
            func.max(delivery.c.tries).label("tries"),
            func.max(case((delivery.c.repeated, 1), else_=0)).label("repeated"),
        )
        .where(mine, delivery.c.unit_id.in_(units))
        .group_by(delivery.c.unit_id, delivery.c.chat_id)
        .subquery()
    )
    worst = (func.max(groups.c[name]).label(name) for name in ("why", "sent_at", "tries"))
    repeated = func.max(groups.c.repeated).label("repeated")
    best = func.min(groups.c.reach).label("reach")
    return select(groups.c.unit_id, best, *worst, repeated).group_by(groups.c.unit_id).subquery()


def _standing(scope: Scope, units: Units) -> CTE:
    """A row for each of these units that it was sent to or is meant for.

    Who acknowledges what may have arrived proves that it did.
    """
    reached = _reached(scope, units)
    meant = and_(unit.c.level.in_(scope.broadcast.levels), open_on(scope.day))
    mine = and_(
        acknowledgement.c.broadcast_id == scope.broadcast.id,
        acknowledgement.c.unit_id == unit.c.id,
    )
    proved = and_(reached.c.reach == Reach.UNKNOWN.value, exists().where(mine))
    reach = func.coalesce(reached.c.reach, Reach.UNTOLD.value)
    return (
        select(
            unit.c.id.label("unit_id"),
            unit.c.code,
            case((proved, Reach.SENT.value), else_=reach).label("reach"),
            func.coalesce(reached.c.why, "").label("why"),
            reached.c.sent_at,
            func.coalesce(reached.c.tries, 0).label("tries"),
            func.coalesce(reached.c.repeated, 0).label("repeated"),
            select(func.min(acknowledgement.c.at)).where(mine).scalar_subquery().label("heard_at"),
        )
        .outerjoin(reached, reached.c.unit_id == unit.c.id)
        .where(unit.c.id.in_(units), or_(reached.c.unit_id.is_not(None), meant))
        .cte("standing")
        .prefix_with("MATERIALIZED")  # else PostgreSQL may work it out anew for each unit
    )


def found(c: Connection, scope: Scope) -> list[Found]:
    """How it stands with each unit of the scope, by code."""
    row = _standing(scope, select(subtree(scope.top_id, scope.day).c.id)).c
    own = select(literal(scope.top_id), literal(scope.top_id))
    branch = union_all(branch_of(scope.top_id, scope.day), own).subquery()
    heard = row.heard_at.is_not(None)
    query = (
        select(row.unit_id, branch.c.child, row.reach, heard, row.why)
        .join(branch, branch.c.id == row.unit_id)
        .order_by(row.code)
    )
    return [
        Found(unit_id, child, Reach(reach), bool(heard), why)
        for unit_id, child, reach, heard, why in c.execute(query).all()
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """All about one unit, and the name of the unit above that; `by` acknowledged first."""

    unit_id: int
    code: str
    name: str
    parent: str
    reach: Reach
    why: str
    sent_at: datetime | None
    tries: int
    repeated: bool
    heard_at: datetime | None
    by: str


def lines(c: Connection, scope: Scope, only: Sequence[int] | None = None) -> list[Line]:
    """All about every unit of the scope, or about those alone, by code."""
    everywhere = select(subtree(scope.top_id, scope.day).c.id)
    row = _standing(scope, everywhere if only is None else only).c
    above = unit.alias("above")
    parents = select(unit_parent).where(holds_on(scope.day)).subquery()
    query = (
        select(
            row.unit_id,
            row.code,
            unit.c.name,
            func.coalesce(above.c.name, ""),
            row.reach,
            row.why,
            row.sent_at,
            row.tries,
            row.repeated,
            row.heard_at,
            func.coalesce(_first_by(scope), ""),
        )
        .join(unit, unit.c.id == row.unit_id)
        .outerjoin(parents, parents.c.unit_id == unit.c.id)
        .outerjoin(above, above.c.id == parents.c.parent_id)
        .order_by(row.code)
    )
    return rows_as(_line, c.execute(query))


def _line(*columns: Any) -> Line:
    """A line from its columns, which know neither Reach nor truth."""
    line = Line(*columns)
    return replace(line, reach=Reach(line.reach), repeated=bool(line.repeated))


def _first_by(scope: Scope) -> ColumnElement[str]:
    """The name of who acknowledged first for a unit."""
    return (
        select(person.c.name)
        .join(acknowledgement, acknowledgement.c.person_id == person.c.id)
        .where(
            acknowledgement.c.broadcast_id == scope.broadcast.id,
            acknowledgement.c.unit_id == unit.c.id,
        )
        .order_by(acknowledgement.c.at, person.c.id)
        .limit(1)
        .correlate(unit)
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class Branch:
    """A child of the scope's unit with all below it, or that unit's own groups."""

    unit_id: int
    name: str
    tally: Tally


def branches(c: Connection, units: Sequence[Found]) -> list[Branch]:
    """The sums of each branch that it is meant for, by code."""
    tallies = by_branch(units)
    query = select(unit.c.id, unit.c.name).where(unit.c.id.in_(tallies)).order_by(unit.c.code)
    return [Branch(unit_id, name, tallies[unit_id]) for unit_id, name in c.execute(query)]


def headway(c: Connection, broadcast: Broadcast, now: datetime) -> Headway:
    """How far the sending of a broadcast is."""
    state = delivery.c.state
    ended = (func.count().filter(state == each) for each in ENDS)
    lately = func.count().filter(state == "sent", delivery.c.ended_at > now - LATELY)
    query = select(func.count(), *ended, lately).where(
        delivery.c.broadcast_id == broadcast.id, delivery.c.round == 0
    )
    running = now - (broadcast.started_at or now)
    return rows_as(partial(Headway, running=running), c.execute(query))[0]


ENDS = ("sent", "failed", "unknown", "cancelled")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many open units of some levels there are, and how many have a group in reach."""

    units: int
    with_group: int


def coverage(c: Connection, unit_id: int, levels: Collection[str], day: date) -> Coverage:
    tree = subtree(unit_id, day)
    has_group = exists().where(chat.c.unit_id == unit.c.id, chat.c.gone_because.is_(None))
    query = (
        select(func.count(), func.count().filter(has_group))
        .select_from(unit)
        .join(tree, tree.c.id == unit.c.id)
        .where(unit.c.level.in_(levels), open_on(day))
    )
    return Coverage(*c.execute(query).one())
