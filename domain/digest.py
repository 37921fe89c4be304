"""The digest of a period that has ended: who reported, who rose, who is silent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from domain.calendar import Calendar
from domain.data_set import DataSet
from domain.period import Period
from domain.rates import Rate


@dataclass(frozen=True, slots=True)
class Branch:
    """A child of the unit with all below it.

    `resting` teams have not reported and are on leave; `now` and `before` are its sums of the
    period and of the one before, by element.
    """

    name: str
    rate: Rate
    resting: int
    now: Mapping[str, Decimal]
    before: Mapping[str, Decimal]

    @property
    def silent(self) -> int:
        return max(0, self.rate.missing - self.resting)

    @property
    def rises(self) -> tuple[int, int]:
        """How many of its numbers are more than in the period before, and how many less."""
        both = [(self.now[key], self.before[key]) for key in self.now.keys() & self.before.keys()]
        return sum(now > before for now, before in both), sum(now < before for now, before in both)


def risen(branches: Iterable[Branch], most: int) -> list[tuple[str, int]]:
    """Those in which more numbers rose than fell, the most first: (name, how many rose).

    Numbers are counted and not added up, for a household and a fraud have no sum.
    """
    found = [(up - down, up, each.name) for each in branches for up, down in [each.rises]]
    better = sorted((-by, -up, name) for by, up, name in found if by > 0)
    return [(name, -up) for _, up, name in better[:most]]


def silent(branches: Iterable[Branch]) -> Sequence[Branch]:
    """Those from which reports are missing without leave, the most first."""
    return sorted((each for each in branches if each.silent), key=lambda each: -each.silent)


def periods_to_tell(
    data_set: DataSet, calendar: Calendar, hour: time, late: timedelta, now: datetime
) -> list[Period]:
    """The periods whose sums are to be told now, if they have not been."""
    last = data_set.period_at(now, calendar.zone).previous()
    moments = {each: calendar.digest_at(data_set, each, hour) for each in (last.previous(), last)}
    return [each for each, at in moments.items() if at <= now <= calendar.later(at, late)]
