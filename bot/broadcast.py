"""A broadcast at work: the messages of a document, and how they come into the ledger."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.house import House
from bot.parcel import spread
from domain.broadcast import Priority
from domain.channel import Choice
from storage import audience, broadcasts, chats, deliveries, documents
from storage.broadcasts import Broadcast
from storage.chats import KnownChat
from storage.deliveries import Letter, Wave
from storage.documents import Document
from storage.files import KeptFile
from storage.rows import AnyRow

NOWHERE = 0
"""The chat of a letter whose words go to many."""


def describe(document: Document) -> dict[str, Any]:
    """What the sentences about a document need."""
    return {
        "doc_number": document.number,
        "issued_on": document.issued_on,
        "issuer": document.issuer,
        "summary": document.summary,
        "topic": document.topic,
    }


def letters(
    house: House,
    document: Document,
    files: Sequence[KeptFile],
    choices: Sequence[Choice] = (),
    line: str = "",
    *,
    albums: bool,
) -> list[Letter]:
    """The messages of a document, in order: its words with the first file, then the other files.

    `line` is what the unit that passes it on has added; `albums` whether photos can go together.
    """
    text = house.words("document.message", **describe(document), line=line)
    rows = (tuple(choices),) if choices else ()
    return spread(Letter(NOWHERE, text, rows), files, albums=albums)


def show(c: Connection, house: House, document_id: int, chat: KnownChat, now: datetime) -> None:
    """Show a document in a chat as every group will see it."""
    document = documents.get(c, document_id)
    albums = chat.account_id in chats.with_albums(c)
    for letter in letters(house, document, documents.files_of(c, document_id), albums=albums):
        about = documents.about(document_id)
        here = replace(letter, chat_id=chat.id, about=about, for_group=True)
        deliveries.queue(c, here, now)


def queue_to(
    c: Connection,
    house: House,
    broadcast: Broadcast,
    groups: Sequence[AnyRow],
    now: datetime,
    line: str = "",
) -> int:
    """Queue a broadcast's messages for some groups (account_id, chat_id, unit_id)."""
    document = documents.get(c, broadcast.document_id)
    files = documents.files_of(c, document.id)
    with_albums = chats.with_albums(c)
    wave = Wave(broadcast.id, (), broadcast.priority)
    count = 0
    for albums in (True, False):
        some = [each for each in groups if (each.account_id in with_albums) is albums]
        if some:
            parts = letters(house, document, files, [_got(house, broadcast)], line, albums=albums)
            contents = [each for part in parts for each in deliveries.keep_contents(c, part)]
            count += deliveries.queue_wave(c, replace(wave, contents=contents), some, now)
    return count


def remind(c: Connection, house: House, broadcast: Broadcast, now: datetime) -> int:
    """Remind the groups that got a broadcast and have not acknowledged it; how many."""
    groups = audience.silent(c, broadcast.id)
    if not groups:
        return 0
    document = documents.get(c, broadcast.document_id)
    text = house.words("control.reminder", **describe(document))
    contents = deliveries.keep_contents(c, Letter(NOWHERE, text, ((_got(house, broadcast),),)))
    number = broadcasts.next_round(c, broadcast.id)
    wave = Wave(broadcast.id, contents, Priority.BROADCAST, number)
    return deliveries.queue_wave(c, wave, groups, now)


def _got(house: House, broadcast: Broadcast) -> Choice:
    return Choice(house.words("acknowledge.button"), f"acknowledge.got:{broadcast.id}")
