"""`loa target`: the numbers that units are to reach."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import typer
from rich.console import Console

from bot.handlers.report import WEEKLY
from domain.data_set import DataSet
from domain.target_import import COLUMNS
from loa.commands import end_with, settings_of
from loa.commands.choosing import DataSetOption
from loa.commands.importing import SheetFile, bring_in
from loa.settings import Settings
from loa.sheets import read_sheet
from storage.targets import import_targets

READ = partial(read_sheet, columns=COLUMNS)

app = typer.Typer(no_args_is_help=True, help="Targets: the numbers that units are to reach.")


@app.command("import")
def import_(context: typer.Context, file: SheetFile, data_set: DataSetOption = WEEKLY) -> None:  # type: ignore[assignment]  # typer parses the default
    """Import targets: all rows of the file, or none if any is wrong.

    Columns: code, element (its name or id), period (2026W47, 202611, 2026Q4), number.
    """
    settings = settings_of(context)
    end_with(import_file(settings, file, data_set, Console()))


async def import_file(settings: Settings, path: Path, data_set: DataSet, console: Console) -> bool:
    """Import a file of targets and show how it went; whether all of it is in now."""
    work = partial(import_targets, data_set=data_set, now=datetime.now(UTC))
    return await bring_in(settings, path, console, READ, work)
