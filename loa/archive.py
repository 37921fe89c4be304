"""The archive that a backup is: a zip with the database as an SQLite file, the files that people
sent, and a manifest with the checksum of each.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from loa.whole_file import whole
from storage.store import StorageError

DATABASE = "loa.sqlite3"
FILES = "files"
_MANIFEST = "manifest.json"
_MEMBER = re.compile(rf"{re.escape(DATABASE)}|{FILES}/[0-9a-f]{{64}}")
_CHUNK = 2**20
_OURS_ALONE = os.O_RDWR | os.O_CREAT | os.O_TRUNC


class BadArchive(StorageError):
    """It is no backup, or has been damaged; nothing of it was used."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    version: str
    """Of the Loa that wrote it."""
    taken_at: str
    """ISO 8601, with its zone."""
    sums: dict[str, str]
    """The SHA-256 of each member."""

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.taken_at)

    @property
    def files(self) -> list[str]:
        return [name.removeprefix(f"{FILES}/") for name in self.sums if name != DATABASE]


def pack(
    path: Path, database: Path, files: Iterable[Path], version: str, now: datetime
) -> Manifest:
    """Write an archive, whole or not at all, that only its owner can read; raises OSError.

    A file that is not there any longer, or not what its name says, is left out.
    """
    with whole(path) as part, open(os.open(part, _OURS_ALONE, 0o600), "wb") as out:
        return _write(out, database, files, version, now)


def _write(
    out: IO[bytes], database: Path, files: Iterable[Path], version: str, now: datetime
) -> Manifest:
    with ZipFile(out, "w") as archive:
        sums = {DATABASE: _add(archive, DATABASE, database, ZIP_DEFLATED)}
        for file in files:
            if file.is_file() and _pour(file, None) == file.name:
                name = f"{FILES}/{file.name}"
                sums[name] = _add(archive, name, file, ZIP_STORED)
        manifest = Manifest(version, now.isoformat(), sums)
        archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


def _add(archive: ZipFile, name: str, file: Path, how: int) -> str:
    """Put a file in; the checksum of what was put in."""
    info = ZipInfo(name)
    info.compress_type = how
    with archive.open(info, "w", force_zip64=True) as member:
        return _pour(file, member)


def _pour(file: Path, into: IO[bytes] | None) -> str:
    with file.open("rb") as source:
        return _flow(source, into)


def _flow(source: IO[bytes], into: IO[bytes] | None) -> str:
    """Read to the end, a piece at a time, and write it where it is wanted; its checksum."""
    digest = hashlib.sha256()
    while piece := source.read(_CHUNK):
        digest.update(piece)
        if into:
            into.write(piece)
    return digest.hexdigest()


def unpack(path: Path, folder: Path) -> Manifest:
    """Take an archive apart into an empty folder, every checksum verified.

    Raises BadArchive, and OSError.
    """
    (folder / FILES).mkdir()
    try:
        with ZipFile(path) as archive:
            manifest = Manifest(**json.loads(archive.read(_MANIFEST)))
            _check_names(path, archive, manifest)
            for name, wanted in manifest.sums.items():
                with archive.open(name) as member, (folder / name).open("xb") as out:
                    if _flow(member, out) != wanted:
                        raise BadArchive(f"{path}: {name} has been damaged")
    except (BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
        raise BadArchive(f"{path} is no whole backup: {error}") from error
    return manifest


def _check_names(path: Path, archive: ZipFile, manifest: Manifest) -> None:
    """Nothing but what belongs into a backup, which also keeps it inside the folder."""
    names = {*archive.namelist()} - {_MANIFEST}
    if DATABASE not in names or names != {*manifest.sums}:
        raise BadArchive(f"{path} is no whole backup: its members are not those of its manifest")
    if strange := [name for name in names if not _MEMBER.fullmatch(name)]:
        raise BadArchive(f"{path} is no backup of Loa: {strange[0]} does not belong into one")
