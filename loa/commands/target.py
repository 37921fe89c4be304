"""`loa target`: the numbers that units are to reach."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.handlers.report import WEEKLY
from domain.data_set import DataSet
from loa.commands import settings_of
from loa.commands.choosing import DataSetOption
from loa.commands.importing import bring_in
from loa.settings import Settings
from storage.targets import import_targets

app = typer.Typer(no_args_is_help=True, help="Targets: the numbers that units are to reach.")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV or XLSX file.")]


@app.command("import")
def import_(context: typer.Context, file: File, data_set: DataSetOption = WEEKLY) -> None:  # type: ignore[assignment]  # typer parses the default
    """Import targets: all rows of the file, or none if any is wrong.

    Columns: code, element (its name or id), period (2026W47, 202611, 2026Q4), number.
    """
    settings = settings_of(context)
    good = asyncio.run(import_file(settings, file, data_set, Console()))
    raise typer.Exit(0 if good else 1)


async def import_file(settings: Settings, path: Path, data_set: DataSet, console: Console) -> bool:
    """Import a file of targets and show how it went; whether all of it is in now."""
    work = partial(import_targets, data_set=data_set, now=datetime.now(UTC))
    return await bring_in(settings, path, console, work)
