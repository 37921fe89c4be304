"""The days on which people work, and the moments at which they may be asked for something."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.data_set import DataSet
from domain.period import Period, PeriodType, local_day

DAY = timedelta(days=1)


class National(Protocol):
    """A country's days: whether one is a holiday, and whether people work on it."""

    def __contains__(self, key: date, /) -> bool: ...

    def is_working_day(self, key: date, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Calendar:
    """The country's days, with days that are given `off` and weekend days `worked` for them."""

    zone: ZoneInfo
    national: National
    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def festive(self, day: date) -> bool:
        """Whether a day is free for another reason than being in a weekend."""
        return day in self.off or (day in self.national and day not in self.worked)

    def works(self, day: date) -> bool:
        return day not in self.off and (day in self.worked or self.national.is_working_day(day))

    def works_at(self, moment: datetime) -> bool:
        return self.works(local_day(moment, self.zone))

    def ask_on(self, data_set: DataSet, period: Period) -> date:
        """The day on which the teams are asked: the due day, or the working day before it.

        A week's due day is a weekday by name: a Saturday is meant to be one. Where no day of the
        period up to then is a working day, as at Tết, it is the first working day after.
        """
        due = data_set.due_on(period)
        if data_set.period_type is PeriodType.WEEK and not self.festive(due):
            return due
        before = (due - n * DAY for n in range((due - period.first).days + 1))
        return next(filter(self.works, before), None) or next(self._working_from(due))

    def ask_at(self, data_set: DataSet, period: Period) -> datetime:
        """The moment at which the teams are asked for that period."""
        return datetime.combine(self.ask_on(data_set, period), data_set.hour, self.zone)

    def digest_at(self, data_set: DataSet, period: Period, hour: time) -> datetime:
        """When a period's sums are told: on the Monday after it, or the first working day then.

        Where the teams are asked only after the period, it is the Monday after that.
        """
        after = max(period.last, self.ask_on(data_set, period))
        monday = after + DAY * (7 - after.weekday())
        return datetime.combine(next(self._working_from(monday)), hour, self.zone)

    def _working_from(self, day: date) -> Iterator[date]:
        while True:
            if self.works(day):
                yield day
            day += DAY

    def later(self, moment: datetime, span: timedelta) -> datetime:
        """When so much time will have passed; days off do not count."""
        day = local_day(moment, self.zone)
        for work_day in self._working_from(day):
            begin = max(moment, self._midnight(work_day))
            left = self._midnight(work_day + DAY) - begin
            if span < left:
                return begin + span
            span -= left
        raise AssertionError("days have no end")

    def earlier(self, moment: datetime, span: timedelta) -> datetime:
        """The last moment of which `later` is no later than this one."""
        day, end = local_day(moment, self.zone), moment
        while not self.works(day):
            # What would be over as a day ends is over when the next working day begins.
            end, day = self._midnight(day) - datetime.resolution, day - DAY
        while True:
            passed = end - self._midnight(day) if self.works(day) else timedelta()
            if span <= passed and self.works(day):
                return end - span
            span -= passed
            end, day = self._midnight(day), day - DAY

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)
