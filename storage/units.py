"""Queries on organisation units and their dated tree."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import CTE, Connection, FromClause, Select, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from domain.units import Unit
from storage.prepared import Statement, prepared
from storage.rows import first_as, first_cell, rows_as
from storage.schema import unit, unit_parent

COLUMNS = (
    unit.c.id,
    unit.c.code,
    unit.c.name,
    unit.c.level,
    unit.c.opened_on,
    unit.c.closed_on,
)


def find(c: Connection, unit_id: int) -> Unit | None:
    return first_as(Unit, _get(c, unit_id))


def get(c: Connection, unit_id: int) -> Unit:
    """The unit with that number; it is there, because units are never deleted."""
    (row,) = _get(c, unit_id)
    return Unit(*row)


@prepared
def _get(c: Connection, unit_id: int) -> Statement:
    return select(*COLUMNS).where(unit.c.id == unit_id)


def by_code(c: Connection, code: str) -> Unit | None:
    return first_as(Unit, c.execute(select(*COLUMNS).where(unit.c.code == code)))


def roots(c: Connection, day: date) -> Sequence[Unit]:
    """Units that have no parent on that day."""
    has_parent = select(unit_parent.c.unit_id).where(holds_on(day))
    query = select(*COLUMNS).where(unit.c.id.not_in(has_parent), open_on(day))
    return rows_as(Unit, c.execute(query.order_by(unit.c.code)))


def of_ids(c: Connection, unit_ids: Collection[int]) -> Sequence[Unit]:
    """These units, by code."""
    query = select(*COLUMNS).where(unit.c.id.in_(unit_ids))
    return rows_as(Unit, c.execute(query.order_by(unit.c.code)))


def children(c: Connection, unit_id: int, day: date) -> Sequence[Unit]:
    """Units whose parent it is on that day, by code."""
    query = (
        select(*COLUMNS)
        .join(unit_parent, unit_parent.c.unit_id == unit.c.id)
        .where(unit_parent.c.parent_id == unit_id, holds_on(day), open_on(day))
    )
    return rows_as(Unit, c.execute(query.order_by(unit.c.code)))


def parent(c: Connection, unit_id: int, day: date) -> int | None:
    parent_id: int | None = first_cell(_parent(c, unit_id, day))
    return parent_id


@prepared
def _parent(c: Connection, unit_id: int, day: date) -> Statement:
    return select(unit_parent.c.parent_id).where(unit_parent.c.unit_id == unit_id, holds_on(day))


def line(c: Connection, unit_id: int, day: date) -> list[int]:
    """The unit and every unit above it, from the bottom up."""
    return [row.id for row in _line(c, unit_id, day)]


@prepared
def _line(c: Connection, unit_id: int, day: date) -> Statement:
    above = (
        select(unit.c.id.label("id"), func.coalesce(0, 0).label("steps"))
        .where(unit.c.id == unit_id)
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(unit_parent.c.parent_id, above.c.steps + 1).where(
            unit_parent.c.unit_id == above.c.id, holds_on(day)
        )
    )
    return select(above.c.id).order_by(above.c.steps)


def subtree(unit_id: int, day: date) -> CTE:
    """The unit and all below it on that day, as a table of one column, `id`."""
    return subtrees((unit_id,), day)


def subtrees(unit_ids: Collection[int], day: date) -> CTE:
    """These units and all below them on that day; one that is below another may be there twice."""
    tops = select(unit.c.id.label("id")).where(unit.c.id.in_(unit_ids))
    below = tops.cte("below", recursive=True)
    return below.union_all(
        select(unit_parent.c.unit_id).where(unit_parent.c.parent_id == below.c.id, holds_on(day))
    )


def parent_names(c: Connection, top_id: int, day: date) -> dict[str, str]:
    """The name of the parent of every unit in the subtree that has one, by the unit's code."""
    tree = subtree(top_id, day)
    above = unit.alias("above")
    query = (
        select(unit.c.code, above.c.name)
        .join(tree, tree.c.id == unit.c.id)
        .join(unit_parent, unit_parent.c.unit_id == unit.c.id)
        .join(above, above.c.id == unit_parent.c.parent_id)
        .where(holds_on(day))
    )
    return dict(c.execute(query).all())


def below(
    c: Connection, unit_id: int, day: date, levels: Sequence[str] | None = None
) -> Sequence[Unit]:
    """Open units of these levels in the subtree, the unit itself among them, by code."""
    tree = subtree(unit_id, day)
    query = select(*COLUMNS).join(tree, tree.c.id == unit.c.id).where(open_on(day))
    if levels is not None:
        query = query.where(unit.c.level.in_(levels))
    return rows_as(Unit, c.execute(query.order_by(unit.c.code)))


def holds_on(day: date, rows: FromClause = unit_parent) -> ColumnElement[bool]:
    """Whether a row of `unit_parent` (or of an alias of it) holds on that day."""
    return and_(rows.c.since <= day, or_(rows.c.until.is_(None), rows.c.until > day))


def open_on(day: date) -> ColumnElement[bool]:
    """Whether a unit is open on that day."""
    return and_(
        or_(unit.c.opened_on.is_(None), unit.c.opened_on <= day),
        or_(unit.c.closed_on.is_(None), unit.c.closed_on > day),
    )


def branch_of(top_id: int, day: date) -> Select[tuple[int, int]]:
    """For every unit below `top_id`, which child of `top_id` it belongs to: (unit, child)."""
    branches = (
        select(unit_parent.c.unit_id.label("id"), unit_parent.c.unit_id.label("child"))
        .where(unit_parent.c.parent_id == top_id, holds_on(day))
        .cte("branches", recursive=True)
    )
    branches = branches.union_all(
        select(unit_parent.c.unit_id, branches.c.child).where(
            unit_parent.c.parent_id == branches.c.id, holds_on(day)
        )
    )
    return select(branches.c.id, branches.c.child)
