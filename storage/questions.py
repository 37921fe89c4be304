"""Queries on answers given from the FAQ: what people said of them, and what is asked most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Select, func, or_, select, update

from domain.people import DECIDING
from storage.rows import add_row, first_as, rows_as
from storage.schema import given_answer, membership, review_told
from storage.units import subtree
from storage.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that somebody got; `files` are what they asked with.

    `helpful` is what they said of it, None for nothing yet.
    """

    id: int
    entry_id: str
    question: str
    files: Sequence[int]
    person_id: int
    chat_id: int
    at: datetime
    helpful: bool | None


_QUERY = select(
    given_answer.c.id,
    given_answer.c.entry_id,
    given_answer.c.question,
    given_answer.c.files,
    given_answer.c.person_id,
    given_answer.c.chat_id,
    given_answer.c.at,
    given_answer.c.helpful,
)


def gave(
    c: Connection,
    *,
    entry_id: str,
    question: str,
    person_id: int,
    chat_id: int,
    unit_id: int | None,
    now: datetime,
    files: Sequence[int] = (),
) -> int:
    """Note an answer that is given now; its number."""
    return add_row(
        c,
        given_answer,
        entry_id=entry_id,
        question=question,
        person_id=person_id,
        chat_id=chat_id,
        unit_id=unit_id,
        at=now,
        files=files,
    )


def get(c: Connection, given_id: int) -> Given | None:
    return first_as(Given, c.execute(_QUERY.where(given_answer.c.id == given_id)))


def last_given(c: Connection, chat_id: int, person_id: int, since: datetime) -> Given | None:
    """The newest answer to a person in a chat, no older than that."""
    mine = _QUERY.where(
        given_answer.c.chat_id == chat_id,
        given_answer.c.person_id == person_id,
        given_answer.c.at >= since,
    )
    newest = mine.order_by(given_answer.c.at.desc(), given_answer.c.id.desc())
    return first_as(Given, c.execute(newest.limit(1)))


def rate(c: Connection, given_id: int, helpful: bool) -> None:
    query = update(given_answer).where(given_answer.c.id == given_id)
    c.execute(query.values(helpful=helpful))


def reformulated(c: Connection, given_id: int) -> None:
    """Whoever got this answer asked the same again in other words."""
    query = update(given_answer).where(given_answer.c.id == given_id)
    c.execute(query.values(reformulated=True))


@dataclass(frozen=True, slots=True)
class Asked:
    """How often an entry was given as the answer."""

    entry_id: str
    times: int


def most_asked(
    c: Connection, unit_id: int, day: date, since: datetime, limit: int
) -> Sequence[Asked]:
    return rows_as(Asked, c.execute(_counted(unit_id, day, since).limit(limit)))


def disliked(
    c: Connection, unit_id: int, day: date, since: datetime, limit: int
) -> Sequence[Asked]:
    """Entries that were called unhelpful, or whose question was asked again in other words."""
    missed = or_(given_answer.c.helpful.is_(False), given_answer.c.reformulated.is_(True))
    return rows_as(Asked, c.execute(_counted(unit_id, day, since).where(missed).limit(limit)))


def _counted(unit_id: int, day: date, since: datetime) -> Select[tuple[str, int]]:
    """Entries given in a unit and below since that moment, the most often given first."""
    tree, times = subtree(unit_id, day), func.count()
    return (
        select(given_answer.c.entry_id, times)
        .join(tree, tree.c.id == given_answer.c.unit_id)
        .where(given_answer.c.at >= since)
        .group_by(given_answer.c.entry_id)
        .order_by(times.desc(), given_answer.c.entry_id)
    )


def ever_asked(c: Connection, unit_id: int, day: date) -> set[str]:
    """The entries that were ever given in a unit or below."""
    tree = subtree(unit_id, day)
    query = select(given_answer.c.entry_id).join(tree, tree.c.id == given_answer.c.unit_id)
    return set(c.execute(query.distinct()).scalars())


def to_review(c: Connection, week: str, limit: int) -> list[int]:
    """Coordinators and administrators who have not been sent that week's list."""
    told = select(review_told.c.person_id).where(review_told.c.week == week)
    query = select(membership.c.person_id).where(
        membership.c.until.is_(None),
        membership.c.role.in_(DECIDING),
        membership.c.person_id.not_in(told),
    )
    return list(c.execute(query.distinct().order_by(membership.c.person_id).limit(limit)).scalars())


def review_sent(c: Connection, person_id: int, week: str) -> bool:
    """Note that somebody is sent a week's list; False when they were before."""
    return insert_new(c, review_told, person_id=person_id, week=week)
