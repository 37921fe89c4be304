"""Queries on how much of its monthly quota an account has used."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from storage.broadcasts import OPEN_STATES
from storage.schema import delivery


def used(c: Connection, account_ids: Collection[str], since: datetime) -> dict[str, int]:
    """How many messages these accounts have sent since a moment or have still to send."""
    taken = delivery.c.state.in_(("sent", "unknown")) & (delivery.c.ended_at >= since)
    query = select(delivery.c.account_id, func.count()).where(
        delivery.c.account_id.in_(account_ids),
        or_(taken, delivery.c.state.in_(OPEN_STATES)),
    )
    return {row[0]: row[1] for row in c.execute(query.group_by(delivery.c.account_id))}
