"""`loa restore`: what a backup holds is put where the settings say."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from domain.audit import Act
from loa.archive import DATABASE, FILES, unpack
from loa.commands import opened, settings_of
from loa.screen import Screen
from loa.settings import Settings
from loa.transfer import transfer
from storage.copying import count_rows, spelt
from storage.snapshot import bring_up

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
    settings = settings_of(context)
    screen = Screen.open(settings.timezone, Console())
    if not asyncio.run(put_back(settings, file, screen, yes)):
        raise typer.Exit(1)


async def put_back(settings: Settings, file: Path, screen: Screen, emptied: bool) -> bool:
    """Restore an archive; False if nothing was done. Raises StorageError, and OSError."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".loa-", dir=settings.data_dir) as name:
        folder = Path(name)
        manifest = await asyncio.to_thread(unpack, file, folder)
        await bring_up(folder / DATABASE)
        if (rows := await _rows_in(settings)) and not emptied:
            target = spelt(settings.database_url)
            screen.say("database.not_empty", target=target, rows=rows)
            return False
        # The bytes come first: a row never names a file that is not there.
        _move(folder / FILES, settings.data_dir / FILES)
        source = f"sqlite:///{folder / DATABASE}"
        into = settings.database_url
        if not await transfer(source, into, screen, Act.RESTORED, emptied=emptied):
            return False
    screen.say("database.restored", taken_at=manifest.moment, files=len(manifest.files))
    return True


async def _rows_in(settings: Settings) -> int:
    async with opened(settings):
        return sum((await count_rows(settings.database_url)).values())


def _move(source: Path, target: Path) -> None:
    """Files are named by their content: one that is there already is the same."""
    target.mkdir(parents=True, exist_ok=True)
    for file in source.iterdir():
        file.replace(target / file.name)
