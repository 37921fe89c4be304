"""Data sets: the questions of a report, who answers them, and when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.period import Period, PeriodType, local_day

Value = Decimal | str
"""An answer: a number, or words, the id of a choice, a file's id, a place as "lat,long"."""
Answers = Mapping[str, Value | None]
"""Answers by element; None is a question that was skipped."""


class ValueType(StrEnum):
    WHOLE = "whole"
    DECIMAL = "decimal"
    YES_NO = "yes_no"
    """1 or 0."""
    CHOICE = "choice"
    TEXT = "text"
    PHOTO = "photo"
    PLACE = "place"


FIGURES = frozenset({ValueType.WHOLE, ValueType.DECIMAL})
NUMBERS = FIGURES | {ValueType.YES_NO}


class RollUp(StrEnum):
    """How the values of many reports become one."""

    SUM = "sum"
    MEAN = "mean"
    LAST = "last"
    """The value at the end of a longer time; over units, as a sum: a stock, not a flow."""
    COUNT = "count"


class Comparison(StrEnum):
    EQUAL = "="
    NOT_EQUAL = "!="
    AT_MOST = "<="
    AT_LEAST = ">="
    LESS = "<"
    MORE = ">"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to a choice."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A question is asked only if another element's answer compares so with `value`."""

    element: str
    comparison: Comparison
    value: Value


@dataclass(frozen=True, slots=True)
class Rule:
    """A validation rule: the sums of two sets of elements, or a number, compare so.

    `message` is what people are told when it does not hold.
    """

    left: tuple[str, ...]
    comparison: Comparison
    right: tuple[str, ...] | Decimal
    message: str


@dataclass(frozen=True, slots=True)
class DataElement:
    """One thing that is asked: the question in plain words, and its name in sums.

    `least` and `most` bound the numbers that can be right. `words` are what people call it in a
    sentence, each a name or a phrase ("nộp hồ sơ trực tuyến"), `counted` what they count it in
    ("hộ", "người"). `optional` questions may be skipped.
    """

    id: str
    name: str
    question: str
    type: ValueType = ValueType.WHOLE
    help: str = ""
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(100_000)
    optional: bool = False
    options: tuple[Option, ...] = ()
    only_if: Condition | None = None
    roll_up: RollUp = RollUp.SUM
    words: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        return self.type in NUMBERS


@dataclass(frozen=True, slots=True)
class DataSet:
    """A report that units of these levels, or of these kinds, hand in once a period.

    It is asked for on the `due_day` (of a week 1 is Monday; -1 is the last day) at `hour`, local
    time. Handed in up to `timely_days` after the period it is on time; `expiry_days` after it, it
    is locked, 0 being never.
    """

    id: str
    version: int
    name: str
    levels: tuple[str, ...]
    elements: tuple[DataElement, ...]
    period_type: PeriodType = PeriodType.WEEK
    due_day: int = 5
    hour: time = time(16)
    timely_days: int = 2
    expiry_days: int = 28
    rules: tuple[Rule, ...] = ()

    def period_at(self, now: datetime, zone: ZoneInfo) -> Period:
        """The period that a moment lies in."""
        return Period.of(self.period_type, local_day(now, zone))

    def due_on(self, period: Period) -> date:
        if self.due_day < 0:
            return period.last + timedelta(days=self.due_day + 1)
        return min(period.day(self.due_day), period.last)

    def timely_until(self, period: Period, zone: ZoneInfo) -> datetime:
        """Handed in before this moment, a report is on time."""
        return _end_of(period.last + timedelta(days=self.timely_days), zone)

    def locked_from(self, period: Period, zone: ZoneInfo) -> datetime | None:
        """From when on the period's reports are locked; None is never."""
        if not self.expiry_days:
            return None
        return _end_of(period.last + timedelta(days=self.expiry_days), zone)

    def locked(self, period: Period, now: datetime, zone: ZoneInfo) -> bool:
        at = self.locked_from(period, zone)
        return at is not None and at <= now

    def element(self, element_id: str) -> DataElement:
        """The element of that id; raises StopIteration where there is none."""
        return next(each for each in self.elements if each.id == element_id)

    def asked(self, answers: Answers) -> tuple[DataElement, ...]:
        """The elements whose conditions hold with these answers; what is not asked counts none."""
        counted: dict[str, Value | None] = {}
        found = []
        for element in self.elements:
            if applies(element.only_if, counted):
                found.append(element)
                counted[element.id] = answers.get(element.id)
        return tuple(found)

    def given(self, answers: Answers) -> dict[str, Value]:
        """The answers that are handed in: to questions that were asked, and not skipped."""
        asked = ((each.id, answers.get(each.id)) for each in self.asked(answers))
        return {element: value for element, value in asked if value is not None}

    @property
    def takes_no_activity(self) -> bool:
        """Whether "no activity" can be an answer to all of it: not where a stock is asked for."""
        return all(each.optional or each.roll_up is not RollUp.LAST for each in self.elements)

    def next_unanswered(self, answers: Answers) -> DataElement | None:
        """The first question that has no answer yet; a skipped one has the answer None."""
        return next((each for each in self.asked(answers) if each.id not in answers), None)

    def broken(self, answers: Answers) -> tuple[Rule, ...]:
        """The rules that these answers break; one with an unanswered element holds."""
        return tuple(rule for rule in self.rules if not holds(rule, answers))


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone)


def applies(condition: Condition | None, answers: Answers) -> bool:
    """Whether a condition holds; not where its element has no answer."""
    if condition is None:
        return True
    given = answers.get(condition.element)
    return given is not None and compares(given, condition.comparison, condition.value)


def holds(rule: Rule, answers: Answers) -> bool:
    left = total(rule.left, answers)
    right = rule.right if isinstance(rule.right, Decimal) else total(rule.right, answers)
    return left is None or right is None or compares(left, rule.comparison, right)


def total(elements: Collection[str], answers: Answers) -> Decimal | None:
    """The sum of these answers; None where one of them is no number."""
    numbers = [value for each in elements if isinstance(value := answers.get(each), Decimal)]
    return sum(numbers, Decimal(0)) if len(numbers) == len(elements) else None


def compares(left: Value, comparison: Comparison, right: Value) -> bool:
    """Whether two values compare so; numbers and words are never the same, nor in order."""
    if isinstance(left, str) or isinstance(right, str):
        same = left == right
        wanted = {Comparison.EQUAL: same, Comparison.NOT_EQUAL: not same}
        return wanted.get(comparison, False)
    match comparison:
        case Comparison.EQUAL:
            return left == right
        case Comparison.NOT_EQUAL:
            return left != right
        case Comparison.AT_MOST:
            return left <= right
        case Comparison.AT_LEAST:
            return left >= right
        case Comparison.LESS:
            return left < right
        case Comparison.MORE:
            return left > right
