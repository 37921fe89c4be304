"""Queries on what a broadcast's messages say, so that it can be said otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

from storage.rows import rows_as
from storage.schema import content, delivery


@dataclass(frozen=True, slots=True)
class FirstPart:
    """One of the first parts that a broadcast has, and a unit that it is for."""

    content_id: int
    unit_id: int
    body: dict[str, Any]


def first_parts(c: Connection, broadcast_id: int) -> Sequence[FirstPart]:
    """What the first message to each group says; groups share it."""
    query = (
        select(content.c.id, func.min(delivery.c.unit_id), content.c.body)
        .join(delivery, delivery.c.content_id == content.c.id)
        .where(*_first(broadcast_id))
        .group_by(content.c.id)
    )
    return rows_as(FirstPart, c.execute(query.order_by(content.c.id)))


def swap(c: Connection, broadcast_id: int, old: int, new: int) -> None:
    """Let what waits say something else: first parts with that content, and the edits of them."""
    same = select(delivery.c.id).where(*_first(broadcast_id), delivery.c.content_id == old)
    for mine in (delivery.c.edits_id.in_(same), delivery.c.id.in_(same)):
        waiting = update(delivery).where(mine, delivery.c.state == "queued")
        c.execute(waiting.values(content_id=new))


def _first(broadcast_id: int) -> tuple[Any, ...]:
    mine = delivery.c.broadcast_id == broadcast_id
    return mine, delivery.c.part == 0, delivery.c.round == 0
