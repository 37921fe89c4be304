"""Queries on tickets: questions that the FAQ could not answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, func, or_, select, update

from domain.audit import Act
from storage import audit
from storage.rows import add_row, first_as, rows_as
from storage.schema import person, ticket, ticket_told, unit
from storage.units import subtree
from storage.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Ticket:
    """`answered_by`, `taken_by` are names; `first_id` the ticket that it was answered along with.

    `answerer_id` and `holder_id` are who they are. `added` is what the asker said later,
    `question_files` what they sent, `files` what goes with the answer. One that is open again keeps
    the answer that did not help.
    """

    id: int
    unit_id: int
    unit_name: str
    asker_id: int
    asker: str
    chat_id: int
    question: str
    added: str
    question_files: Sequence[int]
    topic: str
    created_at: datetime
    reopened_at: datetime | None
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

    @property
    def moment(self) -> datetime:
        """When it was asked, answered, closed or reopened last."""
        return self.answered_at or self.closed_at or self.reopened_at or self.created_at

    def hours(self, now: datetime) -> int:
        """Whole hours for which it has waited."""
        return int((now - (self.reopened_at or self.created_at)).total_seconds() // 3600)


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
        ticket.c.added,
        ticket.c.question_files,
        ticket.c.topic,
        ticket.c.created_at,
        ticket.c.reopened_at,
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
_moment = func.coalesce(
    ticket.c.answered_at, ticket.c.closed_at, ticket.c.reopened_at, ticket.c.created_at
)
_BEFORE = ""
"""The rung of a chat that was told before the question was reopened."""


def add(
    c: Connection,
    *,
    unit_id: int,
    asker_id: int,
    chat_id: int,
    question: str,
    topic: str,
    now: datetime,
    added: str = "",
    files: Sequence[int] = (),
) -> int:
    """Keep a question, what was added to it and the files that go with it; its number.

    The clock may tell the first rung at once.
    """
    return add_row(
        c,
        ticket,
        unit_id=unit_id,
        asker_id=asker_id,
        chat_id=chat_id,
        question=question,
        topic=topic,
        added=added,
        question_files=files,
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


def last_of(
    c: Connection, asker_id: int, since: datetime, chat_id: int | None = None
) -> Ticket | None:
    """The ticket of an asker with which something was done last, no longer ago.

    With a chat, of those that were asked there.
    """
    mine = _QUERY.where(ticket.c.asker_id == asker_id, _moment >= since)
    if chat_id is not None:
        mine = mine.where(ticket.c.chat_id == chat_id)
    newest = mine.order_by(_moment.desc(), ticket.c.id.desc())
    return first_as(Ticket, c.execute(newest.limit(1)))


def add_words(c: Connection, before: Ticket, words: str, files: Sequence[int]) -> None:
    """Let what the asker says later, and these files, go with the question."""
    query = update(ticket).where(ticket.c.id == before.id)
    added = "\n".join(filter(None, (before.added, words)))
    c.execute(query.values(added=added, question_files=[*before.question_files, *files]))


def reopen(c: Connection, before: Ticket, climb: datetime, now: datetime, *, held: bool) -> None:
    """Let an answered or closed ticket wait anew; all rungs may be told again from `climb` on.

    Who answered or took it holds it, as long as it is to be `held`.
    """
    state = {"answered_at": None, "closed_at": None, "first_id": None, "reopened_at": now}
    holder_id = (before.answerer_id or before.holder_id) if held else None
    query = update(ticket).where(ticket.c.id == before.id)
    c.execute(query.values(**state, taken_by=holder_id, climb_at=climb))
    told_before = update(ticket_told).where(ticket_told.c.ticket_id == before.id)
    c.execute(told_before.values(rung=_BEFORE))


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
    """Note that a rung is told; those of the chats that were not told since it is open."""
    return [chat_id for chat_id in chat_ids if _told(c, ticket_id, rung, chat_id, now)]


def _told(c: Connection, ticket_id: int, rung: str, chat_id: int, now: datetime) -> bool:
    if insert_new(c, ticket_told, ticket_id=ticket_id, chat_id=chat_id, rung=rung, at=now):
        return True
    known = (ticket_told.c.ticket_id == ticket_id) & (ticket_told.c.chat_id == chat_id)
    again = update(ticket_told).where(known, ticket_told.c.rung == _BEFORE)
    return bool(c.execute(again.values(rung=rung, at=now)).rowcount)


def rungs_told(c: Connection, ticket_id: int) -> set[str]:
    """The rungs that were told since it is open."""
    query = select(ticket_told.c.rung).where(
        ticket_told.c.ticket_id == ticket_id, ticket_told.c.rung != _BEFORE
    )
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
    mine = _QUERY.where(
        ticket.c.answered_by == person_id,
        ticket.c.first_id.is_(None),
        ticket.c.answered_at.is_not(None),
    )
    newest = mine.order_by(ticket.c.answered_at.desc(), ticket.c.id.desc())
    return first_as(Ticket, c.execute(newest.limit(1)))
