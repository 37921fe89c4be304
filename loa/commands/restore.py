"""`loa restore`: what a backup holds is put where the settings say."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from loa.commands import end_with, settings_of
from loa.screen import Screen

Archive = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", exists=True, dir_okay=False, help="The archive that loa backup wrote."
    ),
]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="First delete all rows that the database has.")
]


def restore(context: typer.Context, file: Archive, yes: Yes = False) -> None:
    """Put back what an archive of loa backup holds, on either engine.

    The archive is verified whole before anything is touched. A database with rows in it is left
    alone without --yes; stop the bot before. Exits with 1 when nothing was restored.
    """
    from loa.archiving import put_back  # here as in `loa backup`

    settings = settings_of(context)
    screen = Screen.open(settings.timezone, Console())
    end_with(put_back(settings, file, screen, yes))
