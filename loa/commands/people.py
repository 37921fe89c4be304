"""`loa people`: the people of the units."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from domain.period import local_day
from loa.commands import settings_of
from loa.commands.importing import bring_in
from loa.settings import Settings
from storage.imports import import_people, people_checked
from storage.teams import odd_teams

app = typer.Typer(no_args_is_help=True, help="The people of the units.")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV or XLSX file.")]


@app.command("import")
def import_(context: typer.Context, file: File) -> None:
    """Import people: all rows of the file, or none if any is wrong.

    Columns: unit_code, name, role; if you have them phone, it_knowledge. Teams of a wrong size are
    listed afterwards.
    """
    settings = settings_of(context)
    good = asyncio.run(import_file(settings, file, datetime.now(UTC), Console()))
    raise typer.Exit(0 if good else 1)


async def import_file(settings: Settings, path: Path, now: datetime, console: Console) -> bool:
    """Import a file of people and show how it went; whether all of it is in now."""
    day = local_day(now, settings.timezone)
    work = partial(import_people, day=day, now=now)
    check = partial(people_checked, day=day, now=now)
    odd = partial(odd_teams, rules=settings.team_rules, day=day)
    return await bring_in(settings, path, console, work, odd, check=check)
