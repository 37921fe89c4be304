"""Whether an answer helped: said by button or by word, or seen when the same is asked again."""

from collections.abc import Sequence
from datetime import timedelta

from bot import attachment
from bot.feature import Feature
from bot.handlers import again, ticket
from bot.handlers.ticket import Question
from bot.ticket import masked
from bot.turn import Answer, Rows, Turn
from domain.channel import Choice
from domain.faq import Entry
from domain.key import key_of
from domain.people import Right
from domain.ticket import complains, reformulates, settles
from storage import questions
from storage.questions import Given
from storage.tickets import Ticket

feature = Feature("helpful")

YES, NO = "yes", "no"
REMEMBERED = timedelta(hours=1)
"""How long "it did not help" may be said without saying of which answer."""


def note(turn: Turn, entry: Entry, asked: str, files: Sequence[int] = ()) -> int:
    """Keep that this answer is given, and with which files it was asked; its number."""
    return questions.gave(
        turn.c,
        entry_id=entry.id,
        question=masked(turn.house, asked),
        person_id=turn.person.id,
        chat_id=turn.chat.id,
        unit_id=turn.unit_id,
        now=turn.now,
        files=files,
    )


def choices(turn: Turn, given_id: int) -> Rows:
    """The buttons under an answer, more for a coordinator; where there are none, words do."""
    if not turn.has_buttons:
        return ()
    told = [
        Choice(turn.words(f"helpful.{each}"), f"helpful.{each}:{given_id}") for each in (YES, NO)
    ]
    if turn.in_group or not turn.where(Right.ANSWER):
        return [told]
    ways = {"history": "see_history", "drop": "drop"}
    kept = [
        Choice(turn.words(f"entry.{key}"), f"entry.{way}:{given_id}") for way, key in ways.items()
    ]
    return [told, kept]


def note_reformulation(turn: Turn, text: str) -> None:
    """Whoever asks the same in other words shortly after an answer was not helped by it."""
    since = turn.now - again.AT_ONCE
    before = questions.last_given(turn.c, turn.chat.id, turn.person.id, since)
    if before and not before.helpful and reformulates(masked(turn.house, text), before.question):
        questions.reformulated(turn.c, before.id)


@feature.press(YES)
def liked(turn: Turn, argument: str) -> None:
    if given := _pressed(turn, argument):
        questions.rate(turn.c, given.id, helpful=True)
        turn.notice = turn.words("helpful.thanks")


@feature.press(NO)
def disliked(turn: Turn, argument: str) -> None:
    if given := _pressed(turn, argument):
        _disliked(turn, given)


def _pressed(turn: Turn, argument: str) -> Given | None:
    number = key_of(argument)
    given = questions.get(turn.c, number) if number else None
    if given is None or given.chat_id != turn.chat.id:
        turn.notice = turn.words("door.old_button")
        return None
    if given.person_id != turn.person.id:
        turn.notice = turn.words("helpful.not_yours")
        return None
    return given


@feature.command("helpful")
def said_yes(turn: Turn, argument: str) -> None:
    if (last := _last(turn)) is None:
        _nothing(turn)
    else:
        _helped(turn, last)


@feature.command("unhelpful")
def said_no(turn: Turn, argument: str) -> None:
    if (last := _last(turn)) is None:
        _nothing(turn)
    else:
        _did_not_help(turn, last, turn.message.text, attachment.of_question(turn))


def said_so(turn: Turn, text: str, files: Sequence[int]) -> bool:
    """Whether other words say that the last answer helped or did not: "vẫn chưa được ạ, nó …"."""
    complaint = complains(text)
    last = _last(turn) if complaint or settles(text) else None
    if last is None:
        return False
    if complaint:
        _did_not_help(turn, last, text, files)
    else:
        _helped(turn, last)
    return True


def _last(turn: Turn) -> Given | Ticket | None:
    """What is meant: the last answer from the FAQ, or a person's, or the question last carried."""
    given, asked = _last_given(turn), again.last(turn)
    return asked if asked and (given is None or asked.moment >= given.at) else given


def last(turn: Turn) -> Given | None:
    """The answer from the FAQ that is meant; in a group such words are often said to others."""
    given = _last_given(turn)
    if given is None:
        _nothing(turn)
    return given


def _last_given(turn: Turn) -> Given | None:
    since = turn.now - REMEMBERED
    return questions.last_given(turn.c, turn.chat.id, turn.person.id, since)


def _nothing(turn: Turn) -> None:
    if turn.message.addressed:
        turn.say("helpful.nothing")


def _helped(turn: Turn, last: Given | Ticket) -> None:
    if isinstance(last, Given):
        questions.rate(turn.c, last.id, helpful=True)
    turn.say("helpful.thanks")


def _did_not_help(turn: Turn, last: Given | Ticket, text: str, files: Sequence[int]) -> None:
    if isinstance(last, Given):
        _disliked(turn, last, text, files)
    else:
        again.said(turn, last, text, files)


def _disliked(turn: Turn, given: Given, text: str = "", files: Sequence[int] = ()) -> None:
    questions.rate(turn.c, given.id, helpful=False)
    rows = [[(YES, turn.words("helpful.carry")), (NO, turn.words("helpful.leave"))]]
    data = {"given": given.id, "added": text, "files": files}
    turn.ask("helpful.carry", "helpful.sorry", rows, data)


@feature.step("carry")
def carried(turn: Turn, answer: Answer) -> None:
    """Whether somebody who knows shall be asked; other words are another question."""
    given = questions.get(turn.c, turn.data["given"])
    data, choice = turn.data, turn.meant(answer, yes=YES, no=NO)
    if not choice or given is None:
        turn.hear_anew()
        return
    turn.end()
    if choice == YES:
        entry = turn.house.faq.get(given.entry_id)
        files = [*given.files, *data["files"]]
        topic = entry.topic if entry else ""
        ticket.open_ticket(turn, Question(given.question, topic, files, data["added"]))
    else:
        turn.say("helpful.left")
