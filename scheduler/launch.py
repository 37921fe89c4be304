"""Starts broadcasts whose time has come, and lets go on what nobody passed on in time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from domain.broadcast import BroadcastState
from storage import broadcasts, passages
from storage.broadcasts import Broadcast
from storage.passages import Passage
from storage.store import Store

Start = Callable[[Connection, Broadcast, datetime], None]
PassOn = Callable[[Connection, Passage, datetime], None]
Ended = Callable[[Connection, Broadcast, datetime], None]


@dataclass(frozen=True, slots=True)
class Launch:
    """`start` writes the ledger of a planned broadcast, `pass_on` that of what a unit held.

    `ended` is called for each broadcast whose end no sent message brought about.
    """

    store: Store
    start: Start
    pass_on: PassOn
    ended: Ended

    async def due(self, now: datetime) -> int:
        """Start and pass on all that is due, however late; how many."""
        count = 0
        for planned in await self.store.read(broadcasts.due, now):
            count += await self.store.write(self._start, planned.id, now)
        for held in await self.store.read(passages.due, now):
            count += await self.store.write(self._pass_on, held, now)
        return count + await self.store.write(self._finish, now)

    def _start(self, c: Connection, broadcast_id: int, now: datetime) -> bool:
        # Read anew: another scheduler may have been here.
        broadcast = broadcasts.get(c, broadcast_id)
        if broadcast.state != BroadcastState.PLANNED or broadcast.start_at > now:
            return False
        self.start(c, broadcast, now)
        return True

    def _pass_on(self, c: Connection, held: Passage, now: datetime) -> bool:
        if held not in passages.due(c, now):
            return False
        self.pass_on(c, held, now)
        return True

    def _finish(self, c: Connection, now: datetime) -> int:
        """A broadcast may end without a message: the last unit had no groups left below it."""
        ended = broadcasts.finish(c, now)
        for broadcast in ended:
            self.ended(c, broadcast, now)
        return len(ended)
