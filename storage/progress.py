"""Queries on the one message that shows a coordinator how far a broadcast is."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select, update

from domain.broadcast import BroadcastState
from storage.broadcasts import COLUMNS, OPEN_STATES, Broadcast
from storage.rows import rows_as
from storage.schema import broadcast, content, delivery

GOING = (BroadcastState.RUNNING, BroadcastState.PAUSED)


def to_show(c: Connection) -> Sequence[Broadcast]:
    """Broadcasts that go on and that somebody follows, and those whose end is still to be told."""
    going = broadcast.c.state.in_(GOING) & broadcast.c.chat_id.is_not(None)
    query = select(*COLUMNS).where(or_(going, broadcast.c.progress_id.is_not(None)))
    return rows_as(Broadcast, c.execute(query.order_by(broadcast.c.id)))


def follow(c: Connection, broadcast_id: int, progress_id: int | None) -> None:
    """The message of the ledger that shows how far a broadcast is; None when it is over."""
    mine = broadcast.c.id == broadcast_id
    c.execute(update(broadcast).where(mine).values(progress_id=progress_id))


@dataclass(frozen=True, slots=True)
class Shown:
    """What the message says now, or will when what waits has gone.

    `settled` says that it arrived and that no edit of it is on its way.
    """

    text: str
    settled: bool


def shown(c: Connection, progress_id: int) -> Shown:
    first, newest = delivery.alias("first"), delivery.alias("newest")
    query = (
        select(newest.c.state, content.c.body, first.c.message_id)
        .join(content, content.c.id == newest.c.content_id)
        .join(first, first.c.id == progress_id)
        .where(or_(newest.c.id == progress_id, newest.c.edits_id == progress_id))
        .order_by(newest.c.id.desc())
    )
    row = c.execute(query.limit(1)).one()
    settled = row.message_id is not None and row.state not in OPEN_STATES
    return Shown(row.body["text"], settled)
