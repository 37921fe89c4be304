"""Queries on leave: the days on which units, with all below them, are not asked for anything."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import CTE, Connection, delete, or_, select

from domain.audit import Act
from storage import audit
from storage.rows import add_row, first_as
from storage.schema import leave, unit_parent
from storage.units import holds_on


@dataclass(frozen=True, slots=True)
class Leave:
    """`first` and `last` are days of it."""

    id: int
    unit_id: int
    first: date
    last: date


_QUERY = select(leave.c.id, leave.c.unit_id, leave.c.first, leave.c.last)


def take(c: Connection, unit_id: int, first: date, last: date, person_id: int) -> int:
    """Note a leave; its number."""
    row = {"unit_id": unit_id, "first": first, "last": last, "created_by": person_id}
    number = add_row(c, leave, **row)
    audit.note(c, Act.LEAVE_NOTED, leave, number)
    return number


def find(c: Connection, leave_id: int) -> Leave | None:
    return first_as(Leave, c.execute(_QUERY.where(leave.c.id == leave_id)))


def newest(c: Connection, person_id: int, unit_id: int | None, day: date) -> Leave | None:
    """The leave of a unit, or noted by a person, that was noted last and is not over."""
    mine = or_(leave.c.created_by == person_id, leave.c.unit_id == unit_id)
    query = _QUERY.where(mine, leave.c.last >= day).order_by(leave.c.id.desc())
    return first_as(Leave, c.execute(query.limit(1)))


def give_up(c: Connection, leave_id: int) -> bool:
    """Forget a leave; False when it was forgotten before."""
    gone = delete(leave).where(leave.c.id == leave_id).returning(leave.c.unit_id)
    unit_id = c.execute(gone).scalar()
    if unit_id is not None:
        audit.note(c, Act.LEAVE_DROPPED, leave, leave_id, unit_id=unit_id)
    return unit_id is not None


def on_leave(day: date) -> CTE:
    """The units that are on leave on a day, themselves or with one above: a column `id`."""
    resting = (
        select(leave.c.unit_id.label("id"))
        .where(leave.c.first <= day, leave.c.last >= day)
        .cte("resting", recursive=True)
    )
    return resting.union(
        select(unit_parent.c.unit_id).where(unit_parent.c.parent_id == resting.c.id, holds_on(day))
    )
