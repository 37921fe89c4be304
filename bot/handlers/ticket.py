"""Questions that the FAQ cannot answer: carried up the unit's line, and looked at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.feature import Feature
from bot.handlers import again
from bot.ticket import begin, hand, masked, show, subject
from bot.turn import Turn
from domain.answer import bare
from domain.people import Right
from domain.ticket import reformulates
from scheduler.telemetry import Count
from storage import files, tickets
from storage.tickets import Ticket

feature = Feature("ticket")

LISTED = 15
_NUMBER = re.compile(r"\s*(?:câu(?:\s+hỏi)?|cau(?:\s+hoi)?|số|so)?\s*#?(\d{1,15})\b[\s:.,]*", re.I)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, with these files; `added` is what they said when the FAQ had answered."""

    text: str
    topic: str = ""
    files: Sequence[int] = ()
    added: str = ""


def open_ticket(turn: Turn, asked: Question) -> None:
    """Say honestly that Loa does not know, and ask who may; at night they are asked later."""
    if turn.unit_id is None:
        turn.say("ticket.nobody_to_ask")
        return
    question = masked(turn.house, asked.text)
    if before := tickets.asked_before(turn.c, turn.person.id, question):
        turn.say("ticket.asked_before", ticket=before, hours=before.hours(turn.now))
    elif before := _reformulated(turn, question):
        again.said(turn, before, asked.text, asked.files)
    else:
        _open(turn, question, asked)


def _reformulated(turn: Turn, question: str) -> Ticket | None:
    """The ticket that is asked again in other words."""
    before = again.last(turn)
    just = before is not None and turn.now - before.moment <= again.AT_ONCE
    return before if before and just and reformulates(question, before.question) else None


def _open(turn: Turn, question: str, asked: Question) -> None:
    assert turn.unit_id is not None
    kept = [each.id for each in files.of_ids(turn.c, asked.files)]
    ticket_id = tickets.add(
        turn.c,
        unit_id=turn.unit_id,
        asker_id=turn.person.id,
        chat_id=turn.chat.id,
        question=question,
        topic=asked.topic,
        now=turn.now,
        added=masked(turn.house, asked.added),
        files=kept,
    )
    turn.count(Count.QUESTIONS, "ticket")
    told = begin(turn.c, turn.house, ticket_id, turn.now)
    about = again.of_asking(turn, ticket_id)
    turn.tell(turn.chat.id, told.key, about=about, files=kept, **told.values)


@feature.command("tickets")
def waiting(turn: Turn, argument: str) -> None:
    """The open questions that one may answer, else one's own; with a number that one, whole."""
    number, rest = numbered(argument)
    if number is not None and not bare(rest):
        _look(turn, number)
        return
    answers = bool(turn.where(Right.ANSWER))
    found = to_answer(turn) if answers else tickets.open_of(turn.c, turn.person.id)
    held = [(ticket, ticket.hours(turn.now)) for ticket in found]
    key = ("list" if answers else "own") if held else ("none" if answers else "none_own")
    turn.say(f"ticket.{key}", tickets=held[:LISTED], count=len(held))


def _look(turn: Turn, number: int) -> None:
    """One question with its files: for whoever may answer it, and for its asker."""
    ticket = tickets.get(turn.c, number)
    if ticket is not None and ticket.asker_id == turn.person.id:
        about = again.of_asking(turn, ticket.id)
        turn.tell(turn.chat.id, "ticket.whole", about=about, ticket=ticket)
    elif found := mine(turn, number):
        if found.open:
            show(turn.c, turn.house, found, turn.chat.id, found.question_files, turn.now)
        else:
            turn.tell(turn.chat.id, "ticket.whole", about=subject(found), ticket=found)
            hand(turn.c, found, turn.chat.id, found.question_files, turn.now)


def to_answer(turn: Turn) -> list[Ticket]:
    """The open questions that this person may answer, the oldest first."""
    tops = turn.where(Right.ANSWER)
    known = {each.id: each for top in tops for each in tickets.unanswered(turn.c, top, turn.day)}
    return sorted(known.values(), key=lambda each: each.id)


def mine(turn: Turn, ticket_id: int) -> Ticket | None:
    """The ticket, if this person may answer it; else None, and a sentence about it."""
    ticket = tickets.get(turn.c, ticket_id)
    if ticket is None:
        turn.say("ticket.unknown", ticket_id=ticket_id)
    elif not turn.may(Right.ANSWER, ticket.unit_id):
        turn.say("door.not_allowed")
    else:
        return ticket
    return None


def done_before(turn: Turn, ticket: Ticket) -> None:
    """Somebody has answered or closed it."""
    own = ticket.answerer_id == turn.person.id
    turn.say("ticket.done_before", ticket=ticket, mine=own)


def numbered(argument: str) -> tuple[int | None, str]:
    """The number at the beginning, and what follows it."""
    found = _NUMBER.match(argument)
    if found is None:
        return None, argument
    return int(found[1]), argument[found.end() :].strip()
