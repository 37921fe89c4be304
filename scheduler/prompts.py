"""Asks each team for its report when the day and hour have come, once a period."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.broadcast import QuietHours
from domain.data_set import DataSet, Window, last_day, week_of
from domain.period import Week
from storage import reports
from storage.reports import Due, Survey
from storage.store import Store

BATCH = 500
"""Teams that are asked in one transaction: a nation's prompts must not hold up a reply."""

Ask = Callable[[Connection, DataSet, Week, Due, datetime], None]


@dataclass(frozen=True, slots=True)
class Prompts:
    """The weekly prompts. `ask` puts the question to a team's group."""

    store: Store
    data_sets: Iterable[DataSet]
    zone: ZoneInfo
    late: timedelta
    quiet: QuietHours
    ask: Ask

    async def due(self, now: datetime) -> int:
        """Ask every team that is due and has not been asked, but not at night; how many."""
        count = 0
        if self.quiet.at(now):
            return count
        for data_set in self.data_sets:
            week = week_of(now, self.zone)
            if Window(self.late).open(data_set.prompt_at(week, self.zone), now):
                while asked := await self.store.write(self._ask_some, data_set, week, now):
                    count += asked
        return count

    def _ask_some(self, c: Connection, data_set: DataSet, week: Week, now: datetime) -> int:
        survey = Survey(data_set.id, week.id, data_set.levels, last_day(week))
        teams = reports.unprompted(c, survey, BATCH)
        for due in teams:
            if reports.prompted(c, survey, due.unit_id, now):
                self.ask(c, data_set, week, due, now)
        return len(teams)
