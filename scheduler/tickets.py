"""Lets open questions climb, and sends coordinators the week's list of what to look at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.broadcast import QuietHours
from domain.period import Period, PeriodType, local_day
from storage import questions, tickets
from storage.store import Store

BATCH = 100
"""Questions or people dealt with in one transaction, so that no reply has to wait long."""

LIST_AT = time(8)
"""On Mondays; a machine that was off then still sends it until the day is over."""

Climb = Callable[[Connection, int, datetime], object]
Tell = Callable[[Connection, int, datetime], None]
Flag = Callable[[Connection, datetime, int], int]


@dataclass(frozen=True, slots=True)
class Climbing:
    """The clock of open questions. `climb` tells the next rung of one and sets its clock anew;
    `flag` tells the authors of some entries that their document is replaced, and how many.
    """

    store: Store
    quiet: QuietHours
    climb: Climb
    flag: Flag

    async def due(self, now: datetime) -> int:
        """Let every question climb whose time has come, but not at night; how many were moved."""
        count = 0
        if self.quiet.at(now):
            return count
        while moved := await self.store.write(self._some, now):
            count += moved
        while flagged := await self.store.write(self.flag, now, BATCH):
            count += flagged
        return count

    def _some(self, c: Connection, now: datetime) -> int:
        found = tickets.due(c, now, BATCH)
        for ticket_id in found:
            self.climb(c, ticket_id, now)
        return len(found)


@dataclass(frozen=True, slots=True)
class WeeklyList:
    """The list on Monday morning. `tell` sends it to one coordinator."""

    store: Store
    zone: ZoneInfo
    tell: Tell

    async def due(self, now: datetime) -> int:
        """Send it to everybody who has not got this week's; to how many people."""
        week, count = Period.of(PeriodType.WEEK, local_day(now, self.zone)), 0
        begin = datetime.combine(week.first, LIST_AT, self.zone)
        end = datetime.combine(week.first + timedelta(days=1), time(), self.zone)
        if begin <= now < end:
            while told := await self.store.write(self._some, week.id, now):
                count += told
        return count

    def _some(self, c: Connection, week: str, now: datetime) -> int:
        people = questions.to_review(c, week, BATCH)
        for person_id in people:
            if questions.review_sent(c, person_id, week):
                self.tell(c, person_id, now)
        return len(people)
