"""Queries on documents: the papers that go down the hierarchy."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from storage.rows import add_row, first_as, rows_as
from storage.schema import document


@dataclass(frozen=True, slots=True)
class Document:
    id: int
    number: str
    issued_on: date
    issuer: str
    summary: str
    file_id: int | None
    unit_id: int


COLUMNS = (
    document.c.id,
    document.c.number,
    document.c.issued_on,
    document.c.issuer,
    document.c.summary,
    document.c.file_id,
    document.c.unit_id,
)


def add(
    c: Connection,
    *,
    number: str,
    issued_on: date,
    issuer: str,
    summary: str,
    file_id: int | None,
    unit_id: int,
    created_by: int | None,
    now: datetime,
) -> int:
    """Keep a document of a unit; the same number and date is the same document."""
    same = select(document.c.id).where(
        document.c.unit_id == unit_id,
        document.c.number == number,
        document.c.issued_on == issued_on,
    )
    if (known := c.execute(same).scalar()) is not None:
        return int(known)
    return add_row(
        c,
        document,
        number=number,
        issued_on=issued_on,
        issuer=issuer,
        summary=summary,
        file_id=file_id,
        unit_id=unit_id,
        created_by=created_by,
        created_at=now,
    )


def get(c: Connection, document_id: int) -> Document | None:
    return first_as(Document, c.execute(select(*COLUMNS).where(document.c.id == document_id)))


def by_number(c: Connection, unit_id: int, number: str, issued_on: date) -> Document | None:
    """The document of a unit with that number and day."""
    query = select(*COLUMNS).where(
        document.c.unit_id == unit_id,
        document.c.number == number,
        document.c.issued_on == issued_on,
    )
    return first_as(Document, c.execute(query))


def seen_from(c: Connection, line: Collection[int], limit: int = 500) -> Sequence[Document]:
    """The documents of these units, the newest first."""
    query = select(*COLUMNS).where(document.c.unit_id.in_(line))
    newest = query.order_by(document.c.issued_on.desc(), document.c.id.desc())
    return rows_as(Document, c.execute(newest.limit(limit)))
