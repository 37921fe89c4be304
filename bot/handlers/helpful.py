"""Whether an answer helped: said by button or by word, or seen when the same is asked again."""

from datetime import timedelta

from bot.feature import Feature
from bot.handlers import ticket
from bot.ticket import masked
from bot.turn import Answer, Rows, Turn
from domain.channel import Choice
from domain.faq import Entry
from domain.key import key_of
from domain.people import Right
from domain.ticket import reformulates
from storage import questions
from storage.questions import Given

feature = Feature("helpful")

YES, NO = "yes", "no"
REMEMBERED = timedelta(hours=1)
"""How long "it did not help" may be said without saying of which answer."""

REFORMULATED_WITHIN = timedelta(minutes=2)


def note(turn: Turn, entry: Entry, asked: str) -> int:
    """Keep that this answer is given; its number."""
    return questions.gave(
        turn.c,
        entry_id=entry.id,
        question=masked(turn.house, asked),
        person_id=turn.person.id,
        chat_id=turn.chat.id,
        unit_id=turn.unit_id,
        now=turn.now,
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
    since = turn.now - REFORMULATED_WITHIN
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
    if given := last(turn):
        questions.rate(turn.c, given.id, helpful=True)
        turn.say("helpful.thanks")


@feature.command("unhelpful")
def said_no(turn: Turn, argument: str) -> None:
    if given := last(turn):
        _disliked(turn, given)


def last(turn: Turn) -> Given | None:
    """The answer that is meant; in a group such words are often said to somebody else."""
    since = turn.now - REMEMBERED
    given = questions.last_given(turn.c, turn.chat.id, turn.person.id, since)
    if given is None and turn.message.addressed:
        turn.say("helpful.nothing")
    return given


def _disliked(turn: Turn, given: Given) -> None:
    questions.rate(turn.c, given.id, helpful=False)
    rows = [[(YES, turn.words("helpful.carry")), (NO, turn.words("helpful.leave"))]]
    turn.ask("helpful.carry", "helpful.sorry", rows, {"given": given.id})


@feature.step("carry")
def carried(turn: Turn, answer: Answer) -> None:
    """Whether somebody who knows shall be asked; other words are another question."""
    given = questions.get(turn.c, turn.data["given"])
    choice = turn.meant(answer, yes=YES, no=NO)
    if not choice or given is None:
        turn.hear_anew()
        return
    turn.end()
    if choice == YES:
        entry = turn.house.faq.get(given.entry_id)
        ticket.open_ticket(turn, given.question, entry.topic if entry else "")
    else:
        turn.say("helpful.left")
