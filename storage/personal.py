"""All that is kept of one person: to be handed to them, or wiped.

`storage/schema/personal.py` says where it is. Who was linked with another messenger is one person.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, exists, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from domain.audit import Act, Actor
from storage import audit, deliveries, files, mentions, people
from storage.broadcasts import OPEN_STATES
from storage.schema import (
    chat,
    content,
    delivery,
    file,
    identity,
    person,
    person_link,
    report,
    report_value,
    unit,
)
from storage.schema.personal import ADDRESS, DAY, HOLDINGS, NAME, NOW, WIPED, Fate

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Owner:
    """A person by all their numbers, and their private chats."""

    people: Collection[int]
    chats: Collection[int]

    def has(self, of: Column[Any]) -> ColumnElement[bool]:
        """Which rows are this person's by that column of a holding."""
        ours = self.chats if of is chat.c.id or of.references(chat.c.id) else self.people
        return of.in_(ours)


@dataclass(frozen=True, slots=True)
class Wipe:
    """When somebody is wiped, and what stands where their name stood."""

    day: date
    now: datetime
    nameless: str

    def values(self, blanks: Mapping[str, Any]) -> dict[str, Any]:
        said = {NAME: self.nameless, DAY: self.day, NOW: self.now}
        return {key: said.get(value, value) for key, value in blanks.items()}


def owner(c: Connection, person_id: int) -> Owner:
    """The person, with whoever was made one with them."""
    known = {person_id}
    fresh = known
    while fresh:
        query = select(person_link.c.other_id).where(
            person_link.c.person_id.in_(fresh), person_link.c.undone_at.is_(None)
        )
        fresh = set(c.execute(query).scalars()) - known
        known |= fresh
    theirs = select(chat.c.id).where(chat.c.person_id.in_(known))
    return Owner(known, list(c.execute(theirs).scalars()))


def kept(c: Connection, person_id: int) -> dict[str, Rows]:
    """Every row that a person has, whole, by the name of its table, where there are any."""
    mine = owner(c, person_id)
    found = {table.name: _rows(c, table, which) for table, which in _whose(mine)}
    found |= {
        content.name: _rows(c, content, _said(mine)),
        report_value.name: _rows(c, report_value, _reported(mine)),
    }
    return {name: rows for name, rows in found.items() if rows}


def handed_over(c: Connection, person_id: int) -> None:
    """Note that somebody is shown what is kept of them."""
    audit.note(c, Act.DATA_FETCHED, person, person_id)


def _whose(mine: Owner) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Which rows of each table are the person's."""
    tables: dict[Table, list[ColumnElement[bool]]] = defaultdict(list)
    for holding in HOLDINGS:
        tables[holding.of.table].append(mine.has(holding.of))
    for table, which in tables.items():
        yield table, or_(*which)


def _rows(c: Connection, table: Table, which: ColumnElement[bool]) -> Rows:
    query = select(table).where(which).order_by(*table.primary_key)
    found = [dict(row._mapping) for row in c.execute(query)]
    if "unit_id" in table.c:
        wanted = {row["unit_id"] for row in found} - {None}
        named = select(unit.c.id, unit.c.name).where(unit.c.id.in_(wanted))
        names = {row.id: row.name for row in c.execute(named)}
        found = [row | {"unit": names.get(row["unit_id"])} for row in found]
    return found


def _said(mine: Owner) -> ColumnElement[bool]:
    """The contents of the messages to a person."""
    return content.c.id.in_(select(delivery.c.content_id).where(_to_them(mine)))


def _to_them(mine: Owner) -> ColumnElement[bool]:
    return or_(delivery.c.chat_id.in_(mine.chats), delivery.c.for_person.in_(mine.people))


def _reported(mine: Owner) -> ColumnElement[bool]:
    theirs = select(report.c.id).where(report.c.submitted_by.in_(mine.people))
    return report_value.c.report_id.in_(theirs)


def forget(c: Connection, account_id: str, platform_id: str, how: Wipe) -> None:
    """Drop what an account knows of a person; whom no other account knows is wiped whole."""
    known = people.find(c, account_id, platform_id)
    if known is None:
        return
    audit.act_as(c, Actor(how.now, known.id, account_id))
    theirs = select(identity.c.account_id).where(identity.c.person_id == known.id)
    if set(c.execute(theirs).scalars()) == {account_id}:
        wipe(c, known.id, how)
        return
    audit.note(c, Act.DATA_WIPED, identity, account_id)
    here = (chat.c.account_id == account_id) & (chat.c.person_id == known.id)
    _wipe(c, Owner((), list(c.execute(select(chat.c.id).where(here)).scalars())), how)
    mine = (identity.c.account_id == account_id) & (identity.c.platform_id == platform_id)
    c.execute(delete(identity).where(mine))


def wipe(c: Connection, person_id: int, how: Wipe, last_word: int | None = None) -> None:
    """Wipe a person on every messenger.

    The chat `last_word` keeps its address, which `forget_addresses` drops once that word is said.
    """
    audit.note(c, Act.DATA_WIPED, person, person_id)
    address = select(chat.c.platform_id, chat.c.heard_at).where(chat.c.id == last_word)
    before = c.execute(address).first()
    _wipe(c, owner(c, person_id), how)
    if before:
        c.execute(update(chat).where(chat.c.id == last_word).values(**before._mapping))


def _wipe(c: Connection, mine: Owner, how: Wipe) -> None:
    c.execute(update(content).where(_said(mine)).values(body=deliveries.SILENCE))
    mentions.silence(c, mine.people, how.day, how.now)
    told = select(delivery.c.id).where(_to_them(mine))
    for column in (delivery.c.edits_id, delivery.c.instead_of):
        c.execute(update(delivery).where(column.in_(told)).values({column: None}))
    files.drop(c, select(file.c.id).where(file.c.person_id.in_(mine.people)))
    for holding in HOLDINGS:
        theirs, table = mine.has(holding.of), holding.of.table
        if holding.fate is Fate.GO:
            c.execute(delete(table).where(theirs))
        elif holding.fate is Fate.BLANK:
            blanked = update(table).where(theirs, *holding.only)
            c.execute(blanked.values(how.values(holding.blanks)))


def forget_addresses(c: Connection) -> int:
    """Drop the addresses of those who were wiped and have got their last word; how many."""
    waits = exists().where(delivery.c.chat_id == chat.c.id, delivery.c.state.in_(OPEN_STATES))
    wiped = (chat.c.gone_because == WIPED) & chat.c.platform_id.not_like(f"{WIPED}:%")
    query = update(chat).where(wiped, ~waits).values(platform_id=ADDRESS, heard_at=None)
    return c.execute(query).rowcount
