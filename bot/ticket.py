"""Carries an open question up the line of its unit, one rung after another, and the answer back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot import parcel
from bot.house import House
from domain.channel import Choice
from domain.masking import Private, mask
from domain.people import Role
from domain.period import local_day
from storage import chats, deliveries, people, reach, tickets, units
from storage.deliveries import Letter
from storage.tickets import Ticket

EXPERTS, ADMINISTRATORS = "experts", "administrators"


@dataclass(frozen=True, slots=True)
class Rung:
    """The chats in which one step of the line is asked, by their numbers."""

    key: str
    chats: Sequence[int]


def masked(house: House, text: str) -> str:
    """The text without numbers and addresses that belong to one person."""
    return mask(text, lambda kind: hidden(house, kind))


def hidden(house: House, kind: Private) -> str:
    """What stands in the place of something private."""
    return house.words(f"ticket.hidden_{kind}")


def climb(c: Connection, house: House, ticket_id: int, now: datetime) -> bool:
    """Tell the next rung that has not been told; False when there is nobody on it.

    The clock is set for the rung above; where nobody is found it asks again, because somebody may
    join. After the administrators it rests.
    """
    ticket = tickets.get(c, ticket_id)
    if ticket is None or not ticket.open:
        return False
    told = tickets.rungs_told(c, ticket_id)
    for rung in _rungs(c, house, ticket, now):
        fresh = rung.key not in told and tickets.told(c, ticket_id, rung.key, rung.chats, now)
        if fresh:
            _tell(c, house, ticket, fresh, now)
            last = rung.key == ADMINISTRATORS
            wait = None if last else house.tickets.climb_at(len(told) + 1, now, house.quiet)
            tickets.climb_at(c, ticket_id, wait)
            return True
    tickets.climb_at(c, ticket_id, house.tickets.climb_at(1, now, house.quiet))
    return False


def _tell(
    c: Connection, house: House, ticket: Ticket, chat_ids: Sequence[int], now: datetime
) -> None:
    label = house.words("ticket.take", ticket_id=ticket.id)
    choices = ((Choice(label, f"ticket.take:{ticket.id}"),),)
    text = house.words("ticket.new", ticket=ticket, hours=ticket.hours(now))
    for chat_id in chat_ids:
        letter = Letter(chat_id, text, choices, about=f"ticket:{ticket.id}")
        deliveries.queue(c, letter, now)


def _rungs(c: Connection, house: House, ticket: Ticket, now: datetime) -> Iterator[Rung]:
    """The coordinators of each unit up the line, the experts of the topic, the administrators."""
    line = units.line(c, ticket.unit_id, local_day(now, house.zone))
    for above in line:
        if holders := _others(c, ticket, [above], Role.COORDINATOR):
            groups = [chat.id for chat in chats.groups_of(c, above) if chat.id != ticket.chat_id]
            yield Rung(f"unit:{above}", _private(c, holders, now) + groups)
    yield Rung(EXPERTS, _private(c, _experts(c, ticket, line), now))
    administrators = _others(c, ticket, line, Role.ADMINISTRATOR)
    yield Rung(ADMINISTRATORS, _private(c, administrators, now))


def _others(c: Connection, ticket: Ticket, line: Sequence[int], role: Role) -> list[int]:
    """Who holds a role in one of these units and is not the asker."""
    held = (person.id for unit_id in line for person in people.holders(c, unit_id, {role}))
    return [person_id for person_id in dict.fromkeys(held) if person_id != ticket.asker_id]


def _experts(c: Connection, ticket: Ticket, line: Sequence[int]) -> list[int]:
    """The experts of the ticket's topic, and those of all topics; all where it is not known."""
    pool = _others(c, ticket, line, Role.EXPERT)
    topics = tickets.topics_of(c, pool)
    return [
        person_id
        for person_id in pool
        if not ticket.topic or person_id not in topics or ticket.topic in topics[person_id]
    ]


def _private(c: Connection, person_ids: Sequence[int], now: datetime) -> list[int]:
    return [chat.id for chat in reach.private_of(c, person_ids, now)]


def carry_back(
    c: Connection, house: House, ticket: Ticket, key: str, now: datetime, **values: str
) -> bool:
    """Tell the asker what came of the question where it was asked, or in private if that is gone.

    False when neither is in reach.
    """
    asked = [ticket.chat_id] if chats.in_reach(c, ticket.chat_id) else []
    reached = asked or _private(c, [ticket.asker_id], now)
    if reached:
        text = house.words(f"ticket.{key}", ticket=ticket, **values)
        letter = Letter(reached[0], text, for_person=ticket.asker_id)
        parcel.send(c, letter, ticket.files, now)
    return bool(reached)
