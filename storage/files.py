"""Queries on files: what they are, where their bytes are, and each account's copy."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from domain.message import FileIn, FileKind
from storage.rows import add_row, rows_as
from storage.schema import file, file_copy
from storage.upsert import insert as upsert


def received(c: Connection, account_id: str, incoming: FileIn) -> int:
    """Keep a file that somebody sent; its bytes come later. Its number."""
    file_id = _keep(c, incoming.kind, incoming.name, incoming.mime, incoming.size, None)
    copied(c, file_id, account_id, incoming.platform_id)
    return file_id


def kept(c: Connection, kind: FileKind, name: str, mime: str, size: int, sha256: str) -> int:
    """Keep a file whose bytes are on the disk already; its number."""
    return _keep(c, kind, name, mime, size, sha256)


def _keep(
    c: Connection, kind: FileKind, name: str, mime: str, size: int, sha256: str | None
) -> int:
    return add_row(c, file, kind=kind.value, name=name, mime=mime, size=size, sha256=sha256)


def copied(c: Connection, file_id: int, account_id: str, platform_id: str) -> None:
    """The account has the file under that id and need not upload it again."""
    query = upsert(c, file_copy).values(
        file_id=file_id, account_id=account_id, platform_id=platform_id
    )
    c.execute(
        query.on_conflict_do_update(
            index_elements=["file_id", "account_id"], set_={"platform_id": platform_id}
        )
    )


@dataclass(frozen=True, slots=True)
class Missing:
    """A file whose bytes are still with the platform."""

    id: int
    account_id: str
    platform_id: str
    name: str


def missing(
    c: Connection, account_id: str, without: Collection[int], limit: int
) -> Sequence[Missing]:
    """Files that an account has and the disk has not, but for those `without`."""
    query = (
        select(file.c.id, file_copy.c.account_id, file_copy.c.platform_id, file.c.name)
        .join(file_copy, file_copy.c.file_id == file.c.id)
        .where(
            file.c.sha256.is_(None),
            file_copy.c.account_id == account_id,
            file.c.id.not_in(without),
        )
        .order_by(file.c.id)
        .limit(limit)
    )
    return rows_as(Missing, c.execute(query))


def sha256(c: Connection, file_id: int) -> str | None:
    """The hash by which a file's bytes are named; None while they are not here."""
    return c.execute(select(file.c.sha256).where(file.c.id == file_id)).scalar()


def arrived(c: Connection, file_id: int, sha256: str) -> None:
    """The bytes are on the disk now, named by their hash."""
    c.execute(update(file).where(file.c.id == file_id).values(sha256=sha256))
