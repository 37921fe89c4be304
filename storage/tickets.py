"""Queries on tickets: questions that the FAQ could not answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select, update

from storage.rows import add_row, first_as, rows_as
from storage.schema import person, ticket, unit
from storage.units import subtree


@dataclass(frozen=True, slots=True)
class Ticket:
    id: int
    unit_id: int
    unit_name: str
    asker: str
    chat_id: int
    question: str
    created_at: datetime
    answered_at: datetime | None


_QUERY = (
    select(
        ticket.c.id,
        ticket.c.unit_id,
        unit.c.name,
        person.c.name,
        ticket.c.chat_id,
        ticket.c.question,
        ticket.c.created_at,
        ticket.c.answered_at,
    )
    .join(unit, unit.c.id == ticket.c.unit_id)
    .join(person, person.c.id == ticket.c.asker_id)
)


def add(
    c: Connection, unit_id: int, asker_id: int, chat_id: int, question: str, now: datetime
) -> int:
    return add_row(
        c,
        ticket,
        unit_id=unit_id,
        asker_id=asker_id,
        chat_id=chat_id,
        question=question,
        created_at=now,
    )


def get(c: Connection, ticket_id: int) -> Ticket | None:
    return first_as(Ticket, c.execute(_QUERY.where(ticket.c.id == ticket_id)))


def unanswered(c: Connection, unit_id: int, day: date) -> Sequence[Ticket]:
    """The open tickets of a unit and of all below it, the oldest first."""
    tree = subtree(unit_id, day)
    waiting = _QUERY.join(tree, tree.c.id == ticket.c.unit_id)
    query = waiting.where(ticket.c.answered_at.is_(None)).order_by(ticket.c.id)
    return rows_as(Ticket, c.execute(query))


def answer(c: Connection, ticket_id: int, text: str, person_id: int, now: datetime) -> bool:
    """Answer a ticket; False when somebody else was first."""
    query = update(ticket).where(ticket.c.id == ticket_id, ticket.c.answered_at.is_(None))
    done = {"answer": text, "answered_by": person_id, "answered_at": now}
    return bool(c.execute(query.values(**done)).rowcount)
