from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from domain.data_set import (
    Answers,
    Comparison,
    Condition,
    DataElement,
    DataSet,
    RollUp,
    Rule,
    Value,
    ValueType,
    compares,
)
from domain.period import Period, PeriodType

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SOME, NONE = Condition("a", Comparison.MORE, Decimal(0)), Condition("b", Comparison.EQUAL, "x")
ELEMENTS = (
    DataElement("a", "A", "A?"),
    DataElement("b", "B", "B?", ValueType.TEXT, only_if=SOME),
    DataElement("c", "C", "C?", only_if=NONE, optional=True),
)
RULE = Rule(("a",), Comparison.AT_LEAST, ("c",), "!")
WEEKLY = DataSet("weekly", 1, "W", ("village",), ELEMENTS, rules=(RULE,))
W47 = Period.parse("2026W47")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("period", "due_day", "due_on"),
    [
        ("2026W47", 5, date(2026, 11, 20)),
        ("2026W47", -1, date(2026, 11, 22)),
        ("202602", 31, date(2026, 2, 28)),
        ("202602", -2, date(2026, 2, 27)),
        ("2026Q4", 1, date(2026, 10, 1)),
    ],
)
def test_it_is_due_on_a_day_of_the_period(period: str, due_day: int, due_on: date) -> None:
    assert replace(WEEKLY, due_day=due_day).due_on(Period.parse(period)) == due_on


def test_it_is_on_time_and_locked_by_local_days() -> None:
    assert WEEKLY.timely_until(W47, ZONE) == at("2026-11-25")
    assert WEEKLY.locked_from(W47, ZONE) == at("2026-12-21")
    assert not WEEKLY.locked(W47, at("2026-12-20 23:59"), ZONE)
    assert WEEKLY.locked(W47, at("2026-12-21"), ZONE)
    assert not replace(WEEKLY, expiry_days=0).locked(W47, at("2099-01-01"), ZONE)


def test_the_period_is_that_of_the_local_day() -> None:
    late = at("2026-11-23 00:30").astimezone(ZoneInfo("UTC"))
    assert WEEKLY.period_at(late, ZONE).id == "2026W48"
    monthly = replace(WEEKLY, period_type=PeriodType.MONTH)
    assert monthly.period_at(late, ZONE).id == "202611"


@pytest.mark.parametrize(
    ("answers", "asked", "following"),
    [
        ({}, "a", "a"),
        ({"a": Decimal(0)}, "a", None),
        ({"a": Decimal(1)}, "ab", "b"),
        ({"a": Decimal(1), "b": "y"}, "ab", None),
        ({"a": Decimal(1), "b": "x"}, "abc", "c"),
        ({"a": Decimal(1), "b": "x", "c": None}, "abc", None),
        ({"a": Decimal(0), "b": "x", "c": Decimal(1)}, "a", None),
    ],
)
def test_what_is_asked_depends_on_what_was_asked(
    answers: Answers, asked: str, following: str | None
) -> None:
    assert "".join(each.id for each in WEEKLY.asked(answers)) == asked
    found = WEEKLY.next_unanswered(answers)
    assert (found and found.id) == following


def test_only_what_was_asked_and_not_skipped_is_handed_in() -> None:
    answers: Answers = {"a": Decimal(1), "b": None, "c": Decimal(3)}
    assert WEEKLY.given(answers) == {"a": Decimal(1)}


@pytest.mark.parametrize(
    ("c", "broken"), [(Decimal(2), True), (Decimal(1), False), (None, False), ("x", False)]
)
def test_a_rule_is_broken_by_numbers_only(c: Value | None, broken: bool) -> None:
    assert WEEKLY.broken({"a": Decimal(1), "c": c}) == ((RULE,) if broken else ())


def test_a_stock_has_a_number_even_without_activity() -> None:
    stock = DataElement("s", "S", "S?", roll_up=RollUp.LAST)
    assert WEEKLY.takes_no_activity
    assert not replace(WEEKLY, elements=(*ELEMENTS, stock)).takes_no_activity
    assert replace(WEEKLY, elements=(replace(stock, optional=True),)).takes_no_activity


@pytest.mark.parametrize(
    ("left", "right", "holding"),
    [
        (Decimal(1), Decimal(1), "= <= >="),
        (Decimal(1), Decimal(2), "!= <= <"),
        (Decimal(2), Decimal(1), "!= >= >"),
        ("x", "x", "="),
        ("x", "y", "!="),
    ],
)
def test_values_are_compared(left: Value, right: Value, holding: str) -> None:
    signs = [each for each in Comparison if compares(left, each, right)]
    assert {each.value for each in signs} == set(holding.split())
