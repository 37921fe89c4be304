"""`loa backup`: all that is kept goes into one file, while Loa runs."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from loa.commands import settings_of
from loa.screen import Screen

Archive = Annotated[
    Path, typer.Argument(metavar="FILE", dir_okay=False, help="The archive to be written.")
]


def backup(context: typer.Context, file: Archive) -> None:
    """Write all that is kept, the database and the files that people sent, into one archive.

    Loa may be running: the archive holds what there was at one moment. What is sealed stays
    sealed. config.yaml and LOA_SECRET_KEY are not in it: keep them too, and apart.
    """
    # Whatever copies brings both engines, 6 MB that `loa run` does without.
    from loa.archiving import back_up

    settings = settings_of(context)
    screen = Screen.open(settings.timezone, Console())
    asyncio.run(back_up(settings, file, screen, datetime.now(UTC)))
