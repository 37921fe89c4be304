"""Finding documents by number, by words of what describes them, and by the text inside files."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from domain.search import Match, match, passage, searched, wanted
from domain.text import shorten
from storage import documents, pages
from storage.documents import Document
from storage.pages import Hit

LABEL = 60


@dataclass(frozen=True, slots=True)
class Found:
    """A document, and where in its files the words stand when nothing else of it has them."""

    document: Document
    inside: Hit | None = None


def find(c: Connection, line: Collection[int], text: str) -> list[Found]:
    """The documents of these units that fit what somebody typed, the best first.

    A number comes before words of the description, these before words inside; among equals what is
    in force and newer comes first. Without any words, all.
    """
    sought = wanted(text)
    if not sought:
        return [Found(each) for each in documents.seen_from(c, line)]
    described = _described(c, line, sought)
    known = {each.document.id for each in described}
    hits: dict[int, Hit] = {}
    for hit in pages.search(c, line, sought):
        if hit.document_id not in known:
            hits.setdefault(hit.document_id, hit)
    inside = {each.id: each for each in documents.of_ids(c, hits)}
    return [*described, *(Found(inside[number], hit) for number, hit in hits.items())]


def _described(c: Connection, line: Collection[int], sought: Sequence[str]) -> list[Found]:
    ranked: list[tuple[Match, bool, Found]] = []
    for each in documents.with_words(c, line, sought):
        folded = searched(each.number, each.issuer, each.summary, each.topic)
        if (fits := match(each.number, folded, sought)) is not None:
            ranked.append((fits, not each.in_force, Found(each)))
    return [found for _, _, found in sorted(ranked, key=lambda row: row[:2])]


def quote(c: Connection, hit: Hit, text: str) -> str:
    """The passage of a page where the words of a search stand."""
    return passage(pages.text(c, hit.file_id, hit.number), wanted(text))


def label(document: Document) -> str:
    """A document as a line to pick."""
    return shorten(f"{document.number} – {document.summary}", LABEL)
