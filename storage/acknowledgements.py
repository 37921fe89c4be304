"""Queries on acknowledgements: what a group may still acknowledge, and who did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, exists, select, update

from domain.broadcast import BroadcastState
from storage.broadcasts import COLUMNS, Broadcast
from storage.rows import first_as, rows_as
from storage.schema import acknowledgement, broadcast, delivery, person

DEAD = (BroadcastState.CANCELLED, BroadcastState.WITHDRAWN)
"""Broadcasts that nobody need acknowledge."""


def waiting_in(c: Connection, chat_id: int, unit_id: int, limit: int) -> Sequence[Broadcast]:
    """What reached a chat and its unit has not acknowledged, the newest first."""
    heard = exists().where(
        acknowledgement.c.broadcast_id == broadcast.c.id, acknowledgement.c.unit_id == unit_id
    )
    open_still = _reached(chat_id).where(broadcast.c.state.not_in(DEAD), ~heard)
    return rows_as(Broadcast, c.execute(open_still.limit(limit)))


def newest_in(c: Connection, chat_id: int) -> Broadcast | None:
    """The last broadcast that reached a chat, whatever became of it."""
    return first_as(Broadcast, c.execute(_reached(chat_id).limit(1)))


def _reached(chat_id: int) -> Select[tuple[object, ...]]:
    arrived = select(delivery.c.broadcast_id).where(
        delivery.c.chat_id == chat_id, delivery.c.round == 0, delivery.c.state == "sent"
    )
    query = select(*COLUMNS).where(broadcast.c.id.in_(arrived))
    return query.order_by(broadcast.c.id.desc())


def stop_reminders(c: Connection, broadcast_id: int, unit_id: int, now: datetime) -> int:
    """A unit has acknowledged: the reminders that wait for it do not go; how many."""
    reminders = (
        (delivery.c.broadcast_id == broadcast_id)
        & (delivery.c.unit_id == unit_id)
        & (delivery.c.round > 0)
        & (delivery.c.state == "queued")
    )
    end = {"state": "cancelled", "error": "acknowledged meanwhile", "ended_at": now}
    return c.execute(update(delivery).where(reminders).values(**end)).rowcount


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who acknowledged for a unit."""

    name: str
    at: datetime


def voices(c: Connection, broadcast_id: int, unit_id: int) -> Sequence[Voice]:
    """All who acknowledged for a unit, the first one first."""
    query = (
        select(person.c.name, acknowledgement.c.at)
        .join(person, person.c.id == acknowledgement.c.person_id)
        .where(acknowledgement.c.broadcast_id == broadcast_id, acknowledgement.c.unit_id == unit_id)
        .order_by(acknowledgement.c.at, person.c.id)
    )
    return rows_as(Voice, c.execute(query))
