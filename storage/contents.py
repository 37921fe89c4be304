"""Queries on what messages say, and the files that go with them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from domain.channel import Capabilities, Choice, Content, FileOut
from domain.message import FileKind
from storage.chats import PLAIN
from storage.listed import listed
from storage.prepared import Statement, prepared
from storage.schema import content, file, file_copy

RENEWED_AT = 0.9
"""At which part of its life what was uploaded is uploaded anew."""


def no_link(_: int) -> str:
    """The link of a file where Loa has no public address."""
    return ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where files lie: `folder` on the disk, `link` makes a public link to one.

    `can` is what the account that sends them can do.
    """

    folder: str
    link: Callable[[int], str] = no_link
    can: Capabilities = PLAIN

    def copies_since(self, now: datetime) -> datetime:
        """From when on the platform still has what was uploaded."""
        life = self.can.upload_life
        return now - life * RENEWED_AT if life else datetime.min.replace(tzinfo=UTC)


def read_contents(
    c: Connection, account_id: str, shelf: Shelf, ids: Collection[int], now: datetime
) -> Mapping[int, tuple[Content, tuple[int, ...]]]:
    """What each of these contents says, and which files go with it."""

    def read(body: dict[str, Any]) -> tuple[Content, tuple[int, ...]]:
        choices = tuple(tuple(Choice(**choice) for choice in line) for line in body["choices"])
        files = tuple(_file(c, account_id, shelf, file_id, now) for file_id in body["files"])
        return Content(body["text"], choices, files), tuple(body["files"])

    return {row.id: read(row.body) for row in _bodies(c, list(ids))}


@prepared
def _bodies(c: Connection, ids: Sequence[int]) -> Statement:
    return select(content.c.id, content.c.body).where(content.c.id.in_(listed(c, ids)))


def _file(c: Connection, account_id: str, shelf: Shelf, file_id: int, now: datetime) -> FileOut:
    """A kept file as something to send: by the account's own copy, else from the disk.

    One that was wiped while the message was on its way never comes.
    """
    mine = and_(
        file_copy.c.file_id == file.c.id,
        file_copy.c.account_id == account_id,
        file_copy.c.sendable,
        file_copy.c.at > shelf.copies_since(now),
    )
    columns = (file.c.kind, file.c.name, file.c.sha256, file.c.size, file_copy.c.platform_id)
    found = c.execute(select(*columns).outerjoin(file_copy, mine).where(file.c.id == file_id))
    row = found.one_or_none()
    if row is None:
        return FileOut(FileKind.DOCUMENT, "")
    path = f"{shelf.folder}/{row.sha256}" if row.sha256 else ""
    link = shelf.link(file_id) if path else ""
    kind = FileKind(row.kind)
    return FileOut(kind, row.name, path, row.platform_id or "", row.size, link)
