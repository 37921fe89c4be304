"""`loa people`: the people of the units."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import typer
from rich.console import Console

from domain.people_import import COLUMNS
from domain.period import local_day
from loa.commands import end_with, settings_of
from loa.commands.importing import SheetFile, bring_in
from loa.settings import Settings
from loa.sheets import read_sheet
from storage.imports import import_people, people_checked
from storage.teams import odd_teams

READ = partial(read_sheet, columns=COLUMNS)

app = typer.Typer(no_args_is_help=True, help="The people of the units.")


@app.command("import")
def import_(context: typer.Context, file: SheetFile) -> None:
    """Import people: all rows of the file, or none if any is wrong.

    Columns: unit_code, name, role; if you have them phone, it_knowledge. Teams of a wrong size are
    listed afterwards.
    """
    settings = settings_of(context)
    end_with(import_file(settings, file, datetime.now(UTC), Console()))


async def import_file(settings: Settings, path: Path, now: datetime, console: Console) -> bool:
    """Import a file of people and show how it went; whether all of it is in now."""
    day = local_day(now, settings.timezone)
    work = partial(import_people, day=day, now=now)
    check = partial(people_checked, day=day, now=now)
    odd = partial(odd_teams, rules=settings.team_rules, day=day)
    return await bring_in(settings, path, console, READ, work, odd, check=check)
