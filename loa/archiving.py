"""What `loa backup` and `loa restore` do: all that is kept goes into an archive, and back."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.audit import Act
from loa.archive import DATABASE, FILES, Manifest, pack, unpack
from loa.commands import opened
from loa.commands.operator import note
from loa.screen import Screen
from loa.settings import Settings
from loa.transfer import bar, transfer
from storage import files
from storage.copying import count_rows, spelt
from storage.snapshot import bring_up, snapshot
from storage.store import opened_store

MEGABYTE = 2**20


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
        paths = [settings.files_dir / name for name in names]
        manifest = await asyncio.to_thread(pack, file, database, paths, version("loa"), now)
    _tell(screen, file, manifest, names)


async def _file_names(database: Path) -> Sequence[str]:
    async with opened_store(f"sqlite:///{database}") as store:
        return await store.read(files.names)


def _tell(screen: Screen, file: Path, manifest: Manifest, names: Sequence[str]) -> None:
    size = -(-file.stat().st_size // MEGABYTE)
    screen.say("database.backed_up", files=len(manifest.files), file=file, size=size)
    if missing := sorted({*names} - {*manifest.files}):
        screen.say("database.files_missing", count=len(missing), names=missing)


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
        _move(folder / FILES, settings.files_dir)
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
