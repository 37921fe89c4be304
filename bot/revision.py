"""Saying otherwise what was sent: a document's new text, or that it was taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.broadcast import NOWHERE, describe
from bot.house import House
from domain.broadcast import BroadcastState
from domain.channel import Choice
from domain.period import local_day
from storage import broadcasts, deliveries, documents, passages, revisions, units
from storage.broadcasts import Broadcast
from storage.deliveries import Letter
from storage.documents import Document
from storage.revisions import FirstPart


def reword(c: Connection, house: House, document: Document, summary: str, now: datetime) -> int:
    """Give a document another text wherever it went and goes; how many messages are edited."""
    documents.set_summary(c, document, summary)
    changed = documents.get(c, document.id)
    return sum(
        _reword_one(c, house, broadcast, changed, now)
        for broadcast in broadcasts.of_document(c, document.id)
    )


def _reword_one(
    c: Connection, house: House, broadcast: Broadcast, document: Document, now: datetime
) -> int:
    lines = _lines(c, house, broadcast, now)
    contents = {}
    for first in revisions.first_parts(c, broadcast.id):
        line = lines.get(first.unit_id, "")
        text = house.words("document.message", **describe(document), line=line)
        contents[first.content_id] = _keep(c, first, text, first.body["choices"])
    return _replace(c, broadcast, contents, now)


def _lines(c: Connection, house: House, broadcast: Broadcast, now: datetime) -> dict[int, str]:
    """What was added on the way to each unit."""
    day = local_day(now, house.zone)
    return {
        unit.id: each.line
        for each in passages.with_line(c, broadcast.id)
        for unit in units.below(c, each.unit_id, day)
        if unit.id != each.unit_id
    }


def withdraw(c: Connection, house: House, document: Document, now: datetime) -> int:
    """Take a document back wherever it went; how many messages then say so."""
    documents.withdraw(c, document.id, now)
    text = house.words("control.withdrawn_message", **describe(document))
    count = 0
    for broadcast in broadcasts.of_document(c, document.id):
        deliveries.cancel(c, broadcast.id, "the document was withdrawn", now)
        contents = {
            first.content_id: _keep(c, first, text, [])
            for first in revisions.first_parts(c, broadcast.id)
        }
        count += _replace(c, broadcast, contents, now)
        broadcasts.set_state(c, broadcast.id, BroadcastState.WITHDRAWN, now)
    return count


def _keep(c: Connection, first: FirstPart, text: str, choices: list[list[dict[str, Any]]]) -> int:
    rows = tuple(tuple(Choice(**choice) for choice in row) for row in choices)
    letter = Letter(NOWHERE, text, rows, tuple(first.body["files"]))
    return deliveries.keep_contents(c, letter)[0]


def _replace(c: Connection, broadcast: Broadcast, contents: dict[int, int], now: datetime) -> int:
    """Let every message with an old content say the new one; how many that arrived are edited."""
    if not contents:
        return 0
    count = deliveries.rewrite(c, broadcast.id, next(iter(contents.values())), now)
    for old, new in contents.items():
        revisions.swap(c, broadcast.id, old, new)
    return count
