"""What others were told of a person, to be forgotten with them."""

import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from storage import units
from storage.broadcasts import OPEN_STATES
from storage.deliveries import SILENCE, waits
from storage.schema import chat, content, delivery, membership, person, ticket, ticket_told, unit


def silence(c: Connection, people: Collection[int], day: date, now: datetime) -> None:
    """Empty the live messages that name the people, and those on their questions; of these, what
    still waits is not sent any more.
    """
    asked = select(ticket.c.id).where(ticket.c.asker_id.in_(people))
    subjects = {f"ticket:{number}" for number in c.execute(asked).scalars()}
    here = delivery.c.broadcast_id.is_(None) & delivery.c.chat_id.in_(_around(c, people, day))
    recalled = here & delivery.c.about.in_(subjects) & waits("queued")
    c.execute(update(delivery).where(recalled).values(state="cancelled", ended_at=now))
    told = content.c.id.in_(_told(c, here, people, subjects))
    waiting = select(delivery.c.content_id).where(or_(*map(waits, OPEN_STATES)))
    c.execute(update(content).where(told, content.c.id.not_in(waiting)).values(body=SILENCE))


def _told(
    c: Connection, here: ColumnElement[bool], people: Collection[int], subjects: Collection[str]
) -> set[int]:
    """The contents of the messages there on these subjects, and of those that say a whole name."""
    called = select(person.c.name).where(person.c.id.in_(people))
    names = list(c.execute(called).scalars())
    text = content.c.body["text"].as_string()
    like = (text.contains(name, autoescape=True) for name in names)
    query = select(content.c.id, delivery.c.about, text.label("text")).join_from(content, delivery)
    rows = c.execute(query.where(here, or_(delivery.c.about.in_(subjects), *like)))
    whole = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names) or r"(?!)")
    return {row.id for row in rows if row.about in subjects or whole.search(row.text)}


def _around(c: Connection, people: Collection[int], day: date) -> Select[Any]:
    """The chats of whoever may have been told: of the people's units, those above and below."""
    theirs = select(membership.c.unit_id).where(membership.c.person_id.in_(people))
    own = set(c.execute(theirs).scalars())
    above = {each for unit_id in own for each in units.line(c, unit_id, day)}
    below = select(units.subtrees(own, day).c.id)
    near = or_(unit.c.id.in_(above), unit.c.id.in_(below))
    all_near = select(unit.c.id).where(near)
    held = select(membership.c.person_id).where(membership.c.unit_id.in_(all_near))
    asked = select(ticket_told.c.chat_id).join(ticket).where(ticket.c.asker_id.in_(people))
    return select(chat.c.id).where(
        or_(chat.c.unit_id.in_(all_near), chat.c.person_id.in_(held), chat.c.id.in_(asked))
    )
