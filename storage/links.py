"""Queries on one person in two messengers: the codes that link them, and two people made one."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Table,
    and_,
    delete,
    exists,
    insert,
    select,
    tuple_,
    update,
)

from domain.audit import Act
from storage import audit
from storage.rows import add_row
from storage.schema import audit as audit_table
from storage.schema import chat, identity, link_code, membership, metadata, person, person_link
from storage.schema import session as session_table

_KEPT = {link_code, person_link, audit_table}
"""Where both stay who they were."""


def add_code(c: Connection, code: str, person_id: int, expires_at: datetime) -> None:
    """A code by which the person is found from elsewhere; it replaces the one before."""
    c.execute(delete(link_code).where(link_code.c.person_id == person_id))
    c.execute(insert(link_code).values(code=code, person_id=person_id, expires_at=expires_at))


def find(c: Connection, code: str, now: datetime) -> int | None:
    """Whose code it is, as long as it holds."""
    query = select(link_code.c.person_id).where(link_code.c.code == code)
    return c.execute(query.where(link_code.c.expires_at > now)).scalar()


def known_to(c: Connection, person_id: int, account_id: str) -> bool:
    """Whether an account knows the person already."""
    mine = (identity.c.person_id == person_id) & (identity.c.account_id == account_id)
    return bool(c.execute(select(exists().where(mine))).scalar())


def link(c: Connection, kept_id: int, other_id: int, day: date, now: datetime) -> None:
    """Make two people one, and remember how to undo it."""
    c.execute(delete(link_code).where(link_code.c.person_id.in_((kept_id, other_id))))
    moved = {
        "identities": [list(row) for row in c.execute(_identities(other_id))],
        "chats": _ids(c, chat, other_id),
        "memberships": _ids(c, membership, other_id),
        "ended": _absorb(c, kept_id, other_id, day),
    }
    row = {"person_id": kept_id, "other_id": other_id, "moved": moved, "at": now}
    add_row(c, person_link, **row)
    audit.note(c, Act.LINKED, person, kept_id, other_id=other_id)


def unlink(c: Connection, person_id: int, now: datetime) -> int | None:
    """Undo the person's newest link; who is a person of their own again. None without a link.

    Chats and roles go back. What was done in the meantime stays with the person.
    """
    query = select(person_link.c.id, person_link.c.other_id, person_link.c.moved).where(
        person_link.c.person_id == person_id, person_link.c.undone_at.is_(None)
    )
    row = c.execute(query.order_by(person_link.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    _give_back(c, person_id, row.other_id, row.moved)
    c.execute(update(person_link).where(person_link.c.id == row.id).values(undone_at=now))
    audit.note(c, Act.UNLINKED, person, person_id, other_id=row.other_id)
    return int(row.other_id)


def _absorb(c: Connection, kept_id: int, other_id: int, day: date) -> list[int]:
    """Let one person have all that is another's; the roles that ended because both held them."""
    ended = _end_doubles(c, kept_id, other_id, day)
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.references(person.c.id) and table not in _KEPT:
                _move(c, table, column, kept_id, other_id)
    return ended


def _move(c: Connection, table: Table, column: Column[Any], kept_id: int, other_id: int) -> None:
    if column.primary_key:
        # What both have stands once.
        twin, key = table.alias(), table.primary_key.columns
        same = [twin.c[each.name] == each for each in key if each is not column]
        double = exists().where(twin.c[column.name] == kept_id, *same)
        c.execute(delete(table).where(column == other_id, double))
    c.execute(update(table).where(column == other_id).values({column: kept_id}))


def _end_doubles(c: Connection, kept_id: int, other_id: int, day: date) -> list[int]:
    twin = membership.alias()
    double = exists().where(
        twin.c.person_id == kept_id,
        twin.c.unit_id == membership.c.unit_id,
        twin.c.role == membership.c.role,
        twin.c.until.is_(None),
    )
    mine = and_(membership.c.person_id == other_id, membership.c.until.is_(None), double)
    query = update(membership).where(mine).values(until=day).returning(membership.c.id)
    return sorted(c.execute(query).scalars())


def _give_back(c: Connection, person_id: int, other_id: int, moved: dict[str, Any]) -> None:
    c.execute(delete(session_table).where(session_table.c.chat_id.in_(moved["chats"])))
    known_as = tuple_(identity.c.account_id, identity.c.platform_id).in_(
        [tuple(each) for each in moved["identities"]]
    )
    for table, which in (
        (identity, known_as),
        (chat, chat.c.id.in_(moved["chats"])),
        (membership, membership.c.id.in_(moved["memberships"])),
    ):
        mine = and_(which, table.c.person_id == person_id)
        c.execute(update(table).where(mine).values(person_id=other_id))
    c.execute(update(membership).where(membership.c.id.in_(moved["ended"])).values(until=None))


def _identities(person_id: int) -> Any:
    query = select(identity.c.account_id, identity.c.platform_id)
    return query.where(identity.c.person_id == person_id)


def _ids(c: Connection, table: Table, person_id: int) -> list[int]:
    query = select(table.c.id).where(table.c.person_id == person_id)
    return list(c.execute(query.order_by(table.c.id)).scalars())
