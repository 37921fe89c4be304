"""Keeps the messages fresh that show how far broadcasts are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import progress
from storage.broadcasts import Broadcast
from storage.progress import GOING
from storage.store import Store

News = Callable[[Connection, Broadcast, datetime], str | None]
Show = Callable[[Connection, Broadcast, str, datetime], None]
End = Callable[[Connection, Broadcast, datetime], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """`news` is what the message of a broadcast should say, when that is new, and `show` says it.

    `end` tells how one ended that was stopped before its end.
    """

    store: Store
    news: News
    show: Show
    end: End

    async def refresh(self, now: datetime) -> int:
        """Bring every message up to date; how many changed."""
        changed = 0
        for each in await self.store.read(progress.to_show):
            if each.state not in GOING:
                await self.store.write(self.end, each, now)
            # Counting takes its time: it must not hold up whoever writes.
            elif (text := await self.store.read(self.news, each, now)) is not None:
                await self.store.write(self.show, each, text, now)
                changed += 1
        return changed
