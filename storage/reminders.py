"""Queries on reminders: which broadcasts may need one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from domain.broadcast import BroadcastState
from storage.broadcasts import COLUMNS, Broadcast
from storage.rows import rows_as
from storage.schema import broadcast


def finished_since(c: Connection, moment: datetime) -> Sequence[Broadcast]:
    """Broadcasts that went out to the end after a moment, the oldest first."""
    query = select(*COLUMNS).where(
        broadcast.c.state == BroadcastState.FINISHED, broadcast.c.finished_at > moment
    )
    return rows_as(Broadcast, c.execute(query.order_by(broadcast.c.id)))


def skip_to(c: Connection, broadcast_id: int, rounds: int) -> None:
    """Count reminders that were missed as gone."""
    c.execute(update(broadcast).where(broadcast.c.id == broadcast_id).values(rounds=rounds))
