"""A letter with files: which of them go in one message."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from domain.channel import MAX_ALBUM
from domain.message import FileKind
from storage import chats, deliveries, files
from storage.deliveries import Letter
from storage.files import KeptFile


def send(c: Connection, letter: Letter, file_ids: Sequence[int], now: datetime) -> int:
    """Queue a letter with these files; the number of its first row."""
    albums = bool(file_ids) and chats.get(c, letter.chat_id).account_id in chats.with_albums(c)
    said, *others = spread(letter, files.of_ids(c, file_ids), albums=albums)
    number = deliveries.queue(c, said, now)
    for other in others:
        deliveries.queue(c, other, now)
    return number


def send_apart(c: Connection, letter: Letter, file_ids: Sequence[int], now: datetime) -> None:
    """Queue the words of a letter, if any, and these files behind them as long as they are there.

    So one that comes late, or never, holds up no words.
    """
    if letter.text:
        deliveries.queue(c, letter, now)
    if known := [each.id for each in files.of_ids(c, file_ids)]:
        send(c, replace(letter, text="", choices=()), known, now)


def spread(letter: Letter, kept: Sequence[KeptFile], *, albums: bool) -> list[Letter]:
    """A letter as messages, in order: its words with the first file, then the other files.

    `albums` is whether photos can go together.
    """
    first, *others = _together(kept, albums=albums) or [()]
    bare = replace(letter, text="", choices=())
    return [replace(letter, file_ids=first), *(replace(bare, file_ids=each) for each in others)]


def _together(kept: Sequence[KeptFile], *, albums: bool) -> list[tuple[int, ...]]:
    """Which files go in one message: one, or the photos that follow each other as an album."""
    together: list[tuple[int, ...]] = []
    before = FileKind.DOCUMENT
    for file in kept:
        photos = albums and file.kind is before is FileKind.PHOTO
        if photos and len(together[-1]) < MAX_ALBUM:
            together[-1] += (file.id,)
        else:
            together.append((file.id,))
        before = file.kind
    return together
