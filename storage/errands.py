"""Queries on errands: files that somebody waits for, and that are made outside a transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from storage.rows import rows_as
from storage.schema import errand


class Kind(StrEnum):
    """What is to be made."""

    PICTURE = "picture"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Errand:
    """A file on how a broadcast stands in a unit and below it, and the chat that waits for it."""

    id: int
    kind: Kind
    broadcast_id: int
    unit_id: int
    chat_id: int


def give(
    c: Connection, kind: Kind, broadcast_id: int, unit_id: int, chat_id: int, now: datetime
) -> None:
    """Have a file made."""
    place = {"broadcast_id": broadcast_id, "unit_id": unit_id, "chat_id": chat_id}
    c.execute(insert(errand).values(kind=kind, created_at=now, **place))


def waiting(c: Connection, limit: int) -> Sequence[Errand]:
    """What is still to be made, the oldest first."""
    query = select(
        errand.c.id, errand.c.kind, errand.c.broadcast_id, errand.c.unit_id, errand.c.chat_id
    )
    return rows_as(Errand, c.execute(query.order_by(errand.c.id).limit(limit)))


def done(c: Connection, errand_id: int) -> bool:
    """Take an errand off the list; False when somebody else has done it."""
    return bool(c.execute(delete(errand).where(errand.c.id == errand_id)).rowcount)
