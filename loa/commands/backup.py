"""`loa backup`: all that is kept goes into one file, while Loa runs."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from domain.audit import Act
from loa.archive import DATABASE, FILES, Manifest, pack
from loa.commands import settings_of
from loa.commands.operator import note
from loa.screen import Screen
from loa.settings import Settings
from loa.transfer import bar
from storage import files
from storage.copying import count_rows
from storage.snapshot import snapshot
from storage.store import open_store

MEGABYTE = 2**20
Archive = Annotated[
    Path, typer.Argument(metavar="FILE", dir_okay=False, help="The archive to be written.")
]


def backup(context: typer.Context, file: Archive) -> None:
    """Write all that is kept, the database and the files that people sent, into one archive.

    Loa may be running: the archive holds what there was at one moment. What is sealed stays
    sealed. config.yaml and LOA_SECRET_KEY are not in it: keep them too, and apart.
    """
    settings = settings_of(context)
    screen = Screen.open(settings.timezone, Console())
    asyncio.run(back_up(settings, file, screen, datetime.now(UTC)))


async def back_up(settings: Settings, file: Path, screen: Screen, now: datetime) -> None:
    """Write the archive and tell of it. Raises StorageError, and OSError."""
    with TemporaryDirectory(prefix=".loa-", dir=file.parent) as folder:
        database = Path(folder) / DATABASE
        rows = sum((await count_rows(settings.database_url)).values())
        # Before, so that the archive tells it too.
        await note(settings.database_url, Act.BACKED_UP)
        with bar(screen, rows) as told:
            await snapshot(settings.database_url, database, told)
        names = await _file_names(database)
        paths = [settings.data_dir / FILES / name for name in names]
        manifest = await asyncio.to_thread(pack, file, database, paths, version("loa"), now)
    _tell(screen, file, manifest, names)


async def _file_names(database: Path) -> Sequence[str]:
    store = await open_store(f"sqlite:///{database}")
    try:
        return await store.read(files.names)
    finally:
        await store.close()


def _tell(screen: Screen, file: Path, manifest: Manifest, names: Sequence[str]) -> None:
    size = -(-file.stat().st_size // MEGABYTE)
    screen.say("database.backed_up", files=len(manifest.files), file=file, size=size)
    if missing := sorted({*names} - {*manifest.files}):
        screen.say("database.files_missing", count=len(missing), names=missing)
