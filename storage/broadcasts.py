"""Queries on broadcasts: whom they go to, who got them, who acknowledged and who did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    Connection,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from domain.message import ChatKind
from storage.rows import AnyRow, first_as, rows_as
from storage.schema import acknowledgement, broadcast, chat, delivery, unit, unit_parent
from storage.units import branch_of, holds_on, open_on, subtree
from storage.upsert import insert_new

OPEN_STATES = ("queued", "sending")


@dataclass(frozen=True, slots=True)
class Broadcast:
    id: int
    document_id: int
    unit_id: int
    levels: list[str]
    created_by: int | None
    chat_id: int | None
    created_at: datetime
    finished_at: datetime | None


COLUMNS = (
    broadcast.c.id,
    broadcast.c.document_id,
    broadcast.c.unit_id,
    broadcast.c.levels,
    broadcast.c.created_by,
    broadcast.c.chat_id,
    broadcast.c.created_at,
    broadcast.c.finished_at,
)


def targets(c: Connection, unit_id: int, levels: Sequence[str], day: date) -> Sequence[AnyRow]:
    """The groups in reach of open units of these levels in the subtree.

    Rows of (account_id, chat_id, unit_id).
    """
    tree = subtree(unit_id, day)
    query = (
        select(chat.c.account_id, chat.c.id, chat.c.unit_id)
        .join(tree, tree.c.id == chat.c.unit_id)
        .join(unit, unit.c.id == chat.c.unit_id)
        .where(
            chat.c.kind == ChatKind.GROUP.value,
            chat.c.gone_because.is_(None),
            unit.c.level.in_(levels),
            open_on(day),
        )
    )
    return c.execute(query.order_by(unit.c.code, chat.c.id)).all()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a broadcast asks for, before it is confirmed."""

    document_id: int
    unit_id: int
    levels: list[str]
    confirmation: str


def create(
    c: Connection, plan: Plan, created_by: int | None, chat_id: int | None, now: datetime
) -> int | None:
    """Make the broadcast of a confirmation; None when that confirmation made one before."""
    made = insert_new(
        c,
        broadcast,
        document_id=plan.document_id,
        unit_id=plan.unit_id,
        levels=plan.levels,
        confirmation=plan.confirmation,
        created_by=created_by,
        chat_id=chat_id,
        created_at=now,
    )
    if not made:
        return None
    of_plan = select(broadcast.c.id).where(broadcast.c.confirmation == plan.confirmation)
    return int(c.execute(of_plan).scalar_one())


def get(c: Connection, broadcast_id: int) -> Broadcast | None:
    return first_as(Broadcast, c.execute(select(*COLUMNS).where(broadcast.c.id == broadcast_id)))


def by_confirmation(c: Connection, confirmation: str) -> Broadcast | None:
    """The broadcast that a confirmation made."""
    query = select(*COLUMNS).where(broadcast.c.confirmation == confirmation)
    return first_as(Broadcast, c.execute(query))


def touching(c: Connection, unit_id: int, day: date, limit: int) -> Sequence[Broadcast]:
    """The newest broadcasts that went to a unit or below it."""
    tree = subtree(unit_id, day)
    reached = exists().where(
        delivery.c.broadcast_id == broadcast.c.id, delivery.c.unit_id.in_(select(tree.c.id))
    )
    query = select(*COLUMNS).where(reached).order_by(broadcast.c.id.desc()).limit(limit)
    return rows_as(Broadcast, c.execute(query))


@dataclass(frozen=True, slots=True)
class Tally:
    """How a broadcast stands in a part of the tree, in units that have a group."""

    units: int
    sent: int
    failed: int
    waiting: int
    acknowledged: int


def _any(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((condition, 1), else_=0))


def _standing(broadcast_id: int) -> Subquery:
    """One row a unit, of ones and zeros: did a group get it, is one waiting, did it acknowledge."""
    acknowledged = exists().where(
        acknowledgement.c.broadcast_id == broadcast_id,
        acknowledgement.c.unit_id == delivery.c.unit_id,
    )
    return (
        select(
            delivery.c.unit_id,
            _any(delivery.c.state == "sent").label("sent"),
            _any(delivery.c.state.in_(OPEN_STATES)).label("waiting"),
            _any(acknowledged).label("acknowledged"),
        )
        .where(delivery.c.broadcast_id == broadcast_id)
        .group_by(delivery.c.unit_id)
        .subquery()
    )


def _sums(standing: Subquery) -> list[ColumnElement[int]]:
    """The columns of a Tally over rows of `_standing`."""
    row = standing.c
    kinds = (
        row.sent == 1,
        and_(row.sent == 0, row.waiting == 0),
        and_(row.sent == 0, row.waiting == 1),
        row.acknowledged == 1,
    )
    return [func.count(), *(func.count().filter(kind) for kind in kinds)]


def tally(c: Connection, broadcast_id: int, top_id: int, day: date) -> Tally:
    """How the broadcast stands in the subtree of a unit."""
    standing = _standing(broadcast_id)
    tree = subtree(top_id, day)
    query = select(*_sums(standing)).join(tree, tree.c.id == standing.c.unit_id)
    return rows_as(Tally, c.execute(query))[0]


def tally_by_branch(
    c: Connection, broadcast_id: int, top_id: int, day: date
) -> Sequence[tuple[str, Tally]]:
    """How it stands in each child's subtree, as (name of the child, tally), by code."""
    standing = _standing(broadcast_id)
    branch = branch_of(top_id, day).subquery()
    query = (
        select(unit.c.name, *_sums(standing))
        .select_from(standing)
        .join(branch, branch.c.id == standing.c.unit_id)
        .join(unit, unit.c.id == branch.c.child)
        .group_by(unit.c.id, unit.c.name, unit.c.code)
        .order_by(unit.c.code)
    )
    return [(row[0], Tally(*row[1:])) for row in c.execute(query)]


@dataclass(frozen=True, slots=True)
class Silent:
    """A unit from which something is missing, and the unit above it."""

    name: str
    parent: str
    why: str


def _named(units: Subquery, top_id: int, day: date) -> Select[tuple[str, str, str]]:
    """Rows of Silent for a table of (unit_id, why), of units in the subtree of `top_id`."""
    tree = subtree(top_id, day)
    above = unit.alias("above")
    parents = select(unit_parent).where(holds_on(day)).subquery()
    return (
        select(unit.c.name, func.coalesce(above.c.name, ""), units.c.why)
        .select_from(units)
        .join(tree, tree.c.id == units.c.unit_id)
        .join(unit, unit.c.id == units.c.unit_id)
        .outerjoin(parents, parents.c.unit_id == unit.c.id)
        .outerjoin(above, above.c.id == parents.c.parent_id)
        .order_by(unit.c.code)
    )


def not_acknowledged(c: Connection, broadcast_id: int, top_id: int, day: date) -> Sequence[Silent]:
    """Units that got the broadcast and have not acknowledged it, by code."""
    standing = _standing(broadcast_id)
    silent = (
        select(standing.c.unit_id, literal("").label("why"))
        .where(standing.c.sent == 1, standing.c.acknowledged == 0)
        .subquery()
    )
    return rows_as(Silent, c.execute(_named(silent, top_id, day)))


def not_delivered(c: Connection, broadcast_id: int, top_id: int, day: date) -> Sequence[Silent]:
    """Units that could not be reached, each with the last error, by code."""
    lost = (
        select(delivery.c.unit_id, func.max(delivery.c.error).label("why"))
        .where(
            delivery.c.broadcast_id == broadcast_id,
            delivery.c.state.in_(("failed", "unknown")),
        )
        .group_by(delivery.c.unit_id)
        .subquery()
    )
    return rows_as(Silent, c.execute(_named(lost, top_id, day)))


def acknowledge(
    c: Connection, broadcast_id: int, unit_id: int, person_id: int, now: datetime
) -> bool:
    """A person acknowledges for a unit; False when that person has done so before."""
    return insert_new(
        c,
        acknowledgement,
        broadcast_id=broadcast_id,
        unit_id=unit_id,
        person_id=person_id,
        at=now,
    )


def last_in(c: Connection, chat_id: int) -> int | None:
    """The newest broadcast that reached a chat."""
    query = (
        select(delivery.c.broadcast_id)
        .where(
            delivery.c.chat_id == chat_id,
            delivery.c.broadcast_id.is_not(None),
            delivery.c.state == "sent",
        )
        .order_by(delivery.c.id.desc())
    )
    return c.execute(query.limit(1)).scalar()


def reached(c: Connection, broadcast_id: int, chat_id: int) -> bool:
    """Whether a broadcast was meant for a chat."""
    query = select(delivery.c.id).where(
        delivery.c.broadcast_id == broadcast_id, delivery.c.chat_id == chat_id
    )
    return c.execute(query.limit(1)).first() is not None


def finish(c: Connection, now: datetime) -> Sequence[Broadcast]:
    """Close the broadcasts whose every row is final; those closed now."""
    unfinished = exists().where(
        delivery.c.broadcast_id == broadcast.c.id, delivery.c.state.in_(OPEN_STATES)
    )
    ended = (
        update(broadcast)
        .where(broadcast.c.finished_at.is_(None), ~unfinished)
        .values(finished_at=now)
        .returning(*COLUMNS)
    )
    return rows_as(Broadcast, c.execute(ended))


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many open units of some levels there are, and how many have a group in reach."""

    units: int
    with_group: int


def coverage(c: Connection, unit_id: int, levels: Sequence[str], day: date) -> Coverage:
    tree = subtree(unit_id, day)
    has_group = exists().where(chat.c.unit_id == unit.c.id, chat.c.gone_because.is_(None))
    query = (
        select(func.count(), func.count().filter(has_group))
        .select_from(unit)
        .join(tree, tree.c.id == unit.c.id)
        .where(unit.c.level.in_(levels), open_on(day))
    )
    return Coverage(*c.execute(query).one())
