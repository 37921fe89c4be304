"""Queries on tickets: questions that the FAQ could not answer."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, insert, or_, select, update

from domain.audit import Act
from storage import audit
from storage.rows import add_row, first_as, rows_as
from storage.schema import expert_topic, person, ticket, ticket_told, unit
from storage.units import subtree
from storage.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Ticket:
    """`answered_by`, `taken_by` are names; `first_id` the ticket that it was answered along with.

    `answerer_id` and `holder_id` are who they are.
    """

    id: int
    unit_id: int
    unit_name: str
    asker_id: int
    asker: str
    chat_id: int
    question: str
    topic: str
    created_at: datetime
    answer: str | None
    files: Sequence[int]
    answered_at: datetime | None
    closed_at: datetime | None
    answerer_id: int | None
    answered_by: str | None
    holder_id: int | None
    taken_by: str | None
    first_id: int | None
    entry_id: str | None

    @property
    def open(self) -> bool:
        return self.answered_at is None and self.closed_at is None

    def hours(self, now: datetime) -> int:
        """Whole hours for which it has waited."""
        return int((now - self.created_at).total_seconds() // 3600)


_ANSWERER = person.alias("answerer")
_HOLDER = person.alias("holder")
_QUERY = (
    select(
        ticket.c.id,
        ticket.c.unit_id,
        unit.c.name,
        ticket.c.asker_id,
        person.c.name,
        ticket.c.chat_id,
        ticket.c.question,
        ticket.c.topic,
        ticket.c.created_at,
        ticket.c.answer,
        ticket.c.files,
        ticket.c.answered_at,
        ticket.c.closed_at,
        ticket.c.answered_by,
        _ANSWERER.c.name,
        ticket.c.taken_by,
        _HOLDER.c.name,
        ticket.c.first_id,
        ticket.c.entry_id,
    )
    .join(unit, unit.c.id == ticket.c.unit_id)
    .join(person, person.c.id == ticket.c.asker_id)
    .outerjoin(_ANSWERER, _ANSWERER.c.id == ticket.c.answered_by)
    .outerjoin(_HOLDER, _HOLDER.c.id == ticket.c.taken_by)
)
_OPEN = and_(ticket.c.answered_at.is_(None), ticket.c.closed_at.is_(None))


def add(
    c: Connection,
    *,
    unit_id: int,
    asker_id: int,
    chat_id: int,
    question: str,
    topic: str,
    now: datetime,
) -> int:
    """Keep a question; its number. The clock may tell the first rung at once."""
    return add_row(
        c,
        ticket,
        unit_id=unit_id,
        asker_id=asker_id,
        chat_id=chat_id,
        question=question,
        topic=topic,
        created_at=now,
        climb_at=now,
    )


def get(c: Connection, ticket_id: int) -> Ticket | None:
    return first_as(Ticket, c.execute(_QUERY.where(ticket.c.id == ticket_id)))


def asked_before(c: Connection, asker_id: int, question: str) -> Ticket | None:
    """The open ticket in which the same person asks the same."""
    mine = _QUERY.where(ticket.c.asker_id == asker_id, ticket.c.question == question, _OPEN)
    return first_as(Ticket, c.execute(mine.limit(1)))


def open_of(c: Connection, asker_id: int) -> Sequence[Ticket]:
    """The open tickets of whoever asked, the oldest first."""
    mine = _QUERY.where(ticket.c.asker_id == asker_id, _OPEN).order_by(ticket.c.id)
    return rows_as(Ticket, c.execute(mine))


def unanswered(c: Connection, unit_id: int, day: date) -> Sequence[Ticket]:
    """The open tickets of a unit and of all below it, the oldest first."""
    tree = subtree(unit_id, day)
    waiting = _QUERY.join(tree, tree.c.id == ticket.c.unit_id).where(_OPEN)
    return rows_as(Ticket, c.execute(waiting.order_by(ticket.c.id)))


def due(c: Connection, now: datetime, limit: int) -> list[int]:
    """Open tickets whose next rung is to be told, the longest due first."""
    query = select(ticket.c.id).where(_OPEN, ticket.c.climb_at <= now)
    return list(c.execute(query.order_by(ticket.c.climb_at, ticket.c.id).limit(limit)).scalars())


def climb_at(c: Connection, ticket_id: int, moment: datetime | None) -> None:
    """When the next rung is told; None when there is none above."""
    c.execute(update(ticket).where(ticket.c.id == ticket_id).values(climb_at=moment))


def told(
    c: Connection, ticket_id: int, rung: str, chat_ids: Iterable[int], now: datetime
) -> list[int]:
    """Note that a rung is told; those of the chats that were not told before."""
    return [
        chat_id
        for chat_id in chat_ids
        if insert_new(c, ticket_told, ticket_id=ticket_id, chat_id=chat_id, rung=rung, at=now)
    ]


def rungs_told(c: Connection, ticket_id: int) -> set[str]:
    query = select(ticket_told.c.rung).where(ticket_told.c.ticket_id == ticket_id)
    return set(c.execute(query.distinct()).scalars())


def chats_told(c: Connection, ticket_id: int) -> list[int]:
    query = select(ticket_told.c.chat_id).where(ticket_told.c.ticket_id == ticket_id)
    return list(c.execute(query.order_by(ticket_told.c.chat_id)).scalars())


def open_told_to(c: Connection, chat_id: int) -> list[int]:
    """The open tickets of which a chat was told."""
    query = select(ticket.c.id).join(ticket_told, ticket_told.c.ticket_id == ticket.c.id)
    mine = query.where(ticket_told.c.chat_id == chat_id, _OPEN)
    return list(c.execute(mine.order_by(ticket.c.id)).scalars())


def take(c: Connection, ticket_id: int, person_id: int, climb: datetime) -> bool:
    """Take a ticket to answer it; False when it is not open or somebody else holds it."""
    free = or_(ticket.c.taken_by.is_(None), ticket.c.taken_by == person_id)
    query = update(ticket).where(ticket.c.id == ticket_id, _OPEN, free)
    taken = c.execute(query.values(taken_by=person_id, climb_at=climb)).rowcount
    return _noted(c, Act.TICKET_TAKEN, ticket_id, taken)


def _noted(c: Connection, act: Act, ticket_id: int, rows: int) -> bool:
    """Write an act down that changed so many rows; whether it changed any."""
    if rows:
        audit.note(c, act, ticket, ticket_id)
    return bool(rows)


def answer(
    c: Connection,
    ticket_id: int,
    text: str,
    person_id: int,
    now: datetime,
    first_id: int | None = None,
    files: Sequence[int] = (),
) -> bool:
    """Answer an open ticket; False when somebody else was first."""
    query = update(ticket).where(ticket.c.id == ticket_id, _OPEN)
    done = {"answered_by": person_id, "answered_at": now, "first_id": first_id}
    answered = c.execute(query.values(answer=text, files=files, **done)).rowcount
    return _noted(c, Act.TICKET_ANSWERED, ticket_id, answered)


def answered_along(c: Connection, first_id: int) -> Sequence[Ticket]:
    """The tickets that got the answer of that one too."""
    query = _QUERY.where(ticket.c.first_id == first_id)
    return rows_as(Ticket, c.execute(query.order_by(ticket.c.id)))


def correct(c: Connection, ticket_id: int, text: str, files: Sequence[int] = ()) -> None:
    """Put another answer in place of a wrong one, in all tickets that got it."""
    both = or_(ticket.c.id == ticket_id, ticket.c.first_id == ticket_id)
    changed = c.execute(update(ticket).where(both).values(answer=text, files=files)).rowcount
    _noted(c, Act.TICKET_CORRECTED, ticket_id, changed)


def add_files(c: Connection, ticket_id: int, files: Sequence[int]) -> None:
    """Let further files go with the answer of a ticket, and of all that got the same."""
    before = c.execute(select(ticket.c.files).where(ticket.c.id == ticket_id)).scalar_one()
    both = or_(ticket.c.id == ticket_id, ticket.c.first_id == ticket_id)
    c.execute(update(ticket).where(both).values(files=[*before, *files]))


def close(c: Connection, ticket_id: int, now: datetime) -> bool:
    """Give an open ticket up without an answer; False when it is not open."""
    query = update(ticket).where(ticket.c.id == ticket_id, _OPEN)
    return _noted(c, Act.TICKET_CLOSED, ticket_id, c.execute(query.values(closed_at=now)).rowcount)


def learnt(c: Connection, ticket_id: int, entry_id: str) -> None:
    """The answer of a ticket is in the FAQ now, as that entry."""
    c.execute(update(ticket).where(ticket.c.id == ticket_id).values(entry_id=entry_id))


def last_answered(c: Connection, person_id: int) -> Ticket | None:
    """The ticket that somebody answered last, and not along with another."""
    mine = _QUERY.where(ticket.c.answered_by == person_id, ticket.c.first_id.is_(None))
    newest = mine.order_by(ticket.c.answered_at.desc(), ticket.c.id.desc())
    return first_as(Ticket, c.execute(newest.limit(1)))


def topics_of(c: Connection, person_ids: Collection[int]) -> dict[int, set[str]]:
    """The topics of these experts; who is not in it answers on all."""
    rows = select(expert_topic.c.person_id, expert_topic.c.topic)
    found: dict[int, set[str]] = {}
    for person_id, topic in c.execute(rows.where(expert_topic.c.person_id.in_(person_ids))):
        found.setdefault(person_id, set()).add(topic)
    return found


def set_topics(c: Connection, person_id: int, topics: Iterable[str]) -> None:
    """On what an expert answers; nothing is everything."""
    c.execute(expert_topic.delete().where(expert_topic.c.person_id == person_id))
    rows = [{"person_id": person_id, "topic": topic} for topic in topics]
    if rows:
        c.execute(insert(expert_topic), rows)
