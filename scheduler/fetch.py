"""Brings the bytes of files that people sent to the disk, so that every account can send them."""

import asyncio
import hashlib
import logging
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from domain.channel import Channel, Refused, SendError
from domain.message import FileIn, FileKind
from storage import files
from storage.files import Missing
from storage.outage import Outage
from storage.store import StorageError, Store

log = logging.getLogger(__name__)

BATCH = 20
PAUSE_SECONDS = 20.0
"""Until what could not be fetched is tried again."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Fetches one account's files into `folder`, named by their SHA-256.

    At once, for some messengers give addresses that do not work for long.
    """

    store: Store
    channel: Channel
    folder: Path
    _woken: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def soon(self) -> None:
        """A file has come."""
        self._woken.set()

    async def run(self) -> None:
        """Fetch what comes, until cancelled."""
        account = self.channel.account
        outage = Outage(log, f"{account}: files wait for the database", f"{account}: files go on")
        while True:
            self._woken.clear()
            try:
                await self.missing()
                outage.over()
            except StorageError as error:
                outage.met(error)
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_SECONDS):
                    await self._woken.wait()

    async def missing(self) -> None:
        """Fetch what is still with the platform."""
        waiting = await self.store.read(files.missing, self.channel.account, BATCH)
        for each in waiting:
            await self._bring(each)

    async def _bring(self, wanted: Missing) -> None:
        incoming = FileIn(FileKind.DOCUMENT, wanted.platform_id, size=wanted.size)
        try:
            data = await self.channel.fetch(incoming)
            name = await asyncio.to_thread(keep_bytes, self.folder, data)
        except Refused as error:
            log.error("%s: file %s is lost: %s", self.channel.account, wanted.id, error)
            name = files.LOST
        except (SendError, OSError) as error:
            log.warning("%s: file %s not fetched: %s", self.channel.account, wanted.id, error)
            return
        await self.store.write(files.arrived, wanted.id, name)


def keep_bytes(folder: Path, data: bytes) -> str:
    """Write a file under its SHA-256, whole or not at all, whoever else does too; that name."""
    name = hashlib.sha256(data).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        os.utime(folder / name)  # a new row of theirs is on its way: they are not left behind
    except FileNotFoundError:
        part = folder / f"{name}.{uuid4().hex}.part"
        try:
            part.write_bytes(data)
            part.replace(folder / name)
        finally:
            part.unlink(missing_ok=True)
    return name
