"""Sends coordinators the sums of a period that has ended, once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from domain.broadcast import QuietHours
from domain.calendar import Calendar
from domain.data_set import DataSet
from domain.digest import periods_to_tell
from domain.rates import Survey
from storage import digests
from storage.store import Store

BATCH = 20
"""Units that are told in one transaction, each with its sums."""

Tell = Callable[[Connection, Survey, int, datetime], int]


@dataclass(frozen=True, slots=True)
class Digests:
    """`tell` tells the coordinators of the unit of that number; to how many chats.

    It is done from `hour` on of the Monday after the period, and when missed up to `late` after.
    """

    store: Store
    data_sets: Iterable[DataSet]
    calendar: Calendar
    quiet: QuietHours
    hour: time
    late: timedelta
    tell: Tell

    async def due(self, now: datetime) -> int:
        """Tell everybody who has not been told; to how many chats."""
        if self.quiet.at(now) or not self.calendar.works_at(now):
            return 0
        return sum([await self._tell_all(survey, now) for survey in self._surveys(now)])

    def _surveys(self, now: datetime) -> Iterator[Survey]:
        for data_set in self.data_sets:
            for period in periods_to_tell(data_set, self.calendar, self.hour, self.late, now):
                yield Survey(data_set, period, self.calendar.zone)

    async def _tell_all(self, survey: Survey, now: datetime) -> int:
        count, after = 0, 0
        while found := await self.store.read(digests.untold, survey, after, BATCH):
            count += await self.store.write(self._tell_some, survey, found, now)
            after = found[-1]
        return count

    def _tell_some(
        self, c: Connection, survey: Survey, unit_ids: Sequence[int], now: datetime
    ) -> int:
        fresh = digests.told(c, survey, unit_ids, now)
        return sum(self.tell(c, survey, each, now) for each in fresh)
