"""Queries on how a person is reached: by which of their chats, and which way else."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, select

from domain.message import ChatKind
from storage import units
from storage.chats import COLUMNS, KnownChat, known
from storage.rows import AnyRow, first_as
from storage.schema import account, chat, delivery, membership

_WAYS = (
    select(
        *COLUMNS,
        chat.c.heard_at,
        account.c.window_seconds,
        account.c.lost_because,
        account.c.unit_id.label("serves"),
    )
    .join(account, account.c.id == chat.c.account_id)
    .where(chat.c.gone_because.is_(None))
)


def private_of(c: Connection, person_ids: Collection[int], now: datetime) -> Sequence[KnownChat]:
    """The best private chat in reach of each of these people, by the chats' numbers.

    The best is one that can be written to now, of the nearest account up the tree, and of those
    the one where the person was heard last.
    """
    private = chat.c.kind == ChatKind.PRIVATE.value
    query = _WAYS.where(chat.c.person_id.in_(person_ids), private).order_by(chat.c.id)
    of_person: dict[int, list[AnyRow]] = {}
    for row in c.execute(query):
        of_person.setdefault(row.person_id, []).append(row)
    best = (ranked(c, person_id, rows, now)[0] for person_id, rows in of_person.items())
    return sorted(map(known, best), key=lambda each: each.id)


def ranked(
    c: Connection, person_id: int, rows: Sequence[AnyRow], now: datetime
) -> Sequence[AnyRow]:
    """A person's chats, the best first."""
    if len(rows) == 1:
        return rows
    line = _line(c, person_id, now)

    def rank(row: AnyRow) -> tuple[bool, int, float, int]:
        heard = row.heard_at.timestamp() if row.heard_at else 0.0
        return not usable(row, now), distance(row.serves, line), -heard, row.id

    return sorted(rows, key=rank)


def usable(row: AnyRow, now: datetime) -> bool:
    """Whether a chat can be written to now, as far as we know."""
    return row.lost_because is None and not closed(row.heard_at, _window(row), now)


def _window(row: AnyRow) -> timedelta | None:
    return None if row.window_seconds is None else timedelta(seconds=row.window_seconds)


def closed(heard_at: datetime | None, window: timedelta | None, now: datetime) -> bool:
    """Whether somebody who was heard then is out of a messenger's window for answers."""
    return window is not None and (heard_at is None or heard_at < now - window)


def distance(serves: int | None, line: Sequence[int]) -> int:
    """How far up a unit's line an account stands; one that serves everybody is behind them all."""
    if serves is None:
        return len(line)
    return line.index(serves) if serves in line else len(line) + 1


def _line(c: Connection, person_id: int, now: datetime) -> Sequence[int]:
    """The unit of a person's first role, and all above it."""
    return next((units.line(c, unit_id, now.date()) for unit_id in _units(c, person_id)), [])


def _units(c: Connection, person_id: int) -> Sequence[int]:
    query = select(membership.c.unit_id).where(
        membership.c.person_id == person_id, membership.c.until.is_(None)
    )
    return c.execute(query.order_by(membership.c.id)).scalars().all()


@dataclass(frozen=True, slots=True)
class Stranded:
    """A message to one person that could not be delivered, and whose it was."""

    id: int
    person_id: int
    for_group: bool


_WHOSE = case(
    (chat.c.kind == ChatKind.PRIVATE.value, chat.c.person_id), else_=delivery.c.for_person
)


def stranded(c: Connection, delivery_id: int) -> Stranded | None:
    """The failed row as a message to one person; None for what goes no other way."""
    query = (
        select(delivery.c.id, _WHOSE, delivery.c.for_group)
        .join(chat, chat.c.id == delivery.c.chat_id)
        .where(
            delivery.c.id == delivery_id,
            delivery.c.edits_id.is_(None),
            _WHOSE.is_not(None),
        )
    )
    return first_as(Stranded, c.execute(query))


def other_chat(c: Connection, lost: Stranded, now: datetime) -> KnownChat | None:
    """Another private chat of the person that can be written to and was not tried."""
    query = _WAYS.where(
        chat.c.person_id == lost.person_id,
        chat.c.kind == ChatKind.PRIVATE.value,
        chat.c.id.not_in(list(_tried(c, lost.id))),
    )
    found = [row for row in c.execute(query) if usable(row, now)]
    return known(ranked(c, lost.person_id, found, now)[0]) if found else None


def group_of(c: Connection, person_id: int) -> KnownChat | None:
    """A group in reach of a unit in which the person has a role."""
    for unit_id in _units(c, person_id):
        query = _WAYS.where(chat.c.unit_id == unit_id, account.c.lost_because.is_(None))
        if row := c.execute(query.order_by(chat.c.id)).first():
            return known(row)
    return None


def _tried(c: Connection, delivery_id: int | None) -> Iterator[int]:
    """The chats to which a message and those that it stands for went."""
    while delivery_id is not None:
        query = select(delivery.c.chat_id, delivery.c.instead_of)
        chat_id, delivery_id = c.execute(query.where(delivery.c.id == delivery_id)).one()
        yield chat_id


def waiting_for_one(c: Connection, account_id: str) -> Sequence[int]:
    """What waits to go out by an account and is for one person."""
    query = (
        select(delivery.c.id)
        .join(chat, chat.c.id == delivery.c.chat_id)
        .where(
            delivery.c.account_id == account_id,
            delivery.c.state == "queued",
            _WHOSE.is_not(None),
        )
    )
    return c.execute(query.order_by(delivery.c.id)).scalars().all()
