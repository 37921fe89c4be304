"""An open question is answered: in a reply, by its number, or by naming it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot import attachment
from bot.commands import Call
from bot.feature import Feature
from bot.handlers import ticket_take
from bot.handlers.ticket import done_before, mine, numbered
from bot.handlers.ticket_alike import carried_back, offer
from bot.lesson import mend
from bot.ticket import carry_back, tell_holder
from bot.turn import Answer, Turn
from domain.answer import bare
from domain.people import Right
from domain.ticket import promises
from storage import tickets
from storage.tickets import Ticket

feature = Feature("ticket_answer")

SEND, LEAVE = "send", "leave"
ALBUM = "answer"
"""What is said to an album that answers a question is about that, its number and the album."""

_TAKING = ("take", "take_this", "acknowledge")
_SHORT_ANSWERS = frozenset({"co", "khong", "ko", "chua"})
_NAMED = re.compile(
    r"(?:câu|cau)(?:\s+(?:hỏi|hoi))?(?:\s+(?:số|so))?\s*#?(?P<number>\d{1,15})"
    r"(?:\s*(?P<sign>[:.,;)–-]+)\s*|\s+)(?P<text>[^\d\s].*)",
    re.I | re.S,
)


@feature.command("answer")
def answered_by_number(turn: Turn, argument: str) -> None:
    """`/traloi 12 the answer`."""
    number, text = numbered(argument)
    if number is not None and text:
        give(turn, number, text)
    else:
        turn.say("ticket.how")


@feature.reply("ticket")
def answered_by_reply(turn: Turn, key: str) -> None:
    """A reply to what told of the question; "tôi nhận" takes it, thanks answer nothing."""
    text = turn.message.text
    if _takes(turn, text):
        ticket_take.take_pressed(turn, key)
    elif turn.house.vocabulary.small_talk(text) and bare(text) not in _SHORT_ANSWERS:
        turn.say("ticket.no_answer", ticket_id=key)
    else:
        give(turn, int(key), text)


def _takes(turn: Turn, text: str) -> bool:
    call = turn.house.vocabulary.parse(text)
    takes = isinstance(call, Call) and call.command in _TAKING
    return takes or bare(text) == "nhan" or promises(text)


def give(turn: Turn, ticket_id: int, text: str, kept: Sequence[int] = ()) -> None:
    """Answer with these words, the files `kept` before and that of the message."""
    if (ticket := mine(turn, ticket_id)) is None:
        return
    if (sent := attachment.keep(turn)) is None:
        return
    files = [*kept, *sent]
    answer, who = text or turn.words("ticket.see_files"), turn.person
    if not (text or files):
        turn.say("ticket.words_please")
    elif tickets.answer(turn.c, ticket_id, answer, who.id, turn.now, files=files):
        tell_holder(turn.c, turn.house, ticket, "held_answered", who, turn.now)
        reached = carried_back(turn, ticket_id)
        offer(turn, ticket, reached, about=of_answer(turn, ticket))
    else:
        done_before(turn, ticket)


def by_name(turn: Turn, text: str) -> bool:
    """`câu 12: the answer`, to an open question that is theirs to answer; whether it is that.

    Without a sign behind the number it is asked whether so.
    """
    found = _NAMED.fullmatch(text)
    ticket = tickets.get(turn.c, int(found["number"])) if found else None
    if found is None or ticket is None or not _waits(turn, ticket, bool(found["sign"])):
        return False
    said = found["text"]
    if promises(said):
        ticket_take.take_pressed(turn, found["number"])
    elif found["sign"]:
        give(turn, ticket.id, said)
    else:
        _is_it(turn, ticket, said)
    return True


def _waits(turn: Turn, ticket: Ticket, signed: bool) -> bool:
    """Whether a question waits for this person; in a group's own talk, if it was told there."""
    if not ticket.open or not turn.may(Right.ANSWER, ticket.unit_id):
        return False
    return turn.spoken_to or (signed and ticket.id in tickets.open_told_to(turn.c, turn.chat.id))


def _is_it(turn: Turn, ticket: Ticket, text: str) -> None:
    """Ask whether the words answer the question, or are one of their own about an item."""
    if (files := attachment.keep(turn)) is None:
        return
    rows = [[(SEND, turn.words("ticket.is_answer")), (LEAVE, turn.words("ticket.is_question"))]]
    data = {"ticket": ticket.id, "text": text, "files": files, "whole": turn.message.text}
    turn.ask("ticket_answer.named", "ticket.is_it", rows, data, ticket=ticket, text=text)


@feature.step("named")
def named(turn: Turn, answer: Answer) -> None:
    """Whether it was the answer; else it is a question of their own, with its file."""
    data, choice = turn.data, turn.meant(answer, yes=SEND, no=LEAVE)
    if not choice:
        turn.hear_anew()
        return
    if choice == SEND:
        turn.end()
        give(turn, data["ticket"], data["text"], data["files"])
    else:
        turn.next = ("ask.question", Answer(data["whole"]))


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


def of_answer(turn: Turn, ticket: Ticket) -> str | None:
    return attachment.of_album(turn, f"{ALBUM}:{ticket.id}")
