"""How it stands with what waits and with the accounts: what a watchman looks at again and again.

All of it is one short read. What waits is counted in indexes that hold nothing else, so that a
ledger of millions costs no more than what is queued.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from domain.broadcast import Priority
from storage.chats import AccountState, accounts
from storage.rows import rows_as
from storage.schema import delivery, inbox, ticket


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits to go out by an account at a priority; the oldest was written at `since`."""

    account: str
    priority: Priority
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Inbox:
    """Updates of an account that were kept and not worked; the oldest came at `since`."""

    account: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Tickets:
    """The open questions; `since` is when the oldest was asked."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    queues: Sequence[Queue]
    inboxes: Sequence[Inbox]
    accounts: Sequence[AccountState]
    tickets: Tickets

    def queued(self, account_id: str) -> Sequence[Queue]:
        return [each for each in self.queues if each.account == account_id]


def read(c: Connection) -> Figures:
    return Figures(_queues(c), _inboxes(c), accounts(c), _tickets(c))


def _queues(c: Connection) -> Sequence[Queue]:
    # Rows are numbered as they are written, so the oldest is found without reading the others.
    waiting = (
        select(
            delivery.c.account_id,
            delivery.c.priority,
            func.count().label("count"),
            func.min(delivery.c.id).label("first"),
        )
        .where(delivery.c.state == "queued")
        .group_by(delivery.c.account_id, delivery.c.priority)
        .subquery()
    )
    query = (
        select(waiting.c.account_id, waiting.c.priority, waiting.c.count, delivery.c.created_at)
        .join(delivery, delivery.c.id == waiting.c.first)
        .order_by(waiting.c.account_id, waiting.c.priority)
    )
    return [Queue(row[0], Priority(row[1]), *row[2:]) for row in c.execute(query)]


def _inboxes(c: Connection) -> Sequence[Inbox]:
    query = (
        select(inbox.c.account_id, func.count(), func.min(inbox.c.received_at))
        .where(inbox.c.done_at.is_(None))
        .group_by(inbox.c.account_id)
        .order_by(inbox.c.account_id)
    )
    return rows_as(Inbox, c.execute(query))


def _tickets(c: Connection) -> Tickets:
    since = func.coalesce(ticket.c.reopened_at, ticket.c.created_at)
    query = select(func.count(), func.min(since)).where(
        ticket.c.answered_at.is_(None), ticket.c.closed_at.is_(None)
    )
    return rows_as(Tickets, c.execute(query))[0]
