"""Reporting rates and roll-up: what is summed, how many reports came in, and what they come to.

A report is expected of a unit that is open on the day on which it is due, for only such units are
asked; of one that was open in another part of the period only if it did report. DHIS2 expects it of
every unit that was open for a part of the period, which counts against a commune both the villages
that merged on a Tuesday and the new one. So a report that came is always expected: no rate passes
100 %, and no number is lost because its unit has closed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain.data_set import DataSet, RollUp
from domain.period import Period
from domain.units import Unit


@dataclass(frozen=True, slots=True)
class Survey:
    """What is summed: a data set's reports of one period. `zone` is where its days are."""

    data_set: DataSet
    period: Period
    zone: ZoneInfo

    @property
    def day(self) -> date:
        """The day on which reports are due: the tree is taken as it was then."""
        return self.data_set.due_on(self.period)

    @property
    def timely_until(self) -> datetime:
        """Handed in before this moment, a report is on time."""
        return self.data_set.timely_until(self.period, self.zone)


def surveys_in(data_set: DataSet, span: Period, zone: ZoneInfo) -> list[Survey]:
    """The surveys of a longer time, the oldest first: a period belongs where it is due."""
    period = Period.of(data_set.period_type, span.first).previous()
    found = []
    while period.first <= span.last:
        if span.first <= data_set.due_on(period) <= span.last:
            found.append(Survey(data_set, period, zone))
        period = period.next()
    return found


@dataclass(frozen=True, slots=True)
class Rate:
    """How many reports were expected; how many came, came on time, and say "no activity".

    A report that says so is one that came: its numbers are zero, and not missing.
    """

    expected: int = 0
    actual: int = 0
    on_time: int = 0
    no_activity: int = 0

    @property
    def missing(self) -> int:
        return self.expected - self.actual

    @property
    def share(self) -> Decimal:
        """Actual to expected, 0 to 1; 0 where none is expected."""
        return _share(self.actual, self.expected)

    @property
    def timely_share(self) -> Decimal:
        """On time to expected, 0 to 1."""
        return _share(self.on_time, self.expected)

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(
            self.expected + other.expected,
            self.actual + other.actual,
            self.on_time + other.on_time,
            self.no_activity + other.no_activity,
        )


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / whole if whole else Decimal(0)


def percent(share: Decimal) -> int:
    """A share for people, in whole percents; 100 only where nothing at all is wanting."""
    return int(share * 100)


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers to one element: the sum of their numbers, and how many answers there are."""

    total: Decimal = Decimal(0)
    count: int = 0

    def value(self, roll_up: RollUp) -> Decimal:
        """The one value that they come to."""
        match roll_up:
            case RollUp.SUM | RollUp.LAST:
                return self.total
            case RollUp.MEAN:
                return round(self.total / self.count, 2) if self.count else Decimal(0)
            case RollUp.COUNT:
                return Decimal(self.count)


Tallies = Mapping[str, Tally]
"""Tallies by element."""


def rolled(tallies: Tallies, data_set: DataSet) -> dict[str, Decimal]:
    """The value of each element that adds up: one in numbers, or one whose answers are counted."""
    return {
        element.id: tallies[element.id].value(element.roll_up).normalize()
        for element in data_set.elements
        if element.id in tallies and (element.is_number or element.roll_up is RollUp.COUNT)
    }


@dataclass(frozen=True, slots=True)
class Part:
    """What is in from some units: the rate, and the tallies of their answers."""

    rate: Rate = Rate()
    tallies: Tallies = field(default_factory=dict)


def whole(parts: Iterable[Part]) -> Part:
    """Many parts as one."""
    rate = Rate()
    totals: dict[str, Decimal] = defaultdict(Decimal)
    counts: dict[str, int] = defaultdict(int)
    for part in parts:
        rate += part.rate
        for element, tally in part.tallies.items():
            totals[element] += tally.total
            counts[element] += tally.count
    return Part(rate, {each: Tally(total, counts[each]) for each, total in totals.items()})


def ranked(rates: Iterable[tuple[Unit, Rate]]) -> list[tuple[int, Unit, Rate]]:
    """Units by their rate, then by how many were on time, the best first, as (place, unit, rate).

    Those that stand alike share a place.
    """
    best = sorted(rates, key=lambda each: _merit(each[1]), reverse=True)
    merits = [_merit(rate) for _, rate in best]
    return [(merits.index(_merit(rate)) + 1, unit, rate) for unit, rate in best]


def _merit(rate: Rate) -> tuple[Decimal, Decimal]:
    return rate.share, rate.timely_share
