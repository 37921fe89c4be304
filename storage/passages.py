"""Queries on passages: the units that a broadcast passes through, each of which may add a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from domain.audit import Act
from domain.broadcast import BroadcastState
from domain.units import Unit
from storage import audience, audit
from storage.broadcasts import Broadcast
from storage.rows import AnyRow, first_as, rows_as
from storage.schema import broadcast, delivery, passage, unit, unit_parent
from storage.units import COLUMNS as UNIT_COLUMNS
from storage.units import holds_on, subtree


@dataclass(frozen=True, slots=True)
class Passage:
    broadcast_id: int
    unit_id: int
    due_at: datetime
    passed_at: datetime | None
    line: str


COLUMNS = (
    passage.c.broadcast_id,
    passage.c.unit_id,
    passage.c.due_at,
    passage.c.passed_at,
    passage.c.line,
)


def passers(c: Connection, top_id: int, level: str, day: date) -> dict[int, int]:
    """For every unit that has a unit of that level between itself and the top: which one."""
    tree = subtree(top_id, day)
    below = (
        select(unit_parent.c.unit_id.label("id"), unit_parent.c.parent_id.label("passer"))
        .join(tree, tree.c.id == unit_parent.c.parent_id)
        .join(unit, unit.c.id == unit_parent.c.parent_id)
        .where(unit.c.level == level, unit.c.id != top_id, holds_on(day))
        .cte("passed", recursive=True)
    )
    below = below.union_all(
        select(unit_parent.c.unit_id, below.c.passer).where(
            unit_parent.c.parent_id == below.c.id, holds_on(day)
        )
    )
    return {row.id: row.passer for row in c.execute(select(below.c.id, below.c.passer))}


def add(c: Connection, broadcast_id: int, unit_id: int, due_at: datetime) -> None:
    """The unit is asked to pass a broadcast on, and it goes on by itself at that moment."""
    row = {"broadcast_id": broadcast_id, "unit_id": unit_id, "due_at": due_at}
    c.execute(insert(passage).values(**row))


def get(c: Connection, broadcast_id: int, unit_id: int) -> Passage | None:
    query = select(*COLUMNS).where(
        passage.c.broadcast_id == broadcast_id, passage.c.unit_id == unit_id
    )
    return first_as(Passage, c.execute(query))


def passed(
    c: Connection, broadcast_id: int, unit_id: int, person_id: int | None, line: str, now: datetime
) -> bool:
    """The unit passes it on, or nobody does but the clock; False when that was done before."""
    query = update(passage).where(
        passage.c.broadcast_id == broadcast_id,
        passage.c.unit_id == unit_id,
        passage.c.passed_at.is_(None),
    )
    if not c.execute(query.values(passed_at=now, passed_by=person_id, line=line)).rowcount:
        return False
    audit.note(c, Act.BROADCAST_PASSED, broadcast, broadcast_id, unit_id=unit_id)
    return True


def due(c: Connection, now: datetime) -> Sequence[Passage]:
    """Those of running broadcasts whose time is over; none of them was passed on."""
    query = (
        select(*COLUMNS)
        .join(broadcast, broadcast.c.id == passage.c.broadcast_id)
        .where(
            broadcast.c.state == BroadcastState.RUNNING,
            passage.c.passed_at.is_(None),
            passage.c.due_at <= now,
        )
    )
    return rows_as(Passage, c.execute(query.order_by(passage.c.due_at, passage.c.unit_id)))


def held_by(c: Connection, broadcast_id: int) -> Sequence[Unit]:
    """The units that have not passed a broadcast on, by code."""
    query = (
        select(*UNIT_COLUMNS)
        .join(passage, passage.c.unit_id == unit.c.id)
        .where(passage.c.broadcast_id == broadcast_id, passage.c.passed_at.is_(None))
    )
    return rows_as(Unit, c.execute(query.order_by(unit.c.code)))


def of_units(c: Connection, unit_ids: Sequence[int]) -> Sequence[Passage]:
    """What these units were asked to pass on, the newest first."""
    query = select(*COLUMNS).where(passage.c.unit_id.in_(unit_ids))
    return rows_as(Passage, c.execute(query.order_by(passage.c.broadcast_id.desc())))


def with_line(c: Connection, broadcast_id: int) -> Sequence[Passage]:
    """Those of a broadcast that went on with a line."""
    query = select(*COLUMNS).where(passage.c.broadcast_id == broadcast_id, passage.c.line != "")
    return rows_as(Passage, c.execute(query))


def groups(c: Connection, sent: Broadcast, unit_id: int | None, day: date) -> Sequence[AnyRow]:
    """The groups below a unit, or all, that a broadcast has not gone to.

    Rows of (account_id, chat_id, unit_id).
    """
    found = audience.groups(c, unit_id or sent.unit_id, sent.levels, day)
    below = [row for row in found if row.unit_id != unit_id]
    query = select(delivery.c.chat_id).where(
        delivery.c.broadcast_id == sent.id,
        delivery.c.chat_id.in_([row.chat_id for row in below]),
    )
    reached = set(c.execute(query).scalars())
    return [row for row in below if row.chat_id not in reached]
