"""A question: answered from the FAQ with its source, or carried to somebody who knows."""

from bot.feature import Feature
from bot.handlers import ticket
from bot.turn import Answer, Turn
from domain.faq import Answer as Known
from domain.faq import Entry, Hit, Offer, decide
from domain.text import words

feature = Feature("ask")

OTHER = "other"
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
    if turn.house.vocabulary.is_courtesy(text):
        turn.say("ask.courtesy")
        return
    if len(words(text)) < LEAST_WORDS:
        turn.say("ask.more")
        return
    match decide(turn.house.faq.search(text), turn.house.thresholds):
        case Known(hit):
            _answer(turn, hit.entry)
        case Offer(hits):
            _offer(turn, text, hits)
        case _:
            ticket.open_ticket(turn, text)


def _answer(turn: Turn, entry: Entry) -> None:
    turn.say("ask.answer", question=entry.question, answer=entry.answer, source=entry.source)


def _offer(turn: Turn, text: str, hits: "tuple[Hit, ...]") -> None:
    rows = [[(hit.entry.id, hit.entry.question)] for hit in hits]
    other = [(OTHER, turn.words("ask.none_of_these"))]
    turn.ask("ask.choice", "ask.did_you_mean", [*rows, other], {"question": text})


@feature.step("choice")
def chosen(turn: Turn, answer: Answer) -> None:
    """Which of the offered questions was meant; other words are a new question."""
    asked_before = turn.data["question"]
    turn.end()
    if answer.choice == OTHER:
        ticket.open_ticket(turn, asked_before)
    elif answer.choice and (entry := turn.house.entries.get(answer.choice)):
        _answer(turn, entry)
    else:
        question(turn, answer.text)
