"""`loa audit`: who used which right, and all of it as a table."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from sqlalchemy import Connection

from bot.audit import act_of, search
from bot.sheet import csv_text
from domain.period import local_day
from loa.commands import end_with, settings_of
from loa.commands.choosing import UnitCode, named_unit
from loa.commands.operator import operated
from loa.roof import make_house
from loa.screen import Screen, cells
from loa.settings import Settings
from loa.whole_file import written
from storage import audit as trail
from storage import errands
from storage.audit import Line

SHOWN = 50
COLUMNS = ("at", "who", "act", "subject", "unit", "other")
EVERY_COLUMN = (*COLUMNS, "by_command", "account", "chat", "detail")

File = Annotated[
    Path | None,
    typer.Option("--file", dir_okay=False, help="Write all lines to this CSV file instead."),
]
Find = Annotated[
    str, typer.Option("--find", metavar="TEXT", help="Only of a person, or of a kind of act.")
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: of a unit and below, all without one; of a person or act; into a file."""

    code: str | None
    text: str
    file: Path | None


def audit(
    context: typer.Context, unit: UnitCode = None, find: Find = "", file: File = None
) -> None:
    """Show who used which right, the newest first; a unit means it with all below it."""
    settings, screen = settings_of(context), Console()
    end_with(show(settings, Wanted(unit, find, file), screen, datetime.now(UTC)))


async def show(settings: Settings, wanted: Wanted, console: Console, now: datetime) -> bool:
    """Show or write the lines; whether that was possible. Raises typer.BadParameter."""
    house = make_house(settings)
    screen = Screen(console, house.words)

    def read(c: Connection) -> Sequence[Line]:
        day = local_day(now, settings.timezone)
        top = named_unit(c, wanted.code, day, "--unit").id if wanted.code else None
        found = search(c, house, wanted.text, day, () if top is None else (top,))
        lines = trail.lines(c, found, day, None if wanted.file else SHOWN) if found else []
        if wanted.file:
            errands.exported(c, "audit", top)
        return lines

    async with operated(settings) as store:
        lines = await store.write(read)
    if wanted.file:
        return _write(lines, wanted.file, screen, settings.timezone)
    _show(lines, screen)
    return True


def _show(lines: Sequence[Line], screen: Screen) -> None:
    if not lines:
        screen.say("audit.none")
    table = screen.table(*(f"audit.header_{column}" for column in COLUMNS))
    for line in lines:
        at = screen.text("terminal.moment", at=line.at)
        act = screen.text(f"act.{act_of(line)}")
        table.add_row(*cells(at, line.who, act, line.subject, line.unit or "", line.other or ""))
    screen.show(table)


def _write(lines: Sequence[Line], file: Path, screen: Screen, zone: ZoneInfo) -> bool:
    header = [screen.text(f"audit.header_{column}") for column in EVERY_COLUMN]
    rows = (
        (
            line.at.astimezone(zone).replace(tzinfo=None),
            line.who,
            screen.text(f"act.{act_of(line)}"),
            line.subject,
            line.unit or "",
            line.other or "",
            screen.text("table.yes") if line.operator else "",
            line.account_id or "",
            line.chat_title or "",
            json.dumps(dict(line.detail), ensure_ascii=False) if line.detail else "",
        )
        for line in lines
    )
    if good := written(file, csv_text(header, rows), screen):
        screen.say("audit.written", count=len(lines), file=file)
    return good
