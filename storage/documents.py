"""Queries on documents: the papers that go down the hierarchy."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, String, cast, exists, func, insert, literal, or_, select, update

from domain.audit import Act
from domain.message import FileKind
from domain.search import searched
from storage import audit
from storage.files import KeptFile
from storage.rows import add_row, first_as, rows_as
from storage.schema import broadcast, delivery, document, document_file, file


@dataclass(frozen=True, slots=True)
class Document:
    id: int
    number: str
    issued_on: date
    issuer: str
    summary: str
    unit_id: int
    topic: str
    pinned: bool
    replaced_by: int | None
    withdrawn_at: datetime | None

    @property
    def in_force(self) -> bool:
        return self.replaced_by is None and self.withdrawn_at is None


COLUMNS = (
    document.c.id,
    document.c.number,
    document.c.issued_on,
    document.c.issuer,
    document.c.summary,
    document.c.unit_id,
    document.c.topic,
    document.c.pinned,
    document.c.replaced_by,
    document.c.withdrawn_at,
)


def add(
    c: Connection,
    *,
    number: str,
    issued_on: date,
    issuer: str,
    summary: str,
    file_ids: Sequence[int],
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
    document_id = add_row(
        c,
        document,
        number=number,
        issued_on=issued_on,
        issuer=issuer,
        summary=summary,
        folded=searched(number, issuer, summary, ""),
        unit_id=unit_id,
        created_by=created_by,
        created_at=now,
    )
    for position, file_id in enumerate(file_ids):
        place = {"document_id": document_id, "position": position, "file_id": file_id}
        c.execute(insert(document_file).values(place))
    return document_id


def get(c: Connection, document_id: int) -> Document:
    """The document with that number; it is there, because documents are never deleted."""
    return rows_as(Document, c.execute(select(*COLUMNS).where(document.c.id == document_id)))[0]


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
    query = select(*COLUMNS).where(document.c.unit_id.in_(line)).order_by(*_NEWEST)
    return rows_as(Document, c.execute(query.limit(limit)))


def in_force(c: Connection, line: Collection[int], limit: int) -> Sequence[Document]:
    """The documents of these units that are neither replaced nor withdrawn, the newest first."""
    query = select(*COLUMNS).where(document.c.unit_id.in_(line), IN_FORCE).order_by(*_NEWEST)
    return rows_as(Document, c.execute(query.limit(limit)))


_NEWEST = (document.c.issued_on.desc(), document.c.id.desc())
IN_FORCE = document.c.replaced_by.is_(None) & document.c.withdrawn_at.is_(None)


def with_words(
    c: Connection, line: Collection[int], words: Sequence[str], limit: int = 500
) -> Sequence[Document]:
    """The documents of these units in which a word begins with each of `words`, the newest first.

    Looked for in number, issuer, summary and topic; `words` are folded. Digits are whole words.
    """
    ends = ((word, " " if word.isdigit() else "") for word in words)
    found = (document.c.folded.contains(f" {word}{end}") for word, end in ends)
    query = select(*COLUMNS).where(document.c.unit_id.in_(line), *found).order_by(*_NEWEST)
    return rows_as(Document, c.execute(query.limit(limit)))


def of_ids(c: Connection, ids: Collection[int]) -> Sequence[Document]:
    """These documents, the newest first."""
    query = select(*COLUMNS).where(document.c.id.in_(ids)).order_by(*_NEWEST)
    return rows_as(Document, c.execute(query))


def files_of(c: Connection, document_id: int) -> Sequence[KeptFile]:
    """The files of a document, in order."""
    query = (
        select(file.c.id, file.c.kind, file.c.name)
        .join(document_file, document_file.c.file_id == file.c.id)
        .where(document_file.c.document_id == document_id)
        .order_by(document_file.c.position)
    )
    return [KeptFile(row.id, FileKind(row.kind), row.name) for row in c.execute(query)]


def topics(c: Connection, line: Collection[int], limit: int) -> Sequence[str]:
    """The topics that these units have given, the most used first."""
    query = select(document.c.topic).where(document.c.unit_id.in_(line), document.c.topic != "")
    used = query.group_by(document.c.topic).order_by(func.count().desc(), document.c.topic)
    return list(c.execute(used.limit(limit)).scalars())


def set_topic(c: Connection, known: Document, topic: str) -> None:
    """Give a document a topic, or none by an empty one."""
    folded = searched(known.number, known.issuer, known.summary, topic)
    query = update(document).where(document.c.id == known.id)
    c.execute(query.values(topic=topic, folded=folded))
    audit.note(c, Act.DOCUMENT_SORTED, document, known.id)


def pin(c: Connection, document_id: int, *, pinned: bool) -> None:
    """A pinned document is sent to every group that is bound from now on."""
    c.execute(update(document).where(document.c.id == document_id).values(pinned=pinned))
    audit.note(c, Act.DOCUMENT_PINNED, document, document_id, pinned=int(pinned))


def replace(c: Connection, document_id: int, by: int | None) -> bool:
    """Mark that another document stands in a document's place, or with None that none does.

    False, and nothing is changed, where the other one is itself replaced by this one, however far.
    """
    later = by
    while later is not None:
        if later == document_id:
            return False
        later = get(c, later).replaced_by
    c.execute(update(document).where(document.c.id == document_id).values(replaced_by=by))
    audit.note(c, Act.DOCUMENT_REPLACED, document, document_id, by=by or 0)
    return True


def about(document_id: int) -> str:
    """What the messages of a document that was sent by itself are about."""
    return f"{_ABOUT}{document_id}"


_ABOUT = "document:"


def pinned_for(c: Connection, line: Collection[int], chat_id: int) -> Sequence[Document]:
    """The pinned documents of these units, in force, that a chat has not got; the oldest first."""
    mine = delivery.c.about == literal(_ABOUT) + cast(document.c.id, String)
    sent = exists().where(
        delivery.c.chat_id == chat_id,
        delivery.c.state.not_in(("failed", "cancelled")),
        or_(
            mine,
            delivery.c.broadcast_id.in_(
                select(broadcast.c.id).where(broadcast.c.document_id == document.c.id)
            ),
        ),
    )
    query = select(*COLUMNS).where(document.c.unit_id.in_(line), document.c.pinned, IN_FORCE, ~sent)
    return rows_as(Document, c.execute(query.order_by(document.c.issued_on, document.c.id)))


def set_summary(c: Connection, known: Document, summary: str) -> None:
    """Give a document another text."""
    folded = searched(known.number, known.issuer, summary, known.topic)
    query = update(document).where(document.c.id == known.id)
    c.execute(query.values(summary=summary, folded=folded))
    audit.note(c, Act.DOCUMENT_REWORDED, document, known.id)


def withdraw(c: Connection, document_id: int, now: datetime) -> None:
    """It counts no longer; what it said is kept."""
    c.execute(update(document).where(document.c.id == document_id).values(withdrawn_at=now))
    audit.note(c, Act.DOCUMENT_WITHDRAWN, document, document_id)
