"""An answer becomes an entry, or the question one more wording of an entry that there is."""

from typing import Any

from bot.commands import Call
from bot.feature import Feature
from bot.handlers import proposal
from bot.lesson import keep
from bot.ticket import hidden, masked
from bot.turn import Answer, Turn
from domain.answer import says_unsure, says_yes
from domain.entry_choice import Lesson, Standpoint
from domain.faq import Entry
from domain.key import key_of
from domain.masking import Private, without_names
from domain.people import DECIDING, Right
from domain.text import clean, fold, words
from storage import documents, entries, tickets, units
from storage.entries import Proposal
from storage.tickets import Ticket

feature = Feature("learn")

KEEP, WORDING, OWN, NEW, STOP, NONE = "keep", "wording", "own", "new", "stop", "none"
LEAST_WORDS = 2
LONGEST = 300


@feature.press("begin")
def begin_pressed(turn: Turn, argument: str) -> None:
    begin(turn, _numbered(turn, argument))


@feature.command("learn")
def begin_said(turn: Turn, argument: str) -> None:
    """In words: the number of an answered question, else the one answered last."""
    last = tickets.last_answered(turn.c, turn.person.id)
    begin(turn, _numbered(turn, argument) if argument.lstrip("#").isdecimal() else last)


def _numbered(turn: Turn, argument: str) -> Ticket | None:
    number = key_of(argument)
    return tickets.get(turn.c, number) if number else None


def begin(turn: Turn, ticket: Ticket | None) -> None:
    """Show the question without names and numbers, to be looked over."""
    if ticket is None or ticket.answered_at is None:
        turn.say("learn.nothing")
    elif not turn.may(Right.ANSWER, ticket.unit_id):
        turn.say("door.not_allowed")
    elif _learnt(turn, ticket):
        turn.say("learn.before", ticket=ticket)
    else:
        _show(turn, ticket.id, _cleaned(turn, ticket.question, ticket.asker))


def _show(turn: Turn, ticket_id: int, question: str) -> None:
    rows = [[(KEEP, turn.words("learn.keep")), (STOP, turn.words("learn.stop"))]]
    data = {"ticket": ticket_id, "question": question}
    turn.ask("learn.question", "learn.question", rows, data, question=question)


def _learnt(turn: Turn, ticket: Ticket) -> bool:
    """Whether the answer is in the FAQ now."""
    kept = entries.get(turn.c, ticket.entry_id) if ticket.entry_id else None
    return kept is not None and not kept.dropped


def _cleaned(turn: Turn, text: str, *names: str) -> str:
    """One line without what belongs to a person."""
    line = " ".join(clean(masked(turn.house, text)).split())
    return without_names(line, names, hidden(turn.house, Private.NAME))


@feature.step("question")
def question_seen(turn: Turn, answer: Answer) -> None:
    """The question as it is to be kept; then from which document the answer is."""
    choice = turn.meant(answer, yes=KEEP, no=STOP)
    if _elsewhere(turn, answer) or _stopped(turn, choice):
        return
    question = turn.data["question"] if choice == KEEP else _cleaned(turn, answer.text)
    if len(words(question)) < LEAST_WORDS or len(question) > LONGEST:
        turn.say("learn.odd_question", most=LONGEST)
        return
    ticket = _ticket(turn)
    if choice != KEEP and not set(words(question)).intersection(words(ticket.question)):
        _show(turn, ticket.id, question)  # "thế cũng được" is no question
        return
    rows = [[(NONE, turn.words("learn.no_source")), (STOP, turn.words("learn.stop"))]]
    turn.ask("learn.source", "learn.source", rows, turn.data | {"question": question})


@feature.step("source")
def source_given(turn: Turn, answer: Answer) -> None:
    """Where an entry is near, what to do beside it; else a new entry is made."""
    choice = turn.meant(answer, no=NONE)
    if _elsewhere(turn, answer) or _stopped(turn, choice):
        return
    if says_yes(answer.text):
        turn.say("learn.source_please")
        return
    unsure = choice == NONE or says_unsure(answer.text)
    source = "" if unsure else " ".join(clean(answer.text).split())
    if len(source) > LONGEST:
        turn.say("learn.long_source", most=LONGEST)
        return
    data = turn.data | {"source": source}
    ticket = _ticket(turn)
    at = Standpoint(tuple(turn.line(ticket.unit_id)), turn.day)
    turn.house.faq.refresh(turn.c)
    hits = turn.house.faq.search(data["question"], 1, at)
    if hits and hits[0].score >= turn.house.thresholds.offer:
        _show_near(turn, ticket, data, hits[0].entry)
    else:
        _finish(turn, ticket, data, NEW)


def _show_near(turn: Turn, ticket: Ticket, data: dict[str, Any], near: Entry) -> None:
    unit = units.get(turn.c, _scope(turn, ticket)).name
    ways = {WORDING: "as_wording", OWN: "as_own", NEW: "as_new", STOP: "stop"}
    rows = [[(value, turn.words(f"learn.{key}", unit=unit))] for value, key in ways.items()]
    turn.ask("learn.near", "learn.near", rows, data | {"near": near.id}, entry=near, unit=unit)


@feature.step("near")
def beside_chosen(turn: Turn, answer: Answer) -> None:
    choice = turn.chosen(answer)
    if choice and not _stopped(turn, choice):
        _finish(turn, _ticket(turn), turn.data, choice)


def _ticket(turn: Turn) -> Ticket:
    """The ticket of the open conversation."""
    ticket = tickets.get(turn.c, turn.data["ticket"])
    assert ticket is not None
    return ticket


def _elsewhere(turn: Turn, answer: Answer) -> bool:
    """Whether they said a command instead, which is then heard."""
    called = turn.house.vocabulary.parse(answer.text)
    if isinstance(called, Call) and not called.argument:
        turn.hear_anew()
        return True
    return False


def _stopped(turn: Turn, choice: str) -> bool:
    if choice == STOP:
        turn.end()
        turn.say("learn.stopped")
    return choice == STOP


def _scope(turn: Turn, ticket: Ticket) -> int:
    """The unit for which the person speaks: the lowest of the ticket's line where they may."""
    mine = set(turn.where(Right.ANSWER))
    return next(above for above in turn.line(ticket.unit_id) if above in mine)


def _finish(turn: Turn, ticket: Ticket, data: dict[str, Any], how: str) -> None:
    turn.end()
    lesson = _lesson(turn, ticket, data, how)
    if _learnt(turn, ticket):
        turn.say("learn.before", ticket=ticket)
    elif turn.house.faq_rules.second_approval:
        proposal.propose(turn, ticket, lesson)
    else:
        keep(turn.c, turn.house, Proposal(0, ticket.id, turn.person.id, lesson), None, turn.now)
        turn.say(f"learn.kept_{how}", lesson=lesson, **proposal.beside(turn, lesson))


def _lesson(turn: Turn, ticket: Ticket, data: dict[str, Any], how: str) -> Lesson:
    unit_id = _scope(turn, ticket)
    near = turn.house.faq.get(data.get("near", ""))
    expert = {role.role for role in turn.roles}.isdisjoint(DECIDING)
    unit = units.get(turn.c, unit_id).name
    by = turn.words("learn.by", unit=unit, day=turn.day, expert=expert)
    return Lesson(
        question=data["question"],
        answer=ticket.answer or "",
        topic=near.topic if near else ticket.topic,
        source=data["source"] or by,
        unit_id=unit_id,
        wording_of=data["near"] if how == WORDING else None,
        replaces=data["near"] if how == OWN else None,
        document_id=_document(turn, ticket, data["source"]),
        files=tuple(ticket.files),
    )


def _document(turn: Turn, ticket: Ticket, source: str) -> int | None:
    """The document of the library whose number the source names."""
    named = f" {fold(source)} "
    known = documents.seen_from(turn.c, turn.line(ticket.unit_id))
    return next((each.id for each in known if f" {fold(each.number)} " in named), None)
