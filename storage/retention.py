"""What is dropped once it is old enough, in batches.

`due` looks for a batch beside whoever writes; `drop` then writes for a short while, and looks at
each row again, because meanwhile somebody may need it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    FromClause,
    Select,
    Table,
    Text,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from storage import files
from storage.broadcasts import OPEN_STATES
from storage.deliveries import SILENCE, waits
from storage.listed import elements, numbers_of
from storage.schema import (
    audit,
    content,
    delivery,
    document_file,
    draft,
    entry,
    entry_proposal,
    file,
    given_answer,
    good_practice_photo,
    inbox,
    report_change,
    report_value,
    session,
    ticket,
    wrong_code,
)
from storage.types import Json


class Kind(StrEnum):
    """What a number of days is set for."""

    INBOX = "inbox"
    SESSIONS = "sessions"
    CODES = "codes"
    MESSAGES = "messages"
    QUESTIONS = "questions"
    AUDIT = "audit"
    FILES = "files"
    COPIES = "copies"


Old = Callable[[Connection, datetime], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Rows of a table that are old before a moment: they go, or only what `blanks` names."""

    kind: Kind
    table: Table
    old: Old
    blanks: Mapping[str, Any] = field(default_factory=dict)


def due(c: Connection, sweep: Sweep, before: datetime, limit: int) -> Sequence[Any]:
    """The keys of so many old rows."""
    query = select(*sweep.table.primary_key).where(sweep.old(c, before))
    return [tuple(row) for row in c.execute(query.limit(limit))]


def drop(c: Connection, sweep: Sweep, before: datetime, keys: Sequence[Any]) -> int:
    """Drop those of the rows that are still old; how many."""
    table = sweep.table
    which = tuple_(*table.primary_key).in_(keys) & sweep.old(c, before)
    if sweep.blanks:
        return c.execute(update(table).where(which).values(**sweep.blanks)).rowcount
    if table is file:
        return files.drop(c, select(file.c.id).where(which))
    return c.execute(delete(table).where(which)).rowcount


def _since(moment: Column[Any]) -> Old:
    return lambda c, before: moment < before


def _said(c: Connection, before: datetime) -> ColumnElement[bool]:
    """Words to one chat, that have long been sent; what a broadcast says is an official paper."""
    ended = select(delivery.c.content_id).where(
        delivery.c.ended_at < before,
        delivery.c.broadcast_id.is_(None),
        delivery.c.state.not_in(OPEN_STATES),
    )
    return (content.c.body != literal(SILENCE, Json)) & content.c.id.in_(ended)


def _settled(c: Connection, before: datetime) -> ColumnElement[bool]:
    over = func.coalesce(ticket.c.answered_at, ticket.c.closed_at) < before
    proposed = exists().where(
        entry_proposal.c.ticket_id == ticket.c.id, entry_proposal.c.approved.is_(None)
    )
    return over & (ticket.c.question != "") & ~proposed


def _given(c: Connection, before: datetime) -> ColumnElement[bool]:
    return (given_answer.c.at < before) & (given_answer.c.question != "")


def _loose(c: Connection, before: datetime) -> ColumnElement[bool]:
    """Files that no paper, report, practice, question or answer has."""
    rows = (document_file.c.file_id, good_practice_photo.c.file_id, report_value.c.file_id)
    of_rows = (exists().where(each == file.c.id) for each in rows)
    lists = (
        (ticket, ticket.c.files),
        (ticket, ticket.c.question_files),
        (entry, entry.c.files),
        (entry_proposal, entry_proposal.c.lesson["files"]),
    )
    of_lists = (file.c.id.in_(_numbers(c, *each)) for each in lists)
    # A photo in an answer is its number and what was written under it.
    number = literal('"') + cast(file.c.id, Text)
    answers = (draft.c.answers, report_change.c.before)
    of_answers = (
        exists().where(
            or_(
                cast(each, Text).contains(number + '"'),
                cast(each, Text).contains(number + " "),
            )
        )
        for each in answers
    )
    needed = or_(*of_rows, *of_lists, *of_answers, *_on_its_way(c))
    return (file.c.made_at < before) & ~needed


def _copies(c: Connection, before: datetime) -> ColumnElement[bool]:
    """Files of one person alone: copies of their data, and those of no question that was put."""
    old = file.c.made_at < before
    asked = file.c.id.in_(_numbers(c, ticket, ticket.c.question_files))
    return old & file.c.person_id.is_not(None) & ~or_(asked, *_on_its_way(c))


def _on_its_way(c: Connection) -> Iterator[ColumnElement[bool]]:
    """Whether a file is in a message that waits; each state has an index of its own."""
    told = content.join(delivery, delivery.c.content_id == content.c.id)
    for state in OPEN_STATES:
        yield file.c.id.in_(_numbers(c, told, content.c.body["files"]).where(waits(state)))


def _numbers(c: Connection, table: FromClause, listed: ColumnElement[Any]) -> Select[Any]:
    """The numbers that the lists of a table hold."""
    held = elements(c, listed)
    return numbers_of(held).select_from(table.join(held, true()))


SWEEPS = (
    Sweep(Kind.INBOX, inbox, _since(inbox.c.done_at)),
    Sweep(Kind.SESSIONS, session, _since(session.c.updated_at)),
    Sweep(Kind.CODES, wrong_code, _since(wrong_code.c.at)),
    Sweep(Kind.MESSAGES, content, _said, {"body": SILENCE}),
    Sweep(Kind.QUESTIONS, ticket, _settled, {"question": "", "added": "", "question_files": ()}),
    Sweep(Kind.QUESTIONS, given_answer, _given, {"question": "", "files": ()}),
    Sweep(Kind.AUDIT, audit, _since(audit.c.at)),
    Sweep(Kind.COPIES, file, _copies),
    Sweep(Kind.FILES, file, _loose),
)


def unknown(c: Connection, names: Sequence[str]) -> Sequence[str]:
    """Those of these names of bytes on the disk that no file has."""
    query = select(file.c.sha256).where(file.c.sha256.in_(names))
    known = set(c.execute(query).scalars())
    return [name for name in names if name not in known]
