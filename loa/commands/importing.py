"""An import from beginning to end, whatever is in the sheet."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Connection

from domain.imports import Sheet
from loa.commands.operator import operated
from loa.import_report import ImportReport
from loa.screen import Screen
from loa.settings import Settings
from loa.sheets import SheetError
from storage.bulk import Told
from storage.imports import Imported, Keep
from storage.store import StorageError, Store
from storage.teams import OddTeam

SheetFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV or XLSX file.")]
Work = Callable[[Connection, Sheet, Told], Imported]
Check = Callable[[Connection, Sheet], Keep]
Read = Callable[[Path], Sheet]
Warnings = Callable[[Connection], Sequence[OddTeam]]


async def bring_in(
    settings: Settings,
    path: Path,
    console: Console,
    read: Read,
    work: Work,
    warnings: Warnings | None = None,
    check: Check | None = None,
) -> bool:
    """Import a file and show how it went; whether all of it is in now. Else nothing of it is.

    With a `check` what is large is looked at before anybody has to wait for it.
    """
    report = ImportReport(Screen.open(settings.timezone, console))
    try:
        async with operated(settings) as store:
            with report.progress() as told, _uncollected():
                imported = await _written(store, work, check, partial(read, path), told)
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


@contextmanager
def _uncollected() -> Iterator[None]:
    """Python looks for circles among all that a sheet makes, again and again; there are none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _written(
    store: Store, work: Work, check: Check | None, read: Callable[[], Sheet], told: Told
) -> Imported:
    """Check beside whoever writes, then write at once.

    Where that was of no use, because what it rested on is another now, all is done in one.
    """
    if check:
        keep = await store.read(check, read())
        if done := await store.write(keep, told):
            return done
    return await store.write(work, read(), told)
