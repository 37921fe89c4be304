"""Silence after a call for reports: who is told of it, and when.

Rung 0 is the call itself, to the team's group. Silence is noticed on the rungs above: first by the
group, then by the team's leader, then by the units above it, one after another from the nearest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import pairwise

from domain.broadcast import QuietHours
from domain.calendar import Calendar
from domain.data_set import DataSet
from domain.period import Period

REST = timedelta(hours=4)
"""How long a team that was asked by anybody is left in peace."""


class Rung(IntEnum):
    CALL = 0
    GROUP = 1
    LEADER = 2
    ABOVE = 3
    """The first unit above the team; each further one is a rung of its own."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """`after` are the spans from the call to each rung, rising; days off do not count."""

    after: tuple[timedelta, ...]
    calendar: Calendar
    quiet: QuietHours

    def awake(self, now: datetime) -> bool:
        """Whether anybody may be asked: on working days, and not at night."""
        return self.calendar.works_at(now) and not self.quiet.at(now)

    def due(self, now: datetime) -> Iterator[tuple[int, datetime]]:
        """Each rung, with the last moment at which who is due now was told on the rung below.

        Each rung waits for the one below: after a time in which the machine was off nobody is told
        of a silence that the team could not yet break.
        """
        for rung, (before, span) in enumerate(pairwise((timedelta(), *self.after)), 1):
            yield rung, self.calendar.earlier(now, span - before)


def open_periods(data_set: DataSet, calendar: Calendar, now: datetime) -> list[Period]:
    """The periods for which teams may have been asked and can report: this one and the last."""
    this = data_set.period_at(now, calendar.zone)
    return [
        period
        for period in (this.previous(), this)
        if calendar.ask_at(data_set, period) <= now
        and not data_set.locked(period, now, calendar.zone)
    ]
