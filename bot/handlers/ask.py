"""A question: answered from the FAQ with its source, or carried to somebody who knows."""

from collections.abc import Sequence

from bot.feature import Feature
from bot.handlers import helpful, ticket
from bot.listening import overheard
from bot.quoting import quote
from bot.turn import Answer, Rows, Turn
from domain.answer import picked_number, says_yes
from domain.entry_choice import Standpoint
from domain.faq import Answer as Known
from domain.faq import Entry, Hit, Offer, decide
from domain.text import words
from scheduler.telemetry import Count

feature = Feature("ask")

OTHER, YES = "other", "yes"
LEAST_WORDS = 2
"""A single word is no question that somebody could answer."""


@feature.command("ask")
def ask(turn: Turn, argument: str) -> None:
    if argument:
        question(turn, argument)
    else:
        turn.ask("ask.question", "ask.what")


@feature.step("question")
def asked(turn: Turn, answer: Answer) -> None:
    turn.end()
    question(turn, answer.text)


def question(turn: Turn, text: str) -> None:
    """Answer, or offer what may be meant, or open a ticket."""
    if talk := turn.house.vocabulary.small_talk(text):
        turn.say(f"ask.{talk}")
        return
    helpful.note_reformulation(turn, text)
    hits = find(turn, text)
    match decide(hits, turn.house.thresholds):
        case Known(hit):
            _answer(turn, hit.entry, text)
        case Offer(offered):
            _offer(turn, text, offered)
        case _ if len(words(text)) < LEAST_WORDS:
            turn.say("ask.more")
        case _:
            _look_into_documents(turn, text, hits[0].entry.topic if hits else "")


def _look_into_documents(turn: Turn, text: str, topic: str) -> None:
    """No entry fits: quote what a document says, else carry the question to somebody who knows."""
    turn.count(Count.QUESTIONS, "missed")
    line = [] if turn.unit_id is None else turn.line(turn.unit_id)
    quoted = quote(turn.c, line, text)
    if quoted is None:
        ticket.open_ticket(turn, text, topic)
        return
    rows = [[(YES, turn.words("ask.quote_fits"))], [(OTHER, turn.words("ask.ask_somebody"))]]
    turn.ask("ask.quoted", "ask.quote", rows, {"question": text, "topic": topic}, quoted=quoted)


@feature.step("quoted")
def quote_read(turn: Turn, answer: Answer) -> None:
    """Whether the passage was what they needed; other words are heard as if nothing was open."""
    before, choice = turn.data, turn.meant(answer, yes=YES, no=OTHER)
    if choice == YES:
        turn.end()
        turn.say("ask.quote_helped")
    elif choice == OTHER:
        turn.end()
        ticket.open_ticket(turn, before["question"], before["topic"])
    else:
        turn.hear_anew()


def find(turn: Turn, text: str) -> Sequence[Hit]:
    """The entries nearest to a question that hold where it is asked."""
    turn.house.faq.refresh(turn.c)
    return turn.house.faq.search(text, at=standpoint(turn))


def standpoint(turn: Turn) -> Standpoint:
    line = [] if turn.unit_id is None else turn.line(turn.unit_id)
    return Standpoint(tuple(line), turn.day)


def _answer(turn: Turn, entry: Entry, asked: str) -> None:
    turn.count(Count.QUESTIONS, "answered")
    given = helpful.note(turn, entry, asked)
    _say(turn, entry, helpful.choices(turn, given), hint=not turn.has_buttons)


def _say(turn: Turn, entry: Entry, choices: Rows, hint: bool = False) -> None:
    kept = turn.house.faq.kept(entry.id)
    verified = kept.verified_by is not None
    turn.say("ask.answer", choices, entry=entry, verified=verified, hint=hint, file_ids=kept.files)


def overhear(turn: Turn, text: str) -> None:
    """Answer what was asked of nobody, where a coordinator lets Loa listen and the answer is sure.

    Nobody is asked whether it helped, and what is not known opens no ticket.
    """
    if entry := overheard(turn.c, turn.house, turn.chat, text, turn.now):
        turn.count(Count.QUESTIONS, "overheard")
        helpful.note(turn, entry, text)
        _say(turn, entry, ())


def _offer(turn: Turn, text: str, hits: Sequence[Hit]) -> None:
    turn.count(Count.QUESTIONS, "offered")
    rows = [[(hit.entry.id, hit.entry.question)] for hit in hits]
    other = [(OTHER, turn.words("ask.none_of_these"))]
    data = {"question": text, "topic": hits[0].entry.topic}
    turn.ask("ask.choice", "ask.did_you_mean", [*rows, other], data)


@feature.step("choice")
def chosen(turn: Turn, answer: Answer) -> None:
    """Which of the offered questions was meant; other words are heard as if nothing was open."""
    before, offered = turn.data, [each for each in turn.choices if not each.action.endswith(OTHER)]
    only = offered[0].action.partition(":")[2] if len(offered) == 1 else ""
    choice = turn.meant(answer, yes=only, no=OTHER)
    if choice == OTHER:
        turn.end()
        _look_into_documents(turn, before["question"], before["topic"])
    elif entry := turn.house.faq.get(choice):
        turn.end()
        _answer(turn, entry, before["question"])
    elif says_yes(answer.text) or picked_number(answer.text):
        turn.say("door.choose")
    else:
        turn.hear_anew()
