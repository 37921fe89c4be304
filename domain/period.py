"""Reporting periods: ISO weeks from Monday to Sunday, months and quarters."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class PeriodType(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


_IDS = {
    PeriodType.WEEK: re.compile(r"(\d{4})W(\d{1,2})"),
    PeriodType.MONTH: re.compile(r"(\d{4})(\d{2})"),
    PeriodType.QUARTER: re.compile(r"(\d{4})Q([1-4])"),
}
_MONTHS = {PeriodType.MONTH: 1, PeriodType.QUARTER: 3}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A period by its year and its number in it, from 1; a week's year is ISO's.

    `id` is DHIS2's: `2026W47`, `202611`, `2026Q4`.
    """

    type: PeriodType
    year: int
    number: int

    @classmethod
    def of(cls, kind: PeriodType, day: date) -> "Period":
        """The period in which a day lies."""
        if kind is PeriodType.WEEK:
            year, number, _ = day.isocalendar()
            return cls(kind, year, number)
        return cls(kind, day.year, (day.month - 1) // _MONTHS[kind] + 1)

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read an id; raises ValueError for what is no period."""
        for kind, pattern in _IDS.items():
            if found := pattern.fullmatch(text.strip().upper()):
                period = cls(kind, int(found[1]), int(found[2]))
                if cls.of(kind, period.first) == period:
                    return period
        raise ValueError(text)

    @property
    def id(self) -> str:
        match self.type:
            case PeriodType.WEEK:
                return f"{self.year}W{self.number:02d}"
            case PeriodType.MONTH:
                return f"{self.year}{self.number:02d}"
            case PeriodType.QUARTER:
                return f"{self.year}Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day; raises ValueError for a number that no year has."""
        if self.type is PeriodType.WEEK:
            return date.fromisocalendar(self.year, self.number, 1)
        return date(self.year, (self.number - 1) * _MONTHS[self.type] + 1, 1)

    @property
    def last(self) -> date:
        return self.next().first - timedelta(days=1)

    def day(self, number: int) -> date:
        """The day of this period with that number, from 1: of a week, 1 is Monday."""
        return self.first + timedelta(days=number - 1)

    def next(self) -> "Period":
        longest = 7 if self.type is PeriodType.WEEK else 31 * _MONTHS[self.type]
        return Period.of(self.type, self.first + timedelta(days=longest))

    def previous(self) -> "Period":
        return Period.of(self.type, self.first - timedelta(days=1))

    def __str__(self) -> str:
        return self.id


def local_day(now: datetime, zone: ZoneInfo) -> date:
    """The calendar day in which people at `zone` live at that moment."""
    return now.astimezone(zone).date()
