"""Queries on how rows of the ledger end, or are put back to be sent once more."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, literal, select, true, update

from domain.broadcast import BroadcastState, Priority
from storage.prepared import Statement, prepared
from storage.schema import broadcast, delivery
from storage.types import Moment

MOST_DEATHS = 10
"""Times that a row is sent at most, when the process dies each time."""
AFTER_DEATHS = timedelta(seconds=128)
"""How long a row waits at most that was under way at a death."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of a row: `sent` with the platform's id, or `failed` or `unknown` with the reason."""

    id: int
    state: str
    message_id: str | None = None
    error: str | None = None


def end(c: Connection, ends: Iterable[End], now: datetime) -> None:
    """These rows reached their end."""
    _end.each(c, [(each.id, each.state, each.message_id, each.error, now) for each in ends])


@prepared
def _end(
    c: Connection,
    delivery_id: int,
    state: str,
    message_id: str | None,
    error: str | None,
    now: datetime,
) -> Statement:
    values = {"state": state, "message_id": message_id, "error": error, "ended_at": now}
    return update(delivery).where(delivery.c.id == delivery_id).values(**values)


def again(
    c: Connection,
    delivery_id: int,
    due_at: datetime,
    error: str,
    *,
    repeated: bool = False,
) -> None:
    """A row is sent once more; `repeated` marks that it may have arrived before."""
    values = _put_back(due_at, error)
    if repeated:
        values["repeated"] = True
    c.execute(update(delivery).where(delivery.c.id == delivery_id).values(**values))


def untried(c: Connection, delivery_id: int, due_at: datetime, error: str) -> None:
    """A row is sent once more, and this time does not count: it was the account that failed."""
    values = _put_back(due_at, error) | {"tries": delivery.c.tries - 1}
    c.execute(update(delivery).where(delivery.c.id == delivery_id).values(**values))


def _put_back(due_at: datetime, error: str) -> dict[str, Any]:
    """What a row becomes that is to be sent again: its broadcast may have stopped meanwhile."""
    state = (
        select(broadcast.c.state)
        .where(broadcast.c.id == delivery.c.broadcast_id)
        .correlate(delivery)
        .scalar_subquery()
    )
    stopped = state.in_((BroadcastState.CANCELLED, BroadcastState.WITHDRAWN))
    paused = state == BroadcastState.PAUSED
    return {
        "state": case((stopped, "cancelled"), else_="queued"),
        "ended_at": case((stopped, literal(due_at, Moment())), else_=None),
        "priority": case((paused, Priority.PAUSED.value), else_=delivery.c.priority),
        "due_at": due_at,
        "error": error,
    }


def recover(
    c: Connection,
    account_id: str,
    busy: Collection[int],
    now: datetime,
    why_again: str,
    why_unknown: str,
    *,
    resend: bool,
) -> int:
    """Settle what was being sent, but to no `busy` chat, when the process died; how many.

    The answers are lost: the rows are queued again, marked as repeated, or end as unknown when not
    to be resent. It was we who died, so also a row that was repeated before goes out again, but
    after a growing pause and not for ever: neither is anybody missed, nor does a process that dies
    at every start flood a chat.
    """
    mine = _left(account_id, busy)
    often = delivery.c.repeated.is_(True) & (delivery.c.tries >= MOST_DEATHS)
    last = often if resend else true()
    unknown = {"state": "unknown", "error": why_unknown, "ended_at": now}
    settled = c.execute(update(delivery).where(mine, last).values(**unknown)).rowcount
    for tries in c.execute(select(delivery.c.tries).where(mine).distinct()).scalars().all():
        repeat = _put_back(now + after_death(tries), why_again) | {"repeated": True}
        rows = update(delivery).where(mine, delivery.c.tries == tries)
        settled += c.execute(rows.values(**repeat)).rowcount
    return settled


def after_death(tries: int) -> timedelta:
    """How long a row waits whose so manyth try met a death; at the first one it does not."""
    if tries < 2:
        return timedelta()
    return timedelta(seconds=min(2 ** (tries - 2), AFTER_DEATHS.total_seconds()))


def under_way(c: Connection, tried: Mapping[int, int]) -> set[int]:
    """Of these rows those that are still being sent, for the so manyth time."""
    row = delivery.c
    query = select(row.id, row.tries).where(row.id.in_(tried), row.state == "sending")
    return {number for number, tries in c.execute(query) if tries == tried[number]}


def unsent(c: Connection, account_id: str, busy: Collection[int], now: datetime, why: str) -> None:
    """Put back what was claimed, but to no `busy` chat, and never begun."""
    values = _put_back(now, why) | {"tries": delivery.c.tries - 1}
    c.execute(update(delivery).where(_left(account_id, busy)).values(**values))


def _left(account_id: str, busy: Collection[int]) -> ColumnElement[bool]:
    """What is marked as being sent, but to no `busy` chat."""
    mine = (delivery.c.account_id == account_id) & (delivery.c.state == "sending")
    return mine & delivery.c.chat_id.not_in(busy)


def forsaken(c: Connection, account_ids: Collection[str], why: str, now: datetime) -> int:
    """Settle what waits for these accounts, for nobody sends it any more; how many rows."""
    mine = delivery.c.account_id.in_(account_ids)
    ends = {"queued": "failed", "sending": "unknown"}
    return sum(
        c.execute(
            update(delivery)
            .where(mine, delivery.c.state == state)
            .values(state=last, error=why, ended_at=now)
        ).rowcount
        for state, last in ends.items()
        if account_ids
    )


def chat_gone(c: Connection, chat_id: int, why: str, now: datetime) -> Sequence[int]:
    """Nothing that waits for a chat out of reach can arrive; the rows that failed by that."""
    waiting_there = (delivery.c.chat_id == chat_id) & (delivery.c.state == "queued")
    values = {"state": "failed", "error": why, "ended_at": now}
    query = update(delivery).where(waiting_there).values(**values)
    return sorted(c.execute(query.returning(delivery.c.id)).scalars())
