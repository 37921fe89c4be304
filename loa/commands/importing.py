"""An import from beginning to end, whatever is in the sheet."""

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from sqlalchemy import Connection

from bot.words import Words
from domain.imports import Sheet
from loa.commands import opened
from loa.import_report import ImportReport
from loa.settings import Settings
from loa.sheets import SheetError, read_sheet
from storage.imports import Imported, Told
from storage.store import StorageError
from storage.teams import OddTeam

Work = Callable[[Connection, Sheet, Told], Imported]
Warnings = Callable[[Connection], Sequence[OddTeam]]


async def bring_in(
    settings: Settings,
    path: Path,
    console: Console,
    work: Work,
    warnings: Warnings | None = None,
    read: Callable[[Path], Sheet] = read_sheet,
) -> bool:
    """Import a file and show how it went; whether all of it is in now. Else nothing of it is."""
    report = ImportReport(console, Words.load(settings.timezone))
    try:
        async with opened(settings) as store:
            with report.progress() as told:
                imported = await store.write(work, read(path), told)
            report.ended(imported)
            if warnings and not imported.problems:
                report.odd_teams(await store.read(warnings))
    except SheetError as error:
        report.unreadable(error)
    except StorageError as error:
        report.no_database(error)
    else:
        return not imported.problems
    return False
