"""Makes the files that somebody waits for, in a thread and between two transactions."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from domain.message import FileKind
from scheduler.fetch import keep_bytes
from storage import deliveries, errands, files
from storage.deliveries import Letter
from storage.errands import Errand
from storage.store import StorageError, Store

log = logging.getLogger(__name__)

BATCH = 20


@dataclass(frozen=True, slots=True)
class Making:
    """A file to be made, and the words that it is sent with; `make` takes its time."""

    name: str
    mime: str
    kind: FileKind
    text: str
    make: Callable[[], bytes]


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
        """Make everything that waits; how many."""
        waiting = await self.store.read(errands.waiting, BATCH)
        for each in waiting:
            await self._run(each, now)
        return len(waiting)

    async def _run(self, errand: Errand, now: datetime) -> None:
        try:
            making = await self.store.read(self.prepare, errand, now)
            data = await asyncio.to_thread(making.make) if making else b""
        except StorageError:
            raise
        except Exception:
            # A fault of ours must not stop the errands behind it.
            log.exception("errand %s: the file could not be made", errand.id)
            await self.store.write(self._say_sorry, errand, now)
            return
        if making is None:
            await self.store.write(errands.done, errand.id)
            return
        try:
            name = await asyncio.to_thread(keep_bytes, self.folder, data)
        except OSError as error:  # a full disk may have room later
            log.warning("errand %s waits: %s", errand.id, error)
            return
        await self.store.write(self._send, errand, making, len(data), name, now)

    def _send(
        self, c: Connection, errand: Errand, making: Making, size: int, sha256: str, now: datetime
    ) -> None:
        if errands.done(c, errand.id):
            file_id = files.kept(c, making.kind, making.name, making.mime, size, sha256)
            deliveries.queue(c, Letter(errand.chat_id, making.text, file_ids=(file_id,)), now)

    def _say_sorry(self, c: Connection, errand: Errand, now: datetime) -> None:
        if errands.done(c, errand.id):
            deliveries.queue(c, Letter(errand.chat_id, self.sorry(errand)), now)
