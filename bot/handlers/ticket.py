"""Questions that the FAQ cannot answer: carried up the unit's line, and the answer carried back."""

from collections.abc import Sequence

from bot.feature import Feature
from bot.turn import Turn
from domain.people import Right, Role
from storage import chats, people, tickets, units
from storage.chats import KnownChat
from storage.tickets import Ticket

feature = Feature("ticket")

LISTED = 15


def open_ticket(turn: Turn, text: str) -> None:
    """Say honestly that Loa does not know, and ask who may."""
    if turn.unit_id is None:
        turn.say("ticket.nobody_to_ask")
        return
    helpers = _helpers(turn, turn.unit_id)
    ticket_id = tickets.add(turn.c, turn.unit_id, turn.person.id, turn.chat.id, text, turn.now)
    turn.say("ticket.opened" if helpers else "ticket.opened_unheld", ticket_id=ticket_id)
    unit = units.get(turn.c, turn.unit_id).name
    for chat in helpers:
        turn.tell(
            chat.id,
            "ticket.new",
            about=f"ticket:{ticket_id}",
            ticket_id=ticket_id,
            unit=unit,
            asker=turn.person.name,
            question=text,
        )


def _helpers(turn: Turn, unit_id: int) -> Sequence[KnownChat]:
    """The private chats of the nearest coordinators up the line, else experts, else admins."""
    for roles in ({Role.COORDINATOR}, {Role.EXPERT}, {Role.ADMINISTRATOR}):
        for above in turn.line(unit_id):
            holders = people.holders(turn.c, above, roles)
            others = [person.id for person in holders if person.id != turn.person.id]
            if found := chats.private_of(turn.c, others):
                return found
    return []


@feature.command("tickets")
def waiting(turn: Turn, argument: str) -> None:
    """The open questions that one may answer."""
    tops = turn.where(Right.ANSWER)
    if not tops:
        turn.say("door.not_allowed")
        return
    known = {each.id: each for top in tops for each in tickets.unanswered(turn.c, top, turn.day)}
    held = sorted(known.values(), key=lambda each: each.id)
    turn.say("ticket.list" if held else "ticket.none", tickets=held[:LISTED], count=len(held))


@feature.command("answer")
def answered_by_number(turn: Turn, argument: str) -> None:
    """`/traloi 12 the answer`."""
    key, _, text = argument.lstrip("#").partition(" ")
    if key.isdigit() and text.strip():
        _answer(turn, int(key), text.strip())
    else:
        turn.say("ticket.how")


@feature.reply("ticket")
def answered_by_reply(turn: Turn, key: str) -> None:
    """A reply to the message that told of the question."""
    if turn.message.text:
        _answer(turn, int(key), turn.message.text)
    else:
        turn.say("ticket.words_please")


def _answer(turn: Turn, ticket_id: int, text: str) -> None:
    ticket = tickets.get(turn.c, ticket_id)
    if ticket is None:
        turn.say("ticket.unknown", ticket_id=ticket_id)
    elif not turn.may(Right.ANSWER, ticket.unit_id):
        turn.say("door.not_allowed")
    elif tickets.answer(turn.c, ticket_id, text, turn.person.id, turn.now):
        _carry_back(turn, ticket, text)
    else:
        turn.say("ticket.answered_before", ticket_id=ticket_id)


def _carry_back(turn: Turn, ticket: Ticket, text: str) -> None:
    turn.tell(
        ticket.chat_id,
        "ticket.answer",
        asker=ticket.asker,
        question=ticket.question,
        answer=text,
        by=turn.person.name,
    )
    turn.say("ticket.carried", ticket_id=ticket.id, asker=ticket.asker)
