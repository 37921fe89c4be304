"""Queries on broadcasts: whom they go to, who got them, who acknowledged and who did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    Connection,
    Dialect,
    String,
    TypeDecorator,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from domain.audit import Act
from domain.broadcast import BroadcastState, Priority
from storage import audit
from storage.prepared import Statement, prepared
from storage.rows import first_as, rows_as
from storage.schema import acknowledgement, broadcast, delivery, passage
from storage.types import Moment
from storage.units import subtree
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
    state: BroadcastState
    start_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    urgent: bool
    through_level: str | None
    rounds: int
    progress_id: int | None
    approved_by: int | None
    confirmation: str

    @property
    def priority(self) -> Priority:
        if self.state == BroadcastState.PAUSED:
            return Priority.PAUSED
        return Priority.URGENT if self.urgent else Priority.BROADCAST

    @property
    def stuck(self) -> bool:
        """Whether its time came and something stood in its way."""
        return self.state is BroadcastState.PAUSED and self.started_at is None


class _State(TypeDecorator[BroadcastState]):
    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> BroadcastState | None:
        return BroadcastState(value) if value else None


COLUMNS = (
    broadcast.c.id,
    broadcast.c.document_id,
    broadcast.c.unit_id,
    broadcast.c.levels,
    broadcast.c.created_by,
    broadcast.c.chat_id,
    broadcast.c.created_at,
    type_coerce(broadcast.c.state, _State()).label("state"),
    broadcast.c.start_at,
    broadcast.c.started_at,
    broadcast.c.finished_at,
    broadcast.c.urgent,
    broadcast.c.through_level,
    broadcast.c.rounds,
    broadcast.c.progress_id,
    broadcast.c.approved_by,
    broadcast.c.confirmation,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a broadcast asks for, before it is confirmed."""

    document_id: int
    unit_id: int
    levels: list[str]
    confirmation: str
    start_at: datetime
    urgent: bool = False
    through_level: str | None = None


def create(
    c: Connection,
    plan: Plan,
    state: BroadcastState,
    created_by: int | None,
    chat_id: int | None,
    now: datetime,
) -> int | None:
    """Make the broadcast of a confirmation; None when that confirmation made one before."""
    made = insert_new(
        c,
        broadcast,
        document_id=plan.document_id,
        unit_id=plan.unit_id,
        levels=plan.levels,
        confirmation=plan.confirmation,
        start_at=plan.start_at,
        urgent=plan.urgent,
        through_level=plan.through_level,
        state=state,
        created_by=created_by,
        chat_id=chat_id,
        created_at=now,
    )
    if not made:
        return None
    of_plan = select(broadcast.c.id).where(broadcast.c.confirmation == plan.confirmation)
    number = int(c.execute(of_plan).scalar_one())
    audit.note(c, Act.ANNOUNCED, broadcast, number)
    return number


def get(c: Connection, broadcast_id: int) -> Broadcast:
    """The broadcast with that number; it is there, because broadcasts are never deleted."""
    query = select(*COLUMNS).where(broadcast.c.id == broadcast_id)
    return rows_as(Broadcast, c.execute(query))[0]


def find(c: Connection, broadcast_id: int) -> Broadcast | None:
    query = select(*COLUMNS).where(broadcast.c.id == broadcast_id)
    return first_as(Broadcast, c.execute(query))


def newest(c: Connection, limit: int) -> Sequence[Broadcast]:
    """The newest broadcasts of all, the last one first."""
    query = select(*COLUMNS).order_by(broadcast.c.id.desc()).limit(limit)
    return rows_as(Broadcast, c.execute(query))


def set_state(c: Connection, broadcast_id: int, state: BroadcastState, now: datetime) -> None:
    """Move a broadcast to a state; what it means for the ledger is the caller's."""
    moved: dict[str, object] = {"state": state}
    if state is BroadcastState.RUNNING:
        moved["started_at"] = func.coalesce(broadcast.c.started_at, literal(now, Moment()))
        moved["finished_at"] = None
    c.execute(update(broadcast).where(broadcast.c.id == broadcast_id).values(**moved))
    if state in _ACTS:
        audit.note(c, _ACTS[state], broadcast, broadcast_id)


_ACTS = {
    BroadcastState.RUNNING: Act.BROADCAST_STARTED,
    BroadcastState.PAUSED: Act.BROADCAST_PAUSED,
    BroadcastState.CANCELLED: Act.BROADCAST_CANCELLED,
}
"""The moves that people make; a document that is withdrawn is noted once, for all of them."""


def approve(c: Connection, broadcast_id: int, person_id: int) -> None:
    """A second person agrees to it."""
    query = update(broadcast).where(broadcast.c.id == broadcast_id)
    c.execute(query.values(approved_by=person_id))
    audit.note(c, Act.BROADCAST_APPROVED, broadcast, broadcast_id)


def postpone(c: Connection, broadcast_id: int, start_at: datetime) -> None:
    """Let it wait for that moment."""
    planned = {"state": BroadcastState.PLANNED, "start_at": start_at}
    c.execute(update(broadcast).where(broadcast.c.id == broadcast_id).values(**planned))


def next_round(c: Connection, broadcast_id: int) -> int:
    """Begin another round of reminders; its number, from 1."""
    query = update(broadcast).where(broadcast.c.id == broadcast_id)
    begun = query.values(rounds=broadcast.c.rounds + 1).returning(broadcast.c.rounds)
    number = int(c.execute(begun).scalar_one())
    audit.note(c, Act.BROADCAST_CHASED, broadcast, broadcast_id, round=number)
    return number


def of_document(c: Connection, document_id: int) -> Sequence[Broadcast]:
    """Every broadcast of a document, the oldest first."""
    query = select(*COLUMNS).where(broadcast.c.document_id == document_id)
    return rows_as(Broadcast, c.execute(query.order_by(broadcast.c.id)))


def asked(c: Connection) -> Sequence[Broadcast]:
    """Broadcasts that wait for a second person, the newest first."""
    query = select(*COLUMNS).where(broadcast.c.state == BroadcastState.ASKED)
    return rows_as(Broadcast, c.execute(query.order_by(broadcast.c.id.desc())))


def due(c: Connection, now: datetime) -> Sequence[Broadcast]:
    """Planned broadcasts whose time has come."""
    planned = broadcast.c.state == BroadcastState.PLANNED
    query = select(*COLUMNS).where(planned, broadcast.c.start_at <= now)
    return rows_as(Broadcast, c.execute(query.order_by(broadcast.c.start_at, broadcast.c.id)))


def by_confirmation(c: Connection, confirmation: str) -> Broadcast | None:
    """The broadcast that a confirmation made."""
    query = select(*COLUMNS).where(broadcast.c.confirmation == confirmation)
    return first_as(Broadcast, c.execute(query))


def touching(c: Connection, unit_id: int, day: date, limit: int) -> Sequence[Broadcast]:
    """The newest broadcasts that went or will go to a unit or below it."""
    tree = subtree(unit_id, day)
    reached = exists().where(
        delivery.c.broadcast_id == broadcast.c.id, delivery.c.unit_id.in_(select(tree.c.id))
    )
    mine = broadcast.c.unit_id.in_(select(tree.c.id))
    query = select(*COLUMNS).where(or_(mine, reached)).order_by(broadcast.c.id.desc()).limit(limit)
    return rows_as(Broadcast, c.execute(query))


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


def reached(c: Connection, broadcast_id: int, chat_id: int) -> bool:
    """Whether a broadcast was meant for a chat."""
    query = select(delivery.c.id).where(
        delivery.c.broadcast_id == broadcast_id, delivery.c.chat_id == chat_id
    )
    return c.execute(query.limit(1)).first() is not None


def finish(c: Connection, now: datetime) -> Sequence[Broadcast]:
    """Close the broadcasts that every unit has passed on, and whose every row is final; which."""
    return rows_as(Broadcast, _finish(c, now))


@prepared
def _finish(c: Connection, now: datetime) -> Statement:
    unfinished = exists().where(
        delivery.c.broadcast_id == broadcast.c.id, delivery.c.state.in_(OPEN_STATES)
    )
    held = exists().where(passage.c.broadcast_id == broadcast.c.id, passage.c.passed_at.is_(None))
    return (
        update(broadcast)
        .where(broadcast.c.state == BroadcastState.RUNNING, ~held, ~unfinished)
        .values(state=BroadcastState.FINISHED, finished_at=now)
        .returning(*COLUMNS)
    )
