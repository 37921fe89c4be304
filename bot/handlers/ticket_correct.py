"""An answer is corrected, or a question closed without one."""

from dataclasses import replace

from bot import attachment
from bot.feature import Feature
from bot.handlers.ticket import done_before, mine, numbered
from bot.handlers.ticket_alike import carried_back, learn_choice
from bot.handlers.ticket_answer import give, of_answer
from bot.lesson import mend
from bot.ticket import carry_back, tell_holder
from bot.turn import Turn
from storage import tickets
from storage.tickets import Ticket

feature = Feature("ticket_correct")


@feature.command("correct")
def corrected(turn: Turn, argument: str) -> None:
    """`sửa trả lời 12 the right answer`, by whoever gave the wrong one."""
    number, text = numbered(argument)
    if number is None or not text:
        turn.say("ticket.correct_how")
        return
    ticket = mine(turn, number)
    if ticket is None:
        return
    if ticket.answerer_id != turn.person.id:
        turn.say("ticket.not_yours", ticket=ticket)
    elif ticket.open:
        give(turn, number, text)  # its answer did not help
    else:
        _correct(turn, ticket, text)


def _correct(turn: Turn, ticket: Ticket, text: str) -> None:
    number = ticket.id
    if (files := attachment.keep(turn)) is None:
        return
    tickets.correct(turn.c, number, text, files)
    ticket = replace(ticket, answer=text, files=files)
    mend(turn.c, turn.house, ticket, turn.person.id, turn.now)
    reached = carried_back(turn, number, "corrected")
    for each in tickets.answered_along(turn.c, number):
        carried_back(turn, each.id, "corrected")
    turn.tell(
        turn.chat.id,
        "ticket.correction_carried",
        choices=learn_choice(turn, number),
        about=of_answer(turn, ticket),
        ticket=ticket,
        reached=reached,
    )


@feature.command("close")
def closed(turn: Turn, argument: str) -> None:
    """`đóng câu hỏi 12 why`: given up, with a word to the asker."""
    number, why = numbered(argument)
    if number is None:
        turn.say("ticket.close_how")
    elif ticket := mine(turn, number):
        if tickets.close(turn.c, number, turn.now):
            bare = replace(ticket, files=())
            reached = carry_back(turn.c, turn.house, bare, "closed", turn.now, why=why)
            tell_holder(turn.c, turn.house, ticket, "held_closed", turn.person, turn.now)
            turn.say("ticket.close_carried", ticket=ticket, reached=reached)
        else:
            done_before(turn, ticket)
