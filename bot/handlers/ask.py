"""A question: answered from the FAQ with its source, or carried to somebody who knows."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from bot import attachment
from bot.feature import Feature
from bot.handlers import again, helpful, ticket
from bot.handlers.ticket import Question
from bot.listening import overheard
from bot.quoting import quote
from bot.ticket import ASKED
from bot.turn import Answer, Rows, Turn
from domain.answer import bare, picked_number, says_yes
from domain.entry_choice import Standpoint
from domain.faq import Answer as Known
from domain.faq import Entry, Hit, Offer, decide
from scheduler.telemetry import Count

feature = Feature("ask")

SHOWN_WITHIN = timedelta(minutes=10)
"""How soon after a question a picture without words belongs to it."""

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
    """The question; after pictures, for which nobody asked, a command is heard by itself."""
    before = turn.data.get("files", ())
    if before and turn.house.vocabulary.is_command(answer.text):
        turn.hear_anew()
        return
    turn.end()
    question(turn, answer.text, before)


def shown(turn: Turn, earlier: Sequence[int] = ()) -> None:
    """A picture or paper without words: it goes with what was just asked, else with what comes."""
    before, files = again.last(turn), [*earlier, *attachment.of_question(turn)]
    just = before is not None and turn.now - before.moment <= SHOWN_WITHIN
    if files and before and just and before.open:
        again.said(turn, before, "", files)
    elif files and turn.session is None:
        turn.ask("ask.question", "door.file", data={"files": files}, about=_album(turn))
    elif files:
        attachment.say_once(turn, "album", "door.file")


def question(turn: Turn, text: str, earlier: Sequence[int] = ()) -> None:
    """Answer, or offer what may be meant, or open a ticket; with the files shown `earlier`."""
    talk = turn.house.vocabulary.small_talk(text)
    if attachment.is_with(turn) and (talk or not text):
        shown(turn, earlier)
    elif talk:
        turn.say(f"ask.{talk}")
    else:
        _question(turn, text, [*earlier, *attachment.of_question(turn)])


def _question(turn: Turn, text: str, files: Sequence[int]) -> None:
    if helpful.said_so(turn, text, files):
        return
    helpful.note_reformulation(turn, text)
    hits = find(turn, text)
    match decide(hits, turn.house.thresholds):
        case Known(hit):
            _answer(turn, hit.entry, Question(text, files=files))
        case Offer(offered):
            _offer(turn, Question(text, offered[0].entry.topic, files), offered)
        case _ if len(bare(text).split()) < LEAST_WORDS:
            turn.say("ask.more")
        case _:
            topic = hits[0].entry.topic if hits else ""
            _look_into_documents(turn, Question(text, topic, files))


def _look_into_documents(turn: Turn, asked: Question) -> None:
    """No entry fits: quote what a document says, else carry the question to somebody who knows."""
    turn.count(Count.QUESTIONS, "missed")
    quoted = quote(turn.c, standpoint(turn).line, asked.text)
    if quoted is None:
        ticket.open_ticket(turn, asked)
        return
    rows = [[(YES, turn.words("ask.quote_fits"))], [(OTHER, turn.words("ask.ask_somebody"))]]
    turn.ask("ask.quoted", "ask.quote", rows, asdict(asked), about=_album(turn), quoted=quoted)


@feature.step("quoted")
def quote_read(turn: Turn, answer: Answer) -> None:
    """Whether the passage was what they needed; other words are heard as if nothing was open."""
    before, choice = turn.data, turn.meant(answer, yes=YES, no=OTHER)
    if choice == YES:
        turn.end()
        turn.say("ask.quote_helped")
    elif choice == OTHER:
        turn.end()
        ticket.open_ticket(turn, Question(**before))
    else:
        turn.hear_anew()


def find(turn: Turn, text: str) -> Sequence[Hit]:
    """The entries nearest to a question that hold where it is asked."""
    turn.house.faq.refresh(turn.c)
    return turn.house.faq.search(text, at=standpoint(turn))


def standpoint(turn: Turn) -> Standpoint:
    line = [] if turn.unit_id is None else turn.line(turn.unit_id)
    return Standpoint(tuple(line), turn.day)


def _album(turn: Turn) -> str | None:
    """What is said to an album about which nobody else is asked yet."""
    return attachment.of_album(turn, f"{ASKED}:0")


def _answer(turn: Turn, entry: Entry, asked: Question) -> None:
    turn.count(Count.QUESTIONS, "answered")
    given = helpful.note(turn, entry, asked.text, asked.files)
    _say(turn, entry, helpful.choices(turn, given), hint=not turn.has_buttons)


def _say(turn: Turn, entry: Entry, choices: Rows, hint: bool = False) -> None:
    kept = turn.house.faq.kept(entry.id)
    verified = kept.verified_by is not None
    turn.say(
        "ask.answer",
        choices,
        about=_album(turn),
        entry=entry,
        verified=verified,
        hint=hint,
        file_ids=kept.files,
    )


def overhear(turn: Turn, text: str) -> None:
    """Answer what was asked of nobody, where a coordinator lets Loa listen and the answer is sure.

    Nobody is asked whether it helped, and what is not known opens no ticket.
    """
    if entry := overheard(turn.c, turn.house, turn.chat, text, turn.now):
        turn.count(Count.QUESTIONS, "overheard")
        helpful.note(turn, entry, text)
        _say(turn, entry, ())


def _offer(turn: Turn, asked: Question, hits: Sequence[Hit]) -> None:
    turn.count(Count.QUESTIONS, "offered")
    rows = [[(hit.entry.id, hit.entry.question)] for hit in hits]
    other = [(OTHER, turn.words("ask.none_of_these"))]
    turn.ask("ask.choice", "ask.did_you_mean", [*rows, other], asdict(asked), about=_album(turn))


@feature.step("choice")
def chosen(turn: Turn, answer: Answer) -> None:
    """Which of the offered questions was meant; other words are heard as if nothing was open."""
    before, offered = turn.data, [each for each in turn.choices if not each.action.endswith(OTHER)]
    only = offered[0].action.partition(":")[2] if len(offered) == 1 else ""
    choice = turn.meant(answer, yes=only, no=OTHER)
    if choice == OTHER:
        turn.end()
        _look_into_documents(turn, Question(**before))
    elif entry := turn.house.faq.get(choice):
        turn.end()
        _answer(turn, entry, Question(**before))
    elif says_yes(answer.text) or picked_number(answer.text):
        turn.say("door.choose")
    else:
        turn.hear_anew()
