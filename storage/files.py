"""Queries on files: what they are, where their bytes are, and each account's copy.

A file's `sha256`, by which its bytes are named on the disk, is NULL until they are here, and LOST
when they never will be.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, delete, select, update

from domain.message import FileIn, FileKind
from storage.rows import add_row, first_as, rows_as
from storage.schema import file, file_copy, page, word
from storage.upsert import put

LOST = "lost"


def received(
    c: Connection,
    account_id: str,
    incoming: FileIn,
    now: datetime,
    person_id: int | None = None,
) -> int:
    """Keep a file that somebody sent; its bytes come later. Its number.

    `person_id` is whose own it is, where it is nobody else's.
    """
    what = (incoming.kind, incoming.name, incoming.mime, incoming.size)
    file_id = kept(c, *what, None, now, person_id)
    sendable = incoming.resendable
    copied(c, file_id, account_id, incoming.platform_id, now, sendable=sendable)
    return file_id


def kept(
    c: Connection,
    kind: FileKind,
    name: str,
    mime: str,
    size: int,
    sha256: str | None,
    now: datetime,
    person_id: int | None = None,
) -> int:
    """Keep a file, whose bytes are on the disk already unless `sha256` is None; its number.

    `person_id` is whose own data it is, where it is nobody else's.
    """
    what = {"kind": kind.value, "name": name, "mime": mime, "size": size, "sha256": sha256}
    return add_row(c, file, **what, made_at=now, person_id=person_id)


def copied(
    c: Connection,
    file_id: int,
    account_id: str,
    platform_id: str,
    now: datetime,
    *,
    sendable: bool = True,
) -> None:
    """The account has the file under that id, and need not upload it again when `sendable`."""
    keys = {"file_id": file_id, "account_id": account_id}
    copy = {"platform_id": platform_id, "sendable": sendable, "at": now}
    c.execute(put(c, file_copy, keys, copy))


@dataclass(frozen=True, slots=True)
class KeptFile:
    id: int
    kind: FileKind
    name: str
    """As whoever sent it named it; empty for a photo."""


def of_ids(c: Connection, file_ids: Sequence[int]) -> Sequence[KeptFile]:
    """These files, in that order."""
    if not file_ids:
        return []
    query = select(file.c.id, file.c.kind, file.c.name).where(file.c.id.in_(file_ids))
    known = [KeptFile(row.id, FileKind(row.kind), row.name) for row in c.execute(query)]
    return sorted(known, key=lambda each: file_ids.index(each.id))


@dataclass(frozen=True, slots=True)
class Missing:
    """A file whose bytes are still with the platform; `size` is what the platform said."""

    id: int
    platform_id: str
    size: int


def missing(c: Connection, account_id: str, limit: int) -> Sequence[Missing]:
    query = (
        select(file.c.id, file_copy.c.platform_id, file.c.size)
        .join(file_copy, file_copy.c.file_id == file.c.id)
        .where(file.c.sha256.is_(None), file_copy.c.account_id == account_id)
        .order_by(file.c.id)
        .limit(limit)
    )
    return rows_as(Missing, c.execute(query))


@dataclass(frozen=True, slots=True)
class Stored:
    """A file whose bytes are on the disk, named by their hash."""

    name: str
    mime: str
    sha256: str


def stored(c: Connection, file_id: int) -> Stored | None:
    """The file with that number; None when it is not there or its bytes are not."""
    query = select(file.c.name, file.c.mime, file.c.sha256).where(
        file.c.id == file_id, file.c.sha256 != LOST
    )
    return first_as(Stored, c.execute(query))


def sha256(c: Connection, file_id: int) -> str | None:
    """The hash by which a file's bytes are named; None while they are not here, or LOST."""
    return c.execute(select(file.c.sha256).where(file.c.id == file_id)).scalar()


def names(c: Connection) -> Sequence[str]:
    """The hashes by which the bytes on the disk are named."""
    here = select(file.c.sha256).where(file.c.sha256 != LOST)
    return c.execute(here.distinct().order_by(file.c.sha256)).scalars().all()


def arrived(c: Connection, file_id: int, sha256: str) -> None:
    """The bytes are on the disk now, named by their hash; or LOST."""
    c.execute(update(file).where(file.c.id == file_id).values(sha256=sha256))


def drop(c: Connection, which: Select[int]) -> int:
    """Drop files that nothing refers to; how many. Their bytes go when the disk is swept."""
    gone = list(c.execute(which).scalars())
    for table in (file_copy, page, word):
        c.execute(delete(table).where(table.c.file_id.in_(gone)))
    return c.execute(delete(file).where(file.c.id.in_(gone))).rowcount


def forsaken(c: Connection, account_ids: Collection[str]) -> int:
    """Give up the files whose bytes only other accounts than these could bring; how many."""
    copies = select(file_copy.c.file_id).where(file_copy.c.account_id.in_(account_ids))
    lost = file.c.sha256.is_(None) & file.c.id.not_in(copies)
    return c.execute(update(file).where(lost).values(sha256=LOST)).rowcount


def reachable(c: Connection, file_id: int, account_ids: Collection[str]) -> bool:
    """Whether all these accounts can send a file: its bytes are here, or each has its own copy."""
    here = select(file.c.id).where(file.c.id == file_id, file.c.sha256 != LOST)
    if c.execute(here).first() is not None:
        return True
    copies = select(file_copy.c.account_id).where(
        file_copy.c.file_id == file_id, file_copy.c.sendable
    )
    return set(account_ids) <= set(c.execute(copies).scalars())
