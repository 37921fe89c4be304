"""`loa ask`: what the FAQ says to a question."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Connection, make_url

from bot.house import House
from domain.entry_choice import Standpoint
from domain.faq import Answer, Decision, Hit, Offer, decide
from domain.period import local_day
from domain.text import words
from loa.checkup.database import is_to_be_made
from loa.commands import settings_of
from loa.roof import make_house
from loa.screen import Screen, cells
from loa.settings import Settings
from storage import units
from storage.migrate import current, revisions
from storage.store import StorageError, Store, open_store

DIGITS = 3
"""Of a score, after the point."""


def _question(text: str) -> str:
    if not words(text):
        raise typer.BadParameter("a question has at least one word")
    return text


Question = Annotated[
    str, typer.Argument(parser=_question, metavar="QUESTION", help="The question, in quotes.")
]
AsJson = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print JSON: question, entries (all, or shipped without a database), decision "
        "(answer, offer or unknown), score, entry, answer, source, and hits with the score, entry, "
        "question and wording of each.",
    ),
]
UnitCode = Annotated[
    str, typer.Option("--unit", metavar="CODE", help="Ask as somebody of this unit.")
]


def ask(
    context: typer.Context, question: Question, as_json: AsJson = False, unit: UnitCode = ""
) -> None:
    """Answer a question from the FAQ as the bot would, with its score, entry and source.

    Needs no token, and no database either: without one it knows the shipped entries only, and says
    so. Exits with 0 when the question is answered, with 1 when entries are only offered or nothing
    fits.
    """
    settings = settings_of(context)
    found = asyncio.run(find(settings, question, unit, datetime.now(UTC)))
    if as_json:
        typer.echo(json.dumps(as_data(found), ensure_ascii=False, indent=2))
    else:
        show(found, Screen.open(settings.timezone, Console()))
    raise typer.Exit(0 if isinstance(found.decision, Answer) else 1)


@dataclass(frozen=True, slots=True)
class Found:
    """What the FAQ has for a question: the nearest entries, best first, and what to do.

    `whole` is whether the entries that people made were searched too.
    """

    question: str
    hits: Sequence[Hit]
    decision: Decision
    whole: bool

    @property
    def score(self) -> float:
        return round(self.hits[0].score, DIGITS) if self.hits else 0.0


async def find(settings: Settings, question: str, unit_code: str, now: datetime) -> Found:
    """What the bot would find and decide for somebody of a unit; raises BadParameter for none."""
    house, day = make_house(settings), local_day(now, settings.timezone)
    line: Sequence[int] = ()
    async with _database(settings.database_url) as store:
        if store:
            line = await store.read(_bring_in, house, unit_code, day)
        elif unit_code:
            raise typer.BadParameter("--unit needs the database, which cannot be opened")
    hits = house.faq.search(question, at=Standpoint(line, day))
    return Found(question, hits, decide(hits, house.thresholds), whole=store is not None)


def _bring_in(c: Connection, house: House, unit_code: str, day: date) -> Sequence[int]:
    """Take in what people made; the line of the unit."""
    house.faq.refresh(c)
    unit = units.by_code(c, unit_code) if unit_code else None
    if unit_code and unit is None:
        raise typer.BadParameter(f"there is no unit {unit_code}")
    return units.line(c, unit.id, day) if unit else ()


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[Store | None]:
    """The database as it is; None where there is none, or none that this program can read."""
    try:
        store = None if is_to_be_made(make_url(url)) else await open_store(url)
    except StorageError:
        store = None
    try:
        yield store if store and await _readable(store) else None
    finally:
        if store:
            await store.close()


async def _readable(store: Store) -> bool:
    try:
        return await store.read(current) == revisions()[0]
    except StorageError:
        return False


def as_data(found: Found) -> dict[str, object]:
    """The finding as `--json` prints it; entry, answer and source are null without an answer."""
    entry = found.decision.hit.entry if isinstance(found.decision, Answer) else None
    return {
        "question": found.question,
        "entries": "all" if found.whole else "shipped",
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
    screen.say("cli.ask_whole" if found.whole else "cli.ask_shipped")


def _list(hits: Sequence[Hit], screen: Screen) -> None:
    table = screen.table("cli.header_score", "cli.header_entry", "cli.header_question")
    for hit in hits:
        score = f"{round(hit.score, DIGITS):g}"
        table.add_row(*cells(score, hit.entry.id, hit.entry.question))
    screen.show(table)
