"""Somebody takes an open question: the others see who has it in hand."""

from bot.feature import Feature
from bot.handlers.ticket import done_before, mine, numbered
from bot.ticket import hand, subject
from bot.turn import Turn
from domain.answer import bare
from domain.key import key_of
from storage import tickets
from storage.tickets import Ticket

feature = Feature("ticket_take")


@feature.press("this")
def take_pressed(turn: Turn, argument: str) -> None:
    if (number := key_of(argument)) and (ticket := mine(turn, number)):
        _take(turn, ticket)


@feature.command("take")
def take_said(turn: Turn, argument: str) -> None:
    """`tôi nhận câu 12`."""
    number, rest = numbered(argument)
    if number is None or bare(rest):
        _ask_number(turn)
    elif ticket := mine(turn, number):
        _take(turn, ticket)


@feature.command("take_this")
def take_this(turn: Turn, argument: str) -> None:
    """`tôi nhận`: the only open question of which this chat was told."""
    told = tickets.open_told_to(turn.c, turn.chat.id)
    if len(told) != 1:
        _ask_number(turn)
    elif ticket := mine(turn, told[0]):
        _take(turn, ticket)


def _ask_number(turn: Turn) -> None:
    """In a group such words may be meant for somebody else."""
    if turn.message.addressed:
        turn.say("ticket.take_how")


def _take(turn: Turn, ticket: Ticket) -> None:
    again = turn.house.tickets.climb_at(1, turn.now, turn.house.quiet)
    if tickets.take(turn.c, ticket.id, turn.person.id, again):
        _taken(turn, ticket)
    elif ticket.open:
        turn.tell(turn.chat.id, "ticket.taken_before", about=subject(ticket), ticket=ticket)
    else:
        done_before(turn, ticket)


def _taken(turn: Turn, ticket: Ticket) -> None:
    """Show the question where it has not been seen, and tell the others who has it."""
    told = tickets.chats_told(turn.c, ticket.id)
    new = turn.chat.id not in told
    turn.tell(turn.chat.id, "ticket.taken", about=subject(ticket), ticket=ticket, new=new)
    if new:
        hand(turn.c, ticket, turn.chat.id, ticket.question_files, turn.now)
    for chat_id in told:
        if chat_id != turn.chat.id and ticket.holder_id != turn.person.id:
            by = turn.person.name
            turn.tell(chat_id, "ticket.held", about=subject(ticket), ticket=ticket, by=by)
