"""Reporting periods: ISO weeks, from Monday to Sunday."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A week by its ISO year and number; `id` is DHIS2's, as `2026W47`."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Week":
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Read `2026W47`; raises ValueError for what is no week."""
        year, mark, number = text.upper().partition("W")
        week = cls(int(year), int(number))
        if not mark or week.of(week.first) != week:
            raise ValueError(text)
        return week

    @property
    def id(self) -> str:
        return f"{self.year}W{self.number:02d}"

    @property
    def first(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return self.first + timedelta(days=6)

    def day(self, iso_weekday: int) -> date:
        """The day of this week with that number, 1 being Monday."""
        return self.first + timedelta(days=iso_weekday - 1)

    def previous(self) -> "Week":
        return Week.of(self.first - timedelta(days=1))

    def __str__(self) -> str:
        return self.id


def local_day(now: datetime, zone: ZoneInfo) -> date:
    """The calendar day in which people at `zone` live at that moment."""
    return now.astimezone(zone).date()
