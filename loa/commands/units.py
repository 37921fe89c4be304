"""`loa units`: the units of the organisation."""

from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from domain.period import local_day
from domain.unit_import import COLUMNS
from loa.commands import end_with, settings_of
from loa.commands.importing import SheetFile, bring_in
from loa.settings import Settings
from loa.sheets import read_sheet
from storage.imports import import_units, units_checked

READ = partial(read_sheet, columns=COLUMNS)

app = typer.Typer(no_args_is_help=True, help="The units of the organisation.")

Since = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d", "%d/%m/%Y"],
        help="The day from which parents hold that are new to their units; today if not given.",
    ),
]


@app.command("import")
def import_(context: typer.Context, file: SheetFile, since: Since = None) -> None:
    """Import units: all rows of the file, or none if any is wrong.

    Columns: code, name, level, parent_code; if you have them opened_on, closed_on, decision_number,
    decision_date.
    """
    settings = settings_of(context)
    day = since.date() if since else local_day(datetime.now(UTC), settings.timezone)
    end_with(import_file(settings, file, day, Console()))


async def import_file(settings: Settings, path: Path, since: date, console: Console) -> bool:
    """Import a file of units and show how it went; whether all of it is in now."""
    work = partial(import_units, levels=settings.levels, since=since)
    check = partial(units_checked, levels=settings.levels, since=since)
    return await bring_in(settings, path, console, READ, work, check=check)
