"""Questions that the FAQ cannot answer: carried up the unit's line, and the answer carried back."""

import re
from dataclasses import replace

from bot import attachment
from bot.commands import Call
from bot.feature import Feature
from bot.lesson import mend
from bot.ticket import carry_back, climb, masked
from bot.turn import Answer, Rows, Turn
from domain.answer import bare
from domain.channel import Choice
from domain.key import key_of
from domain.people import Right
from domain.text import shorten
from domain.ticket import alike, promises
from scheduler.telemetry import Count
from storage import tickets
from storage.tickets import Ticket

feature = Feature("ticket")

LISTED = 15
COMPARED = 50
"""Open questions that are compared with one just answered, the newest ones."""

SEND, LEAVE = "send", "leave"
ALBUM = "answer"
"""What is said to an album that answers a question is about that, its number and the album."""

_TAKING = ("take", "take_this", "acknowledge")
_SHORT_ANSWERS = frozenset({"co", "khong", "ko", "chua"})
_NUMBER = re.compile(r"\s*(?:câu(?:\s+hỏi)?|cau(?:\s+hoi)?|số|so)?\s*#?(\d{1,15})\b[\s:.,]*", re.I)


def open_ticket(turn: Turn, text: str, topic: str) -> None:
    """Say honestly that Loa does not know, and ask who may; at night they are asked later."""
    if turn.unit_id is None:
        turn.say("ticket.nobody_to_ask")
        return
    question = masked(turn.house, text)
    if before := tickets.asked_before(turn.c, turn.person.id, question):
        turn.say("ticket.asked_before", ticket=before, hours=before.hours(turn.now))
        return
    ticket_id = tickets.add(
        turn.c,
        unit_id=turn.unit_id,
        asker_id=turn.person.id,
        chat_id=turn.chat.id,
        question=question,
        topic=topic,
        now=turn.now,
    )
    turn.count(Count.QUESTIONS, "ticket")
    _carry(turn, ticket_id)
    if attachment.is_with(turn):
        turn.say("ticket.picture_stays")


def _carry(turn: Turn, ticket_id: int) -> None:
    if turn.house.quiet.at(turn.now):
        morning = turn.house.quiet.over(turn.now)
        tickets.climb_at(turn.c, ticket_id, morning)
        turn.say("ticket.opened_at_night", ticket_id=ticket_id, at=morning)
    else:
        held = climb(turn.c, turn.house, ticket_id, turn.now)
        turn.say("ticket.opened" if held else "ticket.opened_unheld", ticket_id=ticket_id)


@feature.command("tickets")
def waiting(turn: Turn, argument: str) -> None:
    """The open questions that one may answer, else one's own; their age and who holds them."""
    answers = bool(turn.where(Right.ANSWER))
    found = _waiting(turn) if answers else tickets.open_of(turn.c, turn.person.id)
    held = [(ticket, ticket.hours(turn.now)) for ticket in found]
    key = ("list" if answers else "own") if held else ("none" if answers else "none_own")
    turn.say(f"ticket.{key}", tickets=held[:LISTED], count=len(held))


def _waiting(turn: Turn) -> list[Ticket]:
    tops = turn.where(Right.ANSWER)
    known = {each.id: each for top in tops for each in tickets.unanswered(turn.c, top, turn.day)}
    return sorted(known.values(), key=lambda each: each.id)


@feature.press("take")
def take_pressed(turn: Turn, argument: str) -> None:
    if (number := key_of(argument)) and (ticket := _mine(turn, number)):
        _take(turn, ticket)


@feature.command("take")
def take_said(turn: Turn, argument: str) -> None:
    """`tôi nhận câu 12`."""
    number, rest = _numbered(argument)
    if number is None or rest:
        _ask_number(turn)
    elif ticket := _mine(turn, number):
        _take(turn, ticket)


@feature.command("take_this")
def take_this(turn: Turn, argument: str) -> None:
    """`tôi nhận`: the only open question of which this chat was told."""
    told = tickets.open_told_to(turn.c, turn.chat.id)
    if len(told) != 1:
        _ask_number(turn)
    elif ticket := _mine(turn, told[0]):
        _take(turn, ticket)


def _ask_number(turn: Turn) -> None:
    """In a group such words may be meant for somebody else."""
    if turn.message.addressed:
        turn.say("ticket.take_how")


def _take(turn: Turn, ticket: Ticket) -> None:
    again = turn.house.tickets.climb_at(1, turn.now, turn.house.quiet)
    if not tickets.take(turn.c, ticket.id, turn.person.id, again):
        if ticket.open:
            turn.say("ticket.taken_before", ticket=ticket)
        else:
            _done_before(turn, ticket)
        return
    turn.say("ticket.taken", ticket=ticket)
    for chat_id in tickets.chats_told(turn.c, ticket.id):
        if chat_id != turn.chat.id and ticket.holder_id != turn.person.id:
            about = f"ticket:{ticket.id}"
            turn.tell(chat_id, "ticket.held", about=about, ticket=ticket, by=turn.person.name)


@feature.command("answer")
def answered_by_number(turn: Turn, argument: str) -> None:
    """`/traloi 12 the answer`."""
    number, text = _numbered(argument)
    if number is not None and text:
        _answer(turn, number, text)
    else:
        turn.say("ticket.how")


@feature.reply("ticket")
def answered_by_reply(turn: Turn, key: str) -> None:
    """A reply to what told of the question; "tôi nhận" takes it, thanks answer nothing."""
    text = turn.message.text
    if _takes(turn, text):
        take_pressed(turn, key)
    elif turn.house.vocabulary.small_talk(text) and bare(text) not in _SHORT_ANSWERS:
        turn.say("ticket.no_answer", ticket_id=key)
    else:
        _answer(turn, int(key), text)


def _takes(turn: Turn, text: str) -> bool:
    call = turn.house.vocabulary.parse(text)
    takes = isinstance(call, Call) and call.command in _TAKING
    return takes or bare(text) == "nhan" or promises(text)


def _answer(turn: Turn, ticket_id: int, text: str) -> None:
    if (ticket := _mine(turn, ticket_id)) is None:
        return
    if (files := attachment.keep(turn)) is None:
        return
    if not (text or files):
        turn.say("ticket.words_please")
    elif tickets.answer(
        turn.c,
        ticket_id,
        text or turn.words("ticket.see_files"),
        turn.person.id,
        turn.now,
        files=files,
    ):
        _answered(turn, ticket, _carry_back(turn, ticket_id))
    else:
        _done_before(turn, ticket)


def _done_before(turn: Turn, ticket: Ticket) -> None:
    mine = ticket.answerer_id == turn.person.id
    turn.say("ticket.done_before", ticket=ticket, mine=mine)


@feature.album(ALBUM)
def file_added(turn: Turn, key: str) -> None:
    """Carry a further file of the album whose first one answered the question."""
    ticket = tickets.get(turn.c, int(key))
    if ticket is None or ticket.answerer_id != turn.person.id:
        return
    if files := attachment.keep(turn):
        tickets.add_files(turn.c, ticket.id, files)
        whole = replace(ticket, files=[*ticket.files, *files])
        mend(turn.c, turn.house, whole, turn.person.id, turn.now)
        for each in [ticket, *tickets.answered_along(turn.c, ticket.id)]:
            carry_back(turn.c, turn.house, replace(each, files=files), "more_files", turn.now)


def _answered(turn: Turn, ticket: Ticket, reached: bool) -> None:
    """Offer to answer those who asked alike, else to keep the answer in the FAQ."""
    others = {
        each.id: each.question
        for each in _waiting(turn)[-COMPARED:]
        if each.asker_id != ticket.asker_id
    }
    house = turn.house
    known = house.faq.shipped, house.abbreviations
    same = alike(ticket.question, others, *known, house.tickets.alike) if others else []
    if same:
        _offer_to_others(turn, ticket, {each: others[each] for each in same}, reached)
    else:
        turn.tell(
            turn.chat.id,
            "ticket.carried",
            choices=_learn_choice(turn, ticket.id),
            about=_of_album(turn, ticket),
            ticket=ticket,
            reached=reached,
        )


def _of_album(turn: Turn, ticket: Ticket) -> str | None:
    return attachment.of_album(turn, f"{ALBUM}:{ticket.id}")


def _offer_to_others(turn: Turn, ticket: Ticket, same: dict[int, str], reached: bool) -> None:
    rows = [[(SEND, turn.words("ticket.send_too")), (LEAVE, turn.words("ticket.leave"))]]
    data = {"ticket": ticket.id, "same": list(same)}
    questions = [(number, shorten(text, 120)) for number, text in same.items()]
    turn.ask(
        "ticket.same",
        "ticket.same",
        rows,
        data,
        about=_of_album(turn, ticket),
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
    reached = [_carry_back(turn, number) for number in asked if _answer_too(turn, number, first)]
    key = "ticket.sent_too" if reached else "ticket.left"
    missed = reached.count(False)
    turn.say(key, _learn_choice(turn, first.id), count=len(reached) - missed, missed=missed)


def _answer_too(turn: Turn, number: int, first: Ticket) -> bool:
    text, now = first.answer or "", turn.now
    return tickets.answer(turn.c, number, text, turn.person.id, now, first.id, first.files)


def _carry_back(turn: Turn, ticket_id: int, key: str = "answer") -> bool:
    ticket = tickets.get(turn.c, ticket_id)
    assert ticket is not None
    return carry_back(turn.c, turn.house, ticket, key, turn.now)


def _learn_choice(turn: Turn, ticket_id: int) -> Rows:
    return [[Choice(turn.words("learn.begin"), f"learn.begin:{ticket_id}")]]


@feature.command("correct")
def corrected(turn: Turn, argument: str) -> None:
    """`sửa trả lời 12 the right answer`, by whoever gave the wrong one."""
    number, text = _numbered(argument)
    if number is None or not text:
        turn.say("ticket.correct_how")
        return
    ticket = _mine(turn, number)
    if ticket is None:
        return
    if ticket.answerer_id != turn.person.id:
        turn.say("ticket.not_yours", ticket=ticket)
        return
    if (files := attachment.keep(turn)) is None:
        return
    tickets.correct(turn.c, number, text, files)
    ticket = replace(ticket, answer=text, files=files)
    mend(turn.c, turn.house, ticket, turn.person.id, turn.now)
    reached = _carry_back(turn, number, "corrected")
    for each in tickets.answered_along(turn.c, number):
        _carry_back(turn, each.id, "corrected")
    turn.tell(
        turn.chat.id,
        "ticket.correction_carried",
        choices=_learn_choice(turn, number),
        about=_of_album(turn, ticket),
        ticket=ticket,
        reached=reached,
    )


@feature.command("close")
def closed(turn: Turn, argument: str) -> None:
    """`đóng câu hỏi 12 why`: given up, with a word to the asker."""
    number, why = _numbered(argument)
    if number is None:
        turn.say("ticket.close_how")
    elif ticket := _mine(turn, number):
        if tickets.close(turn.c, number, turn.now):
            reached = carry_back(turn.c, turn.house, ticket, "closed", turn.now, why=why)
            turn.say("ticket.close_carried", ticket=ticket, reached=reached)
        else:
            _done_before(turn, ticket)


def _mine(turn: Turn, ticket_id: int) -> Ticket | None:
    """The ticket, if this person may answer it; else None, and a sentence about it."""
    ticket = tickets.get(turn.c, ticket_id)
    if ticket is None:
        turn.say("ticket.unknown", ticket_id=ticket_id)
    elif not turn.may(Right.ANSWER, ticket.unit_id):
        turn.say("door.not_allowed")
    else:
        return ticket
    return None


def _numbered(argument: str) -> tuple[int | None, str]:
    """The number at the beginning, and what follows it."""
    found = _NUMBER.match(argument)
    if found is None:
        return None, argument
    return int(found[1]), argument[found.end() :].strip()
