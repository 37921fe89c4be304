"""Queries on the text inside files: page by page, and which words each file has.

The words narrow a search to a few files before their pages are looked through: a scan of all pages
would take seconds where there are thousands of documents.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, case, exists, func, insert, literal, select
from sqlalchemy.sql.elements import ColumnElement

from domain.message import FileKind
from domain.search import folded_page
from storage.documents import IN_FORCE
from storage.files import LOST
from storage.rows import AnyRow, rows_as
from storage.schema import document, document_file, file, page, word

LONGEST_WORD = 40
NO_TEXT = 0
"""The number of the one page of a file in which there is nothing to read."""

LOOKED_THROUGH = 25
"""Files whose pages one search looks through: those that say the words most often."""
PAGES_READ = 10
"""Pages in which a passage is looked for that answers a question."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that is on the disk, by that name, and has not been read."""

    id: int
    sha256: str


def unread(c: Connection, limit: int) -> Sequence[Unread]:
    query = select(file.c.id, file.c.sha256).where(
        file.c.kind == FileKind.DOCUMENT.value,
        file.c.sha256.is_not(None),
        file.c.sha256 != LOST,
        ~exists().where(page.c.file_id == file.c.id),
    )
    return rows_as(Unread, c.execute(query.order_by(file.c.id).limit(limit)))


def keep(c: Connection, file_id: int, texts: Sequence[str]) -> None:
    """Keep the text of a file's pages, in order; none at all says that it has no text.

    Of two who have read the same file the second one's is not kept.
    """
    if c.execute(select(page.c.number).where(page.c.file_id == file_id).limit(1)).first():
        return
    rows = [(number, text, folded_page(text)) for number, text in enumerate(texts, 1)]
    columns = ("number", "text", "folded")
    pages = [dict(zip(columns, row, strict=True)) for row in rows or [(NO_TEXT, "", "")]]
    c.execute(insert(page), [row | {"file_id": file_id} for row in pages])
    counts = Counter(each for row in rows for each in row[2].split())
    known = [
        {"word": each, "file_id": file_id, "count": count}
        for each, count in counts.items()
        if len(each) <= LONGEST_WORD
    ]
    if known:
        c.execute(insert(word), known)


@dataclass(frozen=True, slots=True)
class Hit:
    """The page of a document's file where sought words stand best; as a `phrase` or apart."""

    document_id: int
    file_id: int
    number: int
    phrase: bool


def search(c: Connection, line: Collection[int], sought: Sequence[str]) -> list[Hit]:
    """Where files of these units' documents have all the folded words inside, the best first.

    A document has a hit for each of its files.
    """
    files = _with_words(c, line, set(sought))
    best = _best_pages(c, {row.file_id for row in files}, sought)
    hits = [Hit(row.document_id, row.file_id, *best[row.file_id]) for row in files]
    return sorted(hits, key=lambda hit: not hit.phrase)


def _with_words(c: Connection, line: Collection[int], sought: Collection[str]) -> Sequence[AnyRow]:
    """The documents and files that have all of the words most often."""
    query = (
        select(document_file.c.document_id, word.c.file_id)
        .join(document_file, document_file.c.file_id == word.c.file_id)
        .join(document, document.c.id == document_file.c.document_id)
        .where(word.c.word.in_(sought), document.c.unit_id.in_(line))
        .group_by(document_file.c.document_id, word.c.file_id)
        .having(func.count() == len(sought))
        .order_by(func.min(word.c.count).desc(), func.sum(word.c.count).desc(), word.c.file_id)
    )
    return c.execute(query.limit(LOOKED_THROUGH)).all()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a file of a document."""

    document_id: int
    file_id: int
    number: int
    text: str


def telling(c: Connection, line: Collection[int], sought: Collection[str]) -> Sequence[Page]:
    """The pages with most of the folded words, of these units' documents in force."""
    mine = document.c.unit_id.in_(line) & IN_FORCE
    files = (
        select(document_file.c.document_id, word.c.file_id)
        .join(document_file, document_file.c.file_id == word.c.file_id)
        .join(document, document.c.id == document_file.c.document_id)
        .where(word.c.word.in_(sought), mine)
        .group_by(document_file.c.document_id, word.c.file_id)
        .order_by(func.count().desc(), word.c.file_id)
        .limit(LOOKED_THROUGH)
        .subquery()
    )
    found = sum((_has(each) for each in sought), literal(0))
    query = (
        select(files.c.document_id, page.c.file_id, page.c.number, page.c.text)
        .join(files, files.c.file_id == page.c.file_id)
        .order_by(found.desc(), page.c.file_id, page.c.number)
    )
    return rows_as(Page, c.execute(query.limit(PAGES_READ)))


def spread(
    c: Connection, line: Collection[int], sought: Collection[str]
) -> tuple[int, dict[str, int]]:
    """How many files these units' documents have, and how many of them have each folded word."""
    mine = (
        select(document_file.c.file_id)
        .join(document, document.c.id == document_file.c.document_id)
        .where(document.c.unit_id.in_(line), IN_FORCE)
        .distinct()
    )
    having = (
        select(word.c.word, func.count())
        .where(word.c.word.in_(sought), word.c.file_id.in_(mine))
        .group_by(word.c.word)
    )
    among = c.execute(select(func.count()).select_from(mine.subquery())).scalar_one()
    return among, {row[0]: row[1] for row in c.execute(having)}


def _best_pages(
    c: Connection, file_ids: Collection[int], sought: Sequence[str]
) -> dict[int, tuple[int, bool]]:
    """For each file the first page with most of the words, and whether they stand together."""
    phrase = _has(" ".join(sought))
    found = sum((_has(each) for each in sought), phrase * 100)
    query = select(page.c.file_id, page.c.number, phrase, found.label("found"))
    rows = c.execute(query.where(page.c.file_id.in_(file_ids))).all()
    ranked = sorted(rows, key=lambda row: (row.found, -row.number))
    return {file_id: (number, bool(whole)) for file_id, number, whole, _ in ranked}


def _has(words: str) -> ColumnElement[int]:
    return case((page.c.folded.contains(f" {words} "), literal(1)), else_=literal(0))


def text(c: Connection, file_id: int, number: int) -> str:
    """What stands on a page."""
    query = select(page.c.text).where(page.c.file_id == file_id, page.c.number == number)
    return str(c.execute(query).scalar_one())


def without_text(c: Connection, file_ids: Iterable[int]) -> frozenset[int]:
    """Those of the files that were read and have no text."""
    query = select(page.c.file_id).where(
        page.c.file_id.in_(list(file_ids)), page.c.number == NO_TEXT
    )
    return frozenset(c.execute(query).scalars())
