"""Queries on the updates that came in: each is worked once, whatever the platform repeats."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from storage.prepared import Statement, prepared
from storage.rows import AnyRow
from storage.schema import inbox
from storage.upsert import insert, insert_new


def claim(c: Connection, account_id: str, key: str, now: datetime) -> bool:
    """Take an update for work in this transaction; False when it was worked before."""
    return bool(_claim(c, account_id, key, now))


@prepared
def _claim(c: Connection, account_id: str, key: str, now: datetime) -> Statement:
    query = insert(c, inbox).values(account_id=account_id, key=key, received_at=now, done_at=now)
    query = query.on_conflict_do_update(
        index_elements=["account_id", "key"],
        set_={"done_at": query.excluded.done_at, "payload": None},
        where=inbox.c.done_at.is_(None),
    )
    return query.returning(inbox.c.key)


def put(c: Connection, account_id: str, key: str, payload: Any, now: datetime) -> bool:
    """Keep an update for later work; False when it is known already."""
    return insert_new(c, inbox, account_id=account_id, key=key, payload=payload, received_at=now)


def waiting(c: Connection, account_id: str, limit: int) -> Sequence[AnyRow]:
    """Updates that wait for work, the oldest first, as (key, payload, received_at)."""
    query = (
        select(inbox.c.key, inbox.c.payload, inbox.c.received_at)
        .where(inbox.c.account_id == account_id, inbox.c.done_at.is_(None))
        .order_by(inbox.c.received_at, inbox.c.key)
        .limit(limit)
    )
    return c.execute(query).all()


def failed(c: Connection, account_id: str, key: str, error: str) -> None:
    """Note that an update could not be worked and why; it is not tried again."""
    at = (inbox.c.account_id == account_id) & (inbox.c.key == key)
    c.execute(update(inbox).where(at).values(error=error))
