"""Sends the lessons of courses when their time has come, and reminds the slow once a lesson."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from domain.broadcast import QuietHours
from domain.calendar import Calendar
from domain.course import working
from storage import training
from storage.store import Store
from storage.training import Run, RunState, Sent

BATCH = 200
"""Groups that are looked at in one transaction, so that no reply has to wait long."""

GoOn = Callable[[Connection, Run, datetime], int]
Remind = Callable[[Connection, Sequence[Sent], datetime], object]


@dataclass(frozen=True, slots=True)
class Lessons:
    """The clock of courses. `go_on` sends a run's next lesson or ends it, `remind` some groups."""

    store: Store
    calendar: Calendar
    quiet: QuietHours
    go_on: GoOn
    remind: Remind

    async def due(self, now: datetime) -> int:
        """Let go all that is due, in working hours only; to how many groups.

        On a weekend a lesson goes where its course says so, but nobody is reminded.
        """
        count = 0
        if self.quiet.at(now) or not working(now, self.calendar):
            return count
        for run_id in await self.store.read(training.due, now):
            count += await self.store.write(self._go_on, run_id, now)
        if not self.calendar.works_at(now):
            return count
        while looked_at := await self.store.write(self._remind, now):
            count += looked_at
        return count

    def _go_on(self, c: Connection, run_id: int, now: datetime) -> int:
        # Read anew: another scheduler may have been here.
        run = training.get(c, run_id)
        still = run.state is RunState.RUNNING and run.next_at and run.next_at <= now
        return self.go_on(c, run, now) if still else 0

    def _remind(self, c: Connection, now: datetime) -> int:
        found = training.slow(c, now, BATCH)
        self.remind(c, found, now)
        return len(found)
