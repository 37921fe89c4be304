"""Carries an open question up the line of its unit, one rung after another, and the answer back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot import parcel
from bot.house import House
from bot.words import Said
from domain.channel import Choice
from domain.masking import Private, mask
from domain.people import Person, Right, Role, allowed
from domain.period import local_day
from storage import chats, deliveries, experts, people, reach, tickets, units
from storage.deliveries import Letter
from storage.tickets import Ticket

EXPERTS, ADMINISTRATORS = "experts", "administrators"
ASKED = "asked"
"""What is said to the asker is about that, the question's number and the album of the asking."""
ENDS = ("answer", "corrected", "closed")
"""What an asker may say "it still does not work" to."""
ANSWERING = (Role.COORDINATOR, Role.EXPERT, Role.ADMINISTRATOR)


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


def begin(c: Connection, house: House, ticket_id: int, now: datetime) -> Said:
    """Ask who stands nearest, at night in the morning; what is said to the asker."""
    if house.quiet.at(now):
        morning = house.quiet.over(now)
        tickets.climb_at(c, ticket_id, morning)
        return Said("ticket.opened_at_night", {"ticket_id": ticket_id, "at": morning})
    held = climb(c, house, ticket_id, now)
    return Said("ticket.opened" if held else "ticket.opened_unheld", {"ticket_id": ticket_id})


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
            for chat_id in fresh:
                show(c, house, ticket, chat_id, ticket.question_files, now)
            last = rung.key == ADMINISTRATORS
            wait = None if last else house.tickets.climb_at(len(told) + 1, now, house.quiet)
            tickets.climb_at(c, ticket_id, wait)
            return True
    tickets.climb_at(c, ticket_id, house.tickets.climb_at(1, now, house.quiet))
    return False


def show(
    c: Connection,
    house: House,
    ticket: Ticket,
    chat_id: int,
    file_ids: Sequence[int],
    now: datetime,
) -> None:
    """Put a question, and these files of its asker, before somebody who may answer it."""
    label = house.words("ticket.take", ticket_id=ticket.id)
    choices = () if ticket.holder_id else ((Choice(label, f"ticket_take.this:{ticket.id}"),),)
    text = house.words("ticket.new", ticket=ticket, hours=ticket.hours(now))
    letter = Letter(chat_id, text, choices, about=subject(ticket))
    parcel.send_apart(c, letter, file_ids, now)


def hand(
    c: Connection, ticket: Ticket, chat_id: int, file_ids: Sequence[int], now: datetime
) -> None:
    """Send files of the asker to somebody who was shown the question."""
    parcel.send_apart(c, Letter(chat_id, "", about=subject(ticket)), file_ids, now)


def subject(ticket: Ticket) -> str:
    """What is said to whoever may answer is about that, so that a reply to it is an answer."""
    return f"ticket:{ticket.id}"


def go_on(
    c: Connection, house: House, ticket: Ticket, words: str, file_ids: Sequence[int], now: datetime
) -> Ticket:
    """Take a question up with what its asker says now; whoever has it in hand is told, by day.

    One that was answered or closed waits anew, at first for who answered it. The question as it
    stands now.
    """
    tickets.add_words(c, ticket, words, file_ids)
    told = in_hand(c, house, ticket, now)
    if not ticket.open:
        wait = house.tickets.climb_at(1, now, house.quiet)
        tickets.reopen(c, ticket, wait, now, held=bool(told))
    fresh = tickets.get(c, ticket.id)
    assert fresh is not None
    for chat_id in told:
        show(c, house, fresh, chat_id, file_ids, house.quiet.over(now))
    if not told:
        begin(c, house, ticket.id, now)
    return fresh


def in_hand(c: Connection, house: House, ticket: Ticket, now: datetime) -> Sequence[int]:
    """The chats of who took or answered a question and still may, else all that know it is open."""
    person_id = ticket.holder_id if ticket.open else ticket.answerer_id or ticket.holder_id
    line = units.line(c, ticket.unit_id, local_day(now, house.zone))
    held = people.roles(c, person_id) if person_id else ()
    own = [person_id] if person_id and allowed(held, Right.ANSWER, line, ticket.unit_id) else []
    return _private(c, own, now) or (tickets.chats_told(c, ticket.id) if ticket.open else [])


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
    topics = experts.topics_of(c, pool)
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
        text = house.words(
            f"ticket.{key}", ticket=ticket, by=_role(c, house, ticket, now), **values
        )
        again = Choice(house.words("again.label"), f"again.pressed:{ticket.id}")
        choices = ((again,),) if key in ENDS else ()
        about = f"{ASKED}:{ticket.id}"
        letter = Letter(reached[0], text, choices, about=about, for_person=ticket.asker_id)
        parcel.send_apart(c, letter, ticket.files, now)
    return bool(reached)


def _role(c: Connection, house: House, ticket: Ticket, now: datetime) -> str:
    """As what somebody answered, in words; empty where they are nobody's any more."""
    line = units.line(c, ticket.unit_id, local_day(now, house.zone))
    held = people.roles(c, ticket.answerer_id) if ticket.answerer_id else ()
    roles = [each.role for each in held if each.unit_id in line and each.role in ANSWERING]
    return house.words(f"ticket.by_{min(roles, key=ANSWERING.index)}") if roles else ""


def tell_holder(
    c: Connection, house: House, ticket: Ticket, key: str, by: Person, now: datetime
) -> None:
    """Tell who took a question that somebody else is done with it."""
    if ticket.holder_id not in (None, by.id):
        for chat_id in _private(c, [ticket.holder_id], now):
            text = house.words(f"ticket.{key}", ticket=ticket, by=by.name)
            deliveries.queue(c, Letter(chat_id, text, about=subject(ticket)), now)
