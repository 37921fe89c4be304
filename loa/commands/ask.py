"""`loa ask`: what the shipped FAQ says to a question."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console

from bot.handlers.ask import LEAST_WORDS
from bot.house import House
from domain.faq import Answer, Decision, Hit, Offer, decide
from domain.text import words
from loa.commands import settings_of
from loa.roof import make_house
from loa.screen import Screen, cells

DIGITS = 3
"""Of a score, after the point."""


def _question(text: str) -> str:
    if len(words(text)) < LEAST_WORDS:
        raise typer.BadParameter(f"a question has at least {LEAST_WORDS} words")
    return text


Question = Annotated[
    str, typer.Argument(parser=_question, metavar="QUESTION", help="The question, in quotes.")
]
AsJson = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print JSON: question, decision (answer, offer or unknown), score, entry, answer, "
        "source, and hits with the score, entry, question and wording of each.",
    ),
]


def ask(context: typer.Context, question: Question, as_json: AsJson = False) -> None:
    """Answer a question from the shipped FAQ as the bot would, with its score, entry and source.

    Needs neither a database nor a token, and so knows no entries that people added. Exits with 0
    when the question is answered, with 1 when entries are only offered or nothing fits.
    """
    found = look_up(make_house(settings := settings_of(context)), question)
    if as_json:
        typer.echo(json.dumps(as_data(found), ensure_ascii=False, indent=2))
    else:
        show(found, Screen.open(settings.timezone, Console()))
    raise typer.Exit(0 if isinstance(found.decision, Answer) else 1)


@dataclass(frozen=True, slots=True)
class Found:
    """What the FAQ has for a question: the nearest entries, best first, and what to do."""

    question: str
    hits: Sequence[Hit]
    decision: Decision

    @property
    def score(self) -> float:
        return round(self.hits[0].score, DIGITS) if self.hits else 0.0


def look_up(house: House, question: str) -> Found:
    """What the bot would find and decide."""
    hits = house.faq.search(question)
    return Found(question, hits, decide(hits, house.thresholds))


def as_data(found: Found) -> dict[str, object]:
    """The finding as `--json` prints it; entry, answer and source are null without an answer."""
    entry = found.decision.hit.entry if isinstance(found.decision, Answer) else None
    return {
        "question": found.question,
        "decision": type(found.decision).__name__.lower(),
        "score": found.score,
        "entry": entry and entry.id,
        "answer": entry and entry.answer,
        "source": entry and entry.source,
        "hits": [
            {
                "score": round(hit.score, DIGITS),
                "entry": hit.entry.id,
                "question": hit.entry.question,
                "wording": hit.wording,
            }
            for hit in found.hits
        ],
    }


def show(found: Found, screen: Screen) -> None:
    """Tell a person what was found."""
    match found.decision:
        case Answer(hit):
            screen.say("cli.ask_answer", entry=hit.entry, score=f"{found.score:g}")
        case Offer():
            screen.say("cli.ask_offer")
            _list(found.hits, screen)
        case _:
            screen.say("cli.ask_unknown")
            _list(found.hits, screen)


def _list(hits: Sequence[Hit], screen: Screen) -> None:
    table = screen.table("cli.header_score", "cli.header_entry", "cli.header_question")
    for hit in hits:
        score = f"{round(hit.score, DIGITS):g}"
        table.add_row(*cells(score, hit.entry.id, hit.entry.question))
    screen.show(table)
