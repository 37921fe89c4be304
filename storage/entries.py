"""Queries on entries that people made or changed, and on what of the FAQ is new."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from domain.audit import Act
from domain.entry_choice import KeptEntry, Lesson
from storage import audit
from storage.rows import AnyRow, add_row, first_as, rows_as
from storage.schema import (
    document,
    entry,
    entry_change,
    entry_proposal,
    entry_version,
    person,
    ticket,
)
from storage.units import subtree
from storage.upsert import insert, put

_COLUMNS = (
    entry.c.id,
    entry.c.question,
    entry.c.answer,
    entry.c.topic,
    entry.c.source,
    entry.c.audience,
    entry.c.wordings,
    entry.c.unit_id,
    entry.c.replaces,
    entry.c.document_id,
    entry.c.valid_from,
    entry.c.valid_until,
    entry.c.author_id,
    entry.c.verified_by,
    entry.c.files,
    entry.c.hidden_in,
    entry.c.dropped_at,
)
_LISTS = ("audience", "wordings", "files", "hidden_in")


@dataclass(frozen=True, slots=True)
class Stroke:
    """A change: who made it (None is the command line), when, and in one word what it was."""

    person_id: int | None
    now: datetime
    what: str


def version(c: Connection) -> int:
    """A number that grows with every change of any entry."""
    return c.execute(select(entry_version.c.version)).scalar() or 0


def changed_since(c: Connection, before: int) -> list[KeptEntry]:
    """The entries that changed after that version, in the order of their changes."""
    query = select(*_COLUMNS).where(entry.c.version > before)
    return [_kept(row) for row in c.execute(query.order_by(entry.c.version, entry.c.id))]


def get(c: Connection, entry_id: str) -> KeptEntry | None:
    row = c.execute(select(*_COLUMNS).where(entry.c.id == entry_id)).first()
    return None if row is None else _kept(row)


def _kept(row: AnyRow) -> KeptEntry:
    *values, dropped_at = row
    kept = dict(zip(KeptEntry.__slots__, values, strict=False))
    lists = {key: tuple(kept[key]) for key in _LISTS if kept[key] is not None}
    return KeptEntry(**kept | lists, dropped=dropped_at is not None)


def save(c: Connection, kept: KeptEntry, stroke: Stroke) -> int:
    """Write an entry whole; the number of this change in the history."""
    values = asdict(kept)
    values |= {key: list(values[key]) for key in _LISTS if values[key] is not None}
    values["dropped_at"] = stroke.now if values.pop("dropped") else None
    row = values | {"version": _next_version(c), "flagged_at": None}
    c.execute(put(c, entry, {"id": row.pop("id")}, row))
    dates = {key: value.isoformat() for key, value in values.items() if isinstance(value, date)}
    audit.note(c, Act.ENTRY_CHANGED, entry, kept.id, unit_id=kept.unit_id, what=stroke.what)
    return add_row(
        c,
        entry_change,
        entry_id=kept.id,
        person_id=stroke.person_id,
        at=stroke.now,
        what=stroke.what,
        after=values | dates,
    )


def _next_version(c: Connection) -> int:
    """Counted in one row that its transaction keeps to itself: who sees 7 sees all up to 7."""
    first = insert(c, entry_version).values(id=1, version=1)
    further = {"version": entry_version.c.version + 1}
    counted = first.on_conflict_do_update(index_elements=["id"], set_=further)
    return int(c.execute(counted.returning(entry_version.c.version)).scalar_one())


@dataclass(frozen=True, slots=True)
class Change:
    """One step of an entry's history; nobody's `name` is the command line."""

    at: datetime
    what: str
    name: str | None
    after: Mapping[str, Any]


def history(c: Connection, entry_id: str) -> Sequence[Change]:
    """What was done to an entry, the oldest first."""
    query = (
        select(entry_change.c.at, entry_change.c.what, person.c.name, entry_change.c.after)
        .outerjoin(person, person.c.id == entry_change.c.person_id)
        .where(entry_change.c.entry_id == entry_id)
    )
    return rows_as(Change, c.execute(query.order_by(entry_change.c.id)))


def changed_by(c: Connection, change_id: int) -> str | None:
    """The entry that a change of the history changed."""
    return c.execute(select(entry_change.c.entry_id).where(entry_change.c.id == change_id)).scalar()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody would add to the FAQ, waiting for another's word."""

    id: int
    ticket_id: int
    author_id: int
    lesson: Lesson


def propose(c: Connection, ticket_id: int, author_id: int, lesson: Lesson, now: datetime) -> int:
    return add_row(
        c,
        entry_proposal,
        ticket_id=ticket_id,
        author_id=author_id,
        lesson=asdict(lesson),
        created_at=now,
    )


def proposal(c: Connection, proposal_id: int) -> Proposal | None:
    """A proposal that nobody has decided on yet."""
    query = select(
        entry_proposal.c.ticket_id, entry_proposal.c.author_id, entry_proposal.c.lesson
    ).where(entry_proposal.c.id == proposal_id, entry_proposal.c.approved.is_(None))
    row = c.execute(query).first()
    if row is None:
        return None
    ticket_id, author_id, lesson = row
    lesson = Lesson(**lesson | {"files": tuple(lesson["files"])})
    return Proposal(proposal_id, ticket_id, author_id, lesson)


def decide(c: Connection, proposal_id: int, person_id: int, approved: bool) -> bool:
    """Say yes or no to a proposal; False when somebody has before."""
    undecided = (entry_proposal.c.id == proposal_id) & entry_proposal.c.approved.is_(None)
    decided = update(entry_proposal).where(undecided)
    if not c.execute(decided.values(decided_by=person_id, approved=approved)).rowcount:
        return False
    audit.note(c, Act.ENTRY_DECIDED, entry_proposal, proposal_id, approved=int(approved))
    return True


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided on a proposal, by name, and how."""

    by: str
    approved: bool


def decision(c: Connection, proposal_id: int) -> Decision | None:
    """What was decided on a proposal; None where nobody has, or there is none."""
    query = (
        select(person.c.name, entry_proposal.c.approved)
        .join(person, person.c.id == entry_proposal.c.decided_by)
        .where(entry_proposal.c.id == proposal_id)
    )
    return first_as(Decision, c.execute(query))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal that nobody has decided on yet."""

    id: int
    question: str


def waiting(c: Connection, top_id: int, day: date) -> Sequence[Waiting]:
    """Such proposals out of questions of a unit and all below it, the oldest first."""
    tree = subtree(top_id, day)
    query = (
        select(entry_proposal.c.id, entry_proposal.c.lesson)
        .join(ticket, ticket.c.id == entry_proposal.c.ticket_id)
        .join(tree, tree.c.id == ticket.c.unit_id)
        .where(entry_proposal.c.approved.is_(None))
    )
    rows = c.execute(query.order_by(entry_proposal.c.id))
    return [Waiting(number, lesson["question"]) for number, lesson in rows]


@dataclass(frozen=True, slots=True)
class Outdated:
    """An entry whose document is replaced, by that of a number, or withdrawn, and who made it."""

    id: str
    question: str | None
    answer: str | None
    unit_id: int | None
    author_id: int
    number: str
    newer: str | None


def outdated(c: Connection, limit: int) -> Sequence[Outdated]:
    """Such entries of which the author does not know yet."""
    newer = document.alias("newer")
    gone = or_(document.c.replaced_by.is_not(None), document.c.withdrawn_at.is_not(None))
    query = (
        select(
            entry.c.id,
            entry.c.question,
            entry.c.answer,
            entry.c.unit_id,
            entry.c.author_id,
            document.c.number,
            newer.c.number,
        )
        .join(document, document.c.id == entry.c.document_id)
        .outerjoin(newer, newer.c.id == document.c.replaced_by)
        .where(
            gone,
            entry.c.flagged_at.is_(None),
            entry.c.dropped_at.is_(None),
            entry.c.author_id.is_not(None),
        )
    )
    return rows_as(Outdated, c.execute(query.order_by(entry.c.id).limit(limit)))


def flagged(c: Connection, entry_id: str, now: datetime) -> None:
    c.execute(update(entry).where(entry.c.id == entry_id).values(flagged_at=now))
