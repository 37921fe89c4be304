"""Queries on accounts and on the chats that they are in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, or_, select, tuple_, update

from domain.audit import Act
from domain.channel import Capabilities
from domain.message import Chat, ChatKind
from domain.people import DECIDING
from storage import audit
from storage.prepared import Statement, prepared
from storage.rows import AnyRow, rows_as
from storage.schema import (
    account,
    broadcast,
    chat,
    course_run,
    delivery,
    errand,
    given_answer,
    good_practice,
    lesson_sent,
    membership,
    session,
    ticket,
    ticket_told,
    unit,
    unit_parent,
)
from storage.upsert import insert_new, put


@dataclass(frozen=True, slots=True)
class KnownChat:
    """A chat as we keep it; `unit_id` is a bound group's, `person_id` a private chat's.

    Where Loa `listens` it also answers what is not said to it.
    """

    id: int
    account_id: str
    platform_id: str
    kind: ChatKind
    title: str
    unit_id: int | None
    person_id: int | None
    listens: bool


PLAIN = Capabilities()
COLUMNS = (
    chat.c.id,
    chat.c.account_id,
    chat.c.platform_id,
    chat.c.kind,
    chat.c.title,
    chat.c.unit_id,
    chat.c.person_id,
    chat.c.listens,
)


def add_account(c: Connection, account_id: str, channel: str) -> None:
    """Make an account known before it is opened, so that its updates can be kept."""
    insert_new(c, account, id=account_id, channel=channel)


def open_account(
    c: Connection,
    account_id: str,
    unit_id: int | None,
    can: Capabilities = PLAIN,
    *,
    channel: str = "telegram",
    quota: int = 0,
) -> int | None:
    """Make the account known, serving that unit; the cursor at which its updates go on.

    `quota` is how many messages a month it has; 0 is no limit.
    """
    window = int(can.reply_window.total_seconds()) if can.reply_window else None
    known = {
        "unit_id": unit_id,
        "albums": can.albums,
        "edits": can.edits,
        "files_out": can.files_out,
        "channel": channel,
        "window_seconds": window,
        "quota": quota,
    }
    c.execute(put(c, account, {"id": account_id}, known))
    return c.execute(select(account.c.cursor).where(account.c.id == account_id)).scalar()


def serves(c: Connection, account_id: str) -> int | None:
    """The unit that an account serves with all below it; None where it serves everybody."""
    return c.execute(select(account.c.unit_id).where(account.c.id == account_id)).scalar()


@dataclass(frozen=True, slots=True)
class Skills:
    """What of its account's capabilities the one asks who is in another process."""

    edits: bool
    files_out: bool


def skills(c: Connection, account_id: str) -> Skills:
    row = c.execute(
        select(account.c.edits, account.c.files_out).where(account.c.id == account_id)
    ).one()
    return Skills(*row)


def with_albums(c: Connection) -> frozenset[str]:
    """The accounts by which photos can go together."""
    return frozenset(c.execute(select(account.c.id).where(account.c.albums)).scalars())


@prepared
def go_on_at(c: Connection, account_id: str, cursor: int) -> Statement:
    """Ask the account for updates from this one on; a platform that counts anew goes back."""
    return update(account).where(account.c.id == account_id).values(cursor=cursor)


def account_lost(c: Connection, account_id: str, why: str | None) -> bool:
    """Remember why the platform refuses the account, None when it takes it; whether that is new."""
    return bool(_account_lost(c, account_id, why, lost=bool(why)))


@prepared
def _account_lost(c: Connection, account_id: str, why: str | None, *, lost: bool) -> Statement:
    before = account.c.lost_because
    changes = before.is_(None) if lost else before.is_not(None)
    query = update(account).where(account.c.id == account_id, changes)
    return query.values(lost_because=why).returning(account.c.id)


def seen(
    c: Connection, account_id: str, incoming: Chat, heard_at: datetime | None = None
) -> KnownChat:
    """The chat as we keep it, made on the first meeting; whoever writes is in reach again.

    `heard_at` is when its person was heard, and can be answered from then on.
    """
    heard = {"heard_at": heard_at} if heard_at and incoming.kind is ChatKind.PRIVATE else {}
    row = _row(c, account_id, incoming.id)
    if row is None:
        insert_new(
            c,
            chat,
            account_id=account_id,
            platform_id=incoming.id,
            kind=incoming.kind.value,
            title=incoming.title,
            **heard,
        )
        row = _row(c, account_id, incoming.id)
    elif heard or row.gone_because or (incoming.title and row.title != incoming.title):
        known_as = {"gone_because": None, "title": incoming.title or row.title}
        c.execute(update(chat).where(chat.c.id == row.id).values(**known_as, **heard))
    assert row is not None
    return known(row)


def _row(c: Connection, account_id: str, platform_id: str) -> AnyRow | None:
    return next(iter(_rows(c, account_id, platform_id)), None)


@prepared
def _rows(c: Connection, account_id: str, platform_id: str) -> Statement:
    return select(*COLUMNS, chat.c.gone_because).where(
        chat.c.account_id == account_id, chat.c.platform_id == platform_id
    )


def known(row: AnyRow) -> KnownChat:
    return KnownChat(
        row.id,
        row.account_id,
        row.platform_id,
        ChatKind(row.kind),
        row.title,
        row.unit_id,
        row.person_id,
        row.listens,
    )


def find(c: Connection, account_id: str, platform_id: str) -> KnownChat | None:
    """The chat that an account knows by that id."""
    row = _row(c, account_id, platform_id)
    return None if row is None else known(row)


def get(c: Connection, chat_id: int) -> KnownChat:
    return known(c.execute(select(*COLUMNS).where(chat.c.id == chat_id)).one())


def belongs_to(c: Connection, chat_id: int, person_id: int) -> None:
    """A private chat is this person's."""
    c.execute(update(chat).where(chat.c.id == chat_id).values(person_id=person_id))


def made(c: Connection, account_id: str) -> None:
    """Note that somebody had the messenger make a group."""
    audit.note(c, Act.GROUP_MADE, account, account_id)


def bind(c: Connection, chat_id: int, unit_id: int) -> None:
    """A group is this unit's voice from now on."""
    c.execute(update(chat).where(chat.c.id == chat_id).values(unit_id=unit_id))
    audit.note(c, Act.GROUP_BOUND, chat, chat_id)


def listen(c: Connection, chat_id: int, on: bool) -> None:
    """Whether Loa answers in a group what is not said to it."""
    c.execute(update(chat).where(chat.c.id == chat_id).values(listens=on))
    audit.note(c, Act.LISTENING_SET, chat, chat_id, listens=int(on))


def gone(c: Connection, chat_id: int, why: str) -> None:
    """The chat is out of reach, until somebody writes from it."""
    c.execute(update(chat).where(chat.c.id == chat_id).values(gone_because=why))


def moved(c: Connection, account_id: str, old_id: str, new_id: str) -> None:
    """A group goes on under a new id; what was begun under either id goes on in the older row."""
    old, new = _row(c, account_id, old_id), _row(c, account_id, new_id)
    if old is None or old_id == new_id:
        return
    # There are two when somebody wrote from the new id before we learnt of the move, or when the
    # news of it overtook a message from the old id.
    keeper, *younger = sorted((row for row in (old, new) if row), key=lambda row: row.id)
    for row in younger:
        _absorb(c, row.id, keeper.id)
    unit_id = next((row.unit_id for row in (keeper, *younger) if row.unit_id), None)
    listens = any(row.listens for row in (keeper, *younger))
    values = {
        "platform_id": new_id,
        "unit_id": unit_id,
        "listens": listens,
        "gone_because": None,
    }
    c.execute(update(chat).where(chat.c.id == keeper.id).values(**values))


def _absorb(c: Connection, newcomer: int, keeper: int) -> None:
    kept = (delivery, ticket, given_answer, broadcast, errand, good_practice, course_run)
    for table in kept:
        c.execute(update(table).where(table.c.chat_id == newcomer).values(chat_id=keeper))
    _absorb_once(c, ticket_told, (ticket_told.c.ticket_id,), newcomer, keeper)
    _absorb_once(c, lesson_sent, (lesson_sent.c.run_id, lesson_sent.c.lesson), newcomer, keeper)
    c.execute(session.delete().where(session.c.chat_id == newcomer))
    c.execute(chat.delete().where(chat.c.id == newcomer))


def _absorb_once(
    c: Connection, table: Table, key: Sequence[Column[Any]], newcomer: int, keeper: int
) -> None:
    """Bring over the rows of which a chat has one for each key, but for those it has already."""
    both = select(*key).where(table.c.chat_id == keeper)
    mine = table.c.chat_id == newcomer
    c.execute(table.delete().where(mine, tuple_(*key).in_(both)))
    c.execute(update(table).where(mine).values(chat_id=keeper))


def in_reach(c: Connection, chat_id: int) -> bool:
    """Whether a chat can be written to, as far as we know."""
    query = select(chat.c.id).where(chat.c.id == chat_id, chat.c.gone_because.is_(None))
    return c.execute(query).first() is not None


def groups_of(c: Connection, unit_id: int) -> Sequence[KnownChat]:
    """The groups in reach that are bound to this very unit."""
    return [known(row) for row in _groups_of(c, unit_id)]


@prepared
def _groups_of(c: Connection, unit_id: int) -> Statement:
    query = select(*COLUMNS).where(chat.c.unit_id == unit_id, chat.c.gone_because.is_(None))
    return query.order_by(chat.c.id)


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account; `lost_because` is why the platform refuses it, `free_at` when it may send."""

    id: str
    cursor: int | None
    lost_because: str | None
    free_at: datetime | None


def accounts(c: Connection) -> Sequence[AccountState]:
    columns = account.c.id, account.c.cursor, account.c.lost_because, account.c.free_at
    return rows_as(AccountState, c.execute(select(*columns).order_by(account.c.id)))


def accounts_beside(c: Connection, account_ids: Collection[str]) -> Sequence[str]:
    """The accounts that we know of and that are none of these."""
    return c.execute(select(account.c.id).where(account.c.id.not_in(account_ids))).scalars().all()


def stewards(c: Connection, account_id: str) -> Sequence[int]:
    """The people who coordinate the unit of an account.

    An account that serves no one unit is everybody's: then these are the administrators and the
    coordinators of units without a parent.
    """
    own = select(account.c.unit_id).where(account.c.id == account_id).scalar_subquery()
    top = unit.c.id.not_in(select(unit_parent.c.unit_id))
    query = (
        select(membership.c.person_id)
        .join(unit, unit.c.id == membership.c.unit_id)
        .where(
            membership.c.until.is_(None),
            membership.c.role.in_(DECIDING),
            or_(membership.c.unit_id == own, and_(own.is_(None), top)),
        )
        .distinct()
    )
    return c.execute(query.order_by(membership.c.person_id)).scalars().all()
