"""`loa announce`: a document goes down from the command line."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.handlers.announce import MOST, MOST_FILES
from domain.period import local_day
from domain.text import clean
from loa.announcing import Attachment, Order, send_down
from loa.commands import end_with, settings_of
from loa.screen import Screen
from loa.settings import Settings

WATCH_SECONDS = 1.0


def _words(field: str, text: str) -> str:
    kept = clean(text)
    if not 0 < len(kept) <= MOST[field]:
        raise typer.BadParameter(f"needs 1 to {MOST[field]} characters, not {len(kept)}")
    return kept


def _field(option: str, sentence: str) -> Any:
    return typer.Option(
        f"--{option}",
        parser=partial(_words, option),
        metavar="TEXT",
        help=f"{sentence}, at most {MOST[option]} characters.",
    )


Number = Annotated[str, _field("number", "The document's number, as 793/BTTTT-THH")]
Issuer = Annotated[str, _field("issuer", "Who issued it")]
Summary = Annotated[str, _field("summary", "What it says and what a team has to do")]
IssuedOn = Annotated[
    datetime,
    typer.Option(
        "--date", formats=["%Y-%m-%d", "%d/%m/%Y"], help="The day on which it was issued."
    ),
]
Files = Annotated[
    list[Path] | None,
    typer.Option(
        "--file",
        exists=True,
        dir_okay=False,
        readable=True,
        help=f"The document itself; given several times, at most {MOST_FILES} files in that order.",
    ),
]
To = Annotated[
    str,
    typer.Option(
        "--to", metavar="CODE", help="The unit to which it goes, with all units below it."
    ),
]
Levels = Annotated[
    str | None,
    typer.Option(
        "--levels",
        metavar="LEVEL,…",
        help="Only to units of these levels, by their ids in the settings; all if not given.",
    ),
]
Urgent = Annotated[bool, typer.Option("--urgent", help="Send in the quiet hours too.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Send without asking.")]
Watch = Annotated[
    bool,
    typer.Option("--watch", "-w", help="Stay until it has been sent."),
]


def announce(
    context: typer.Context,
    number: Number,
    issued_on: IssuedOn,
    issuer: Issuer,
    summary: Summary,
    to: To,
    file: Files = None,
    levels: Levels = None,
    urgent: Urgent = False,
    yes: Yes = False,
    watching: Watch = False,
) -> None:
    """Send a document to the groups of a unit and of all units below it.

    Shows the message and the number of groups, and asks. Nothing is kept before the answer is yes.
    The running bot does the sending; while no bot runs, the messages wait for it. In the quiet
    hours it waits for their end. To more groups than broadcasts.approve_above nothing is sent: a
    second person approves that in the chat. The same command given twice on one day sends once.
    Exits with 1 when nothing is sent, and with --watch also when a unit could not be reached.
    """
    settings = settings_of(context)
    now = datetime.now(UTC)
    order = Order(
        number,
        issued_on.date(),
        issuer,
        summary,
        _attachments(file or [], settings.limits.file_mb),
        to,
        _levels(levels, settings),
        urgent,
        local_day(now, settings.timezone),
    )
    if order.issued_on > order.day:
        raise typer.BadParameter("this day has not come yet", param_hint="--date")
    agreed = partial(_agreed, yes)
    pause = partial(asyncio.sleep, WATCH_SECONDS) if watching else None
    screen = Screen.open(settings.timezone, Console())
    end_with(send_down(settings, order, screen, now, agreed, pause))


def _attachments(paths: list[Path], most_mb: int) -> list[Attachment]:
    if len(paths) > MOST_FILES:
        why = f"at most {MOST_FILES} files, not {len(paths)}"
        raise typer.BadParameter(why, param_hint="--file")
    return [_attachment(path, most_mb) for path in paths]


def _attachment(path: Path, most_mb: int) -> Attachment:
    size = path.stat().st_size
    if not 0 < size <= most_mb * 2**20:
        why = f"is larger than limits.file_mb, {most_mb} MB" if size else "is empty"
        raise typer.BadParameter(f"{path.name} {why}", param_hint="--file")
    return Attachment(clean(path.name), path.read_bytes())


def _levels(text: str | None, settings: Settings) -> list[str]:
    """The levels in the order of the settings."""
    known = [level.id for level in settings.levels]
    asked = known if text is None else [part.strip() for part in text.split(",")]
    if wrong := [level for level in asked if level not in known]:
        why = f"no level {wrong[0]!r} in the settings, which have {', '.join(known)}"
        raise typer.BadParameter(why, param_hint="--levels")
    return [level for level in known if level in asked]


def _agreed(without_asking: bool, question: str) -> bool:
    return without_asking or typer.confirm(question)
