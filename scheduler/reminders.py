"""Reminds those who have not acknowledged, when it is time, and never at night."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from domain.broadcast import BroadcastState, QuietHours
from domain.reminder import LATE, round_due
from storage import broadcasts, reminders
from storage.broadcasts import Broadcast
from storage.store import Store

Remind = Callable[[Connection, Broadcast, datetime], int]


@dataclass(frozen=True, slots=True)
class Reminders:
    """`after` are the spans from the end of a broadcast to its reminders, in rising order.

    `remind` queues the next reminder of a broadcast and says to how many.
    """

    store: Store
    after: Sequence[timedelta]
    quiet: QuietHours
    remind: Remind

    async def due(self, now: datetime) -> int:
        """Queue every reminder that is due; to how many groups."""
        if not self.after or self.quiet.at(now):
            return 0
        oldest = now - self.after[-1] - LATE
        found = await self.store.read(reminders.finished_since, oldest)
        return sum([await self.store.write(self._remind, each.id, now) for each in found])

    def _remind(self, c: Connection, broadcast_id: int, now: datetime) -> int:
        # Read anew: another scheduler may have been here.
        broadcast = broadcasts.get(c, broadcast_id)
        if broadcast.state != BroadcastState.FINISHED or broadcast.finished_at is None:
            return 0
        turn = round_due(broadcast.finished_at, self.after, broadcast.rounds, now)
        if turn is None:
            return 0
        if broadcast.rounds < turn - 1:
            reminders.skip_to(c, broadcast_id, turn - 1)
        count = self.remind(c, broadcasts.get(c, broadcast_id), now)
        if not count:
            reminders.skip_to(c, broadcast_id, turn)
        return count
