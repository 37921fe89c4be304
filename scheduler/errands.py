"""Makes the files that somebody waits for, in a thread and between two transactions."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection

from domain.message import FileKind
from scheduler.fault import described
from scheduler.fetch import keep_bytes
from storage import deliveries, errands, files
from storage.deliveries import Letter
from storage.errands import Errand
from storage.store import StorageError, Store

log = logging.getLogger(__name__)

BATCH = 20


@dataclass(frozen=True, slots=True)
class Making:
    """A file to be made, and the words that it is sent with; `make` takes its time.

    `person_id` is whose own data it is, where it is nobody else's.
    """

    name: str
    mime: str
    kind: FileKind
    text: str
    make: Callable[[], bytes]
    person_id: int | None = None


def file_name(title: str, ending: str) -> str:
    """As `12-KH-UBND.xlsx`, which every system takes."""
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in title)
    return f"{safe}.{ending}"


Prepare = Callable[[Connection, Errand, datetime], Making | None]
Sorry = Callable[[Errand], str]


@dataclass(frozen=True, slots=True)
class Errands:
    """Runs errands.

    `prepare` reads what a file is made from, None where there is nothing to make; `sorry` is what
    is said when it could not be made.
    """

    store: Store
    folder: Path
    prepare: Prepare
    sorry: Sorry

    async def run(self, now: datetime) -> int:
        """Make everything that waits, once for all chats that wait for the same; for how many."""
        waiting = await self.store.read(errands.waiting, BATCH)
        for _, alike in groupby(waiting, key=lambda each: (each.kind, each.subject)):
            await self._run(list(alike), now)
        return len(waiting)

    async def _run(self, alike: Sequence[Errand], now: datetime) -> None:
        errand = alike[0]
        try:
            making = await self.store.read(self.prepare, errand, now)
            data = await asyncio.to_thread(making.make) if making else b""
        except StorageError:
            raise
        except Exception as error:
            # A fault of ours must not stop the errands behind it.
            log.error("errand %s: the file could not be made: %s", errand.id, described(error))
            await self.store.write(self._say_sorry, alike, now)
            return
        if making is None:
            await self.store.write(_off_the_list, alike)
            return
        try:
            name = await asyncio.to_thread(keep_bytes, self.folder, data)
        except OSError as error:  # a full disk may have room later
            log.warning("errand %s waits: %s", errand.id, error)
            return
        await self.store.write(self._send, alike, making, len(data), name, now)

    def _send(
        self,
        c: Connection,
        alike: Sequence[Errand],
        making: Making,
        size: int,
        sha256: str,
        now: datetime,
    ) -> None:
        chat_ids = _off_the_list(c, alike)
        if chat_ids:
            what = (making.kind, making.name, making.mime, size, sha256, now, making.person_id)
            file_id = files.kept(c, *what)
            for chat_id in chat_ids:
                deliveries.queue(c, Letter(chat_id, making.text, file_ids=(file_id,)), now)

    def _say_sorry(self, c: Connection, alike: Sequence[Errand], now: datetime) -> None:
        for chat_id in _off_the_list(c, alike):
            deliveries.queue(c, Letter(chat_id, self.sorry(alike[0])), now)


def _off_the_list(c: Connection, alike: Sequence[Errand]) -> list[int]:
    """Take errands off the list; the chats that wait, but for those that somebody else served."""
    return [each.chat_id for each in alike if errands.done(c, each.id)]
