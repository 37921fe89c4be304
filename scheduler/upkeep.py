"""Drops what need not be remembered any longer, and settles what nobody can do any more."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from scheduler.detour import abandon
from storage import chats, ends, files, personal, retention
from storage.retention import SWEEPS, Kind, Sweep
from storage.store import Store

log = logging.getLogger(__name__)

FORSAKEN = "the account is no longer set up"
BATCH = 1000
"""Rows that are dropped at once: others who write wait no longer than these take."""
FRESH = timedelta(days=1)
"""Bytes on the disk are younger than this while their row is on its way."""
ALWAYS = {Kind.CODES: 1, Kind.COPIES: 1}
"""Days that are no setting: of tries that count for an hour, of copies that their owner has."""


@dataclass(frozen=True, slots=True)
class Tidy:
    """Forgets what is older than so many `days`; `folder` has the bytes of files."""

    store: Store
    days: Mapping[Kind, int]
    folder: Path

    async def run(self, now: datetime) -> None:
        days = {**self.days, **ALWAYS}
        for sweep in SWEEPS:
            await self._sweep(sweep, now - timedelta(days=days[sweep.kind]))
        await self.store.write(personal.forget_addresses)
        await self._sweep_disk(now)

    async def _sweep(self, sweep: Sweep, before: datetime) -> None:
        while keys := await self.store.read(retention.due, sweep, before, BATCH):
            if not await self.store.write(retention.drop, sweep, before, keys):
                return

    async def _sweep_disk(self, now: datetime) -> None:
        """Remove bytes that no file has any more."""
        since = now - FRESH
        names = await asyncio.to_thread(_lying, self.folder, since)
        for start in range(0, len(names), BATCH):
            some = names[start : start + BATCH]
            for name in await self.store.read(retention.unknown, some):
                # Meanwhile somebody may have kept the same bytes anew.
                if _lies(self.folder / name, since):
                    (self.folder / name).unlink(missing_ok=True)


def _lying(folder: Path, since: datetime) -> list[str]:
    """The names of bytes that lie there for some time."""
    if not folder.is_dir():
        return []
    return [path.name for path in folder.iterdir() if _lies(path, since)]


def _lies(path: Path, since: datetime) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime < since.timestamp()
    return False


def forsake(c: Connection, account_ids: Collection[str], now: datetime) -> int:
    """End what waits for accounts that the settings no longer name; how many messages.

    What is for one person goes by another account, where there is one.
    """
    if lost := files.forsaken(c, account_ids):
        log.error("%s files are lost: only accounts had them that are no longer set up", lost)
    others = chats.accounts_beside(c, account_ids)
    count = sum(abandon(c, each, FORSAKEN, now) for each in others)
    count += ends.forsaken(c, others, FORSAKEN, now)
    if count:
        log.error("%s messages waited for accounts that are no longer set up", count)
    return count
