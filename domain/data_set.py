"""Data sets: the questions of a report, who answers them, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from domain.period import Week


class ValueType(StrEnum):
    WHOLE = "whole"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class DataElement:
    """One thing that is asked: the question in plain words, and its name in sums.

    `most` is the highest number that can be right; `optional` questions may be skipped.
    """

    id: str
    name: str
    question: str
    type: ValueType = ValueType.WHOLE
    help: str = ""
    most: int = 100_000
    optional: bool = False


@dataclass(frozen=True, slots=True)
class DataSet:
    """A weekly report. It is asked for on `weekday` (1 is Monday) at `hour`, local time."""

    id: str
    version: int
    name: str
    levels: tuple[str, ...]
    weekday: int
    hour: time
    elements: tuple[DataElement, ...]

    def prompt_at(self, week: Week, zone: ZoneInfo) -> datetime:
        """The moment at which the teams are asked for that week."""
        return datetime.combine(week.day(self.weekday), self.hour, zone)

    def element(self, element_id: str) -> DataElement:
        return next(each for each in self.elements if each.id == element_id)

    def next_unanswered(self, answers: Mapping[str, object]) -> DataElement | None:
        """The first question that has no answer yet; a skipped one has the answer None."""
        return next((each for each in self.elements if each.id not in answers), None)

    def position(self, element: DataElement) -> int:
        """The number of a question, from 1."""
        return self.elements.index(element) + 1


class BadValue(Exception):
    """An answer that a question cannot take; `why` is the key of a sentence about it."""

    def __init__(self, why: str, **values: Any) -> None:
        super().__init__(why)
        self.why = why
        self.values = values


def whole_number(value: Decimal, element: DataElement) -> Decimal:
    """The number, if the question can take it; raises BadValue."""
    if value < 0:
        raise BadValue("negative")
    if value != value.to_integral_value():
        raise BadValue("not_whole")
    if value > element.most:
        raise BadValue("too_big", most=element.most)
    return value


@dataclass(frozen=True, slots=True)
class Window:
    """When a prompt may still go out: from its moment, for `late` after it."""

    late: timedelta

    def open(self, prompt_at: datetime, now: datetime) -> bool:
        return prompt_at <= now <= prompt_at + self.late


def week_of(now: datetime, zone: ZoneInfo) -> Week:
    return Week.of(now.astimezone(zone).date())


def last_day(week: Week) -> date:
    """The day as of which the tree and the units' lives are taken for a week."""
    return week.last
