"""What a document of the library says to a question, word for word."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from domain.quotation import asked_words, quotation, weights
from storage import documents, pages
from storage.documents import Document

SURE = 0.5
"""From which score on a passage is quoted: half of what the question tells stands there."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A passage with its document and page."""

    document: Document
    page: int
    text: str


def quote(c: Connection, line: Collection[int], question: str) -> Quoted | None:
    """The passage of these units' documents that answers a question; None where none does."""
    asked = asked_words(question)
    if not line or not asked:
        return None
    weight = weights(asked, *pages.spread(c, line, asked))
    found = (
        (quoted.score, page, quoted.text)
        for page in pages.telling(c, line, asked)
        if (quoted := quotation(question, page.text, weight))
    )
    score, page, text = max(found, key=lambda row: row[0], default=(0.0, None, ""))
    if page is None or score < SURE:
        return None
    return Quoted(documents.get(c, page.document_id), page.number, text)
