"""`loa units`: the units of the organisation."""

import asyncio
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from domain.period import local_day
from loa.commands import settings_of
from loa.commands.importing import bring_in
from loa.settings import Settings
from storage.imports import import_units, units_checked

app = typer.Typer(no_args_is_help=True, help="The units of the organisation.")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV or XLSX file.")]
Since = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d", "%d/%m/%Y"],
        help="The day from which parents hold that are new to their units; today if not given.",
    ),
]


@app.command("import")
def import_(context: typer.Context, file: File, since: Since = None) -> None:
    """Import units: all rows of the file, or none if any is wrong.

    Columns: code, name, level, parent_code; if you have them opened_on, closed_on, decision_number,
    decision_date.
    """
    settings = settings_of(context)
    day = since.date() if since else local_day(datetime.now(UTC), settings.timezone)
    good = asyncio.run(import_file(settings, file, day, Console()))
    raise typer.Exit(0 if good else 1)


async def import_file(settings: Settings, path: Path, since: date, console: Console) -> bool:
    """Import a file of units and show how it went; whether all of it is in now."""
    work = partial(import_units, levels=settings.levels, since=since)
    check = partial(units_checked, levels=settings.levels, since=since)
    return await bring_in(settings, path, console, work, check=check)
