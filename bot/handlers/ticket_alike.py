"""Who asked the same gets the answer too, once whoever gave it says so."""

from bot.feature import Feature
from bot.handlers.ticket import to_answer
from bot.ticket import carry_back, tell_holder
from bot.turn import Answer, Rows, Turn
from domain.channel import Choice
from domain.text import shorten
from domain.ticket import alike
from storage import tickets
from storage.tickets import Ticket

feature = Feature("ticket_alike")

COMPARED = 50
"""Open questions that are compared with one just answered, the newest ones."""

SEND, LEAVE = "send", "leave"


def offer(turn: Turn, ticket: Ticket, reached: bool, about: str | None) -> None:
    """Offer to answer those who asked alike, else to keep the answer in the FAQ."""
    others = {
        each.id: each.question
        for each in to_answer(turn)[-COMPARED:]
        if each.asker_id != ticket.asker_id
    }
    house = turn.house
    known = house.faq.shipped, house.abbreviations
    same = alike(ticket.question, others, *known, house.tickets.alike) if others else []
    if same:
        _offer_to_others(turn, ticket, {each: others[each] for each in same}, reached, about)
    else:
        turn.tell(
            turn.chat.id,
            "ticket.carried",
            choices=learn_choice(turn, ticket.id),
            about=about,
            ticket=ticket,
            reached=reached,
        )


def _offer_to_others(
    turn: Turn, ticket: Ticket, same: dict[int, str], reached: bool, about: str | None
) -> None:
    rows = [[(SEND, turn.words("ticket.send_too")), (LEAVE, turn.words("ticket.leave"))]]
    data = {"ticket": ticket.id, "same": list(same)}
    questions = [(number, shorten(text, 120)) for number, text in same.items()]
    turn.ask(
        "ticket_alike.same",
        "ticket.same",
        rows,
        data,
        about=about,
        ticket=ticket,
        questions=questions,
        reached=reached,
    )


@feature.step("same")
def sent_to_others(turn: Turn, answer: Answer) -> None:
    """Whether those who asked alike get the answer too; other words are heard by themselves."""
    data, choice = turn.data, turn.meant(answer, yes=SEND, no=LEAVE)
    first = tickets.get(turn.c, data["ticket"])
    if not choice or first is None:
        turn.hear_anew()
        return
    turn.end()
    asked = data["same"] if choice == SEND else ()
    reached = [carried_back(turn, number) for number in asked if _answer_too(turn, number, first)]
    key = "ticket.sent_too" if reached else "ticket.left"
    missed = reached.count(False)
    turn.say(key, learn_choice(turn, first.id), count=len(reached) - missed, missed=missed)


def _answer_too(turn: Turn, number: int, first: Ticket) -> bool:
    other, text, who = tickets.get(turn.c, number), first.answer or "", turn.person
    done = tickets.answer(turn.c, number, text, who.id, turn.now, first.id, first.files)
    if other and done:
        tell_holder(turn.c, turn.house, other, "held_answered", who, turn.now)
    return done


def carried_back(turn: Turn, ticket_id: int, key: str = "answer") -> bool:
    ticket = tickets.get(turn.c, ticket_id)
    assert ticket is not None
    return carry_back(turn.c, turn.house, ticket, key, turn.now)


def learn_choice(turn: Turn, ticket_id: int) -> Rows:
    return [[Choice(turn.words("learn.begin"), f"learn.begin:{ticket_id}")]]
