"""The body of a data set: read, written, and all that can be wrong with it."""

from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.data_set import Comparison, Condition, Option, RollUp, Rule, ValueType
from domain.data_set_body import BadBody, read_body, write_body
from domain.period import PeriodType

A: dict[str, Any] = {"id": "a", "name": "A", "question": "A?"}
B: dict[str, Any] = {"id": "b", "name": "B", "question": "B?"}
CHOICE: dict[str, Any] = A | {"type": "choice", "options": [{"id": "1", "name": "Một"}]}


def body(*elements: Any, **rest: Any) -> dict[str, Any]:
    whole = {"id": "x", "version": 1, "name": "X", "levels": ["village"]}
    return whole | {"elements": list(elements or (A,))} | rest


def test_what_is_not_said_is_as_usual() -> None:
    data_set = read_body(body())
    assert (data_set.period_type, data_set.due_day, data_set.hour) == ("week", 5, time(16))
    assert data_set.elements[0].type is ValueType.WHOLE
    assert write_body(data_set) == body()


def test_everything_that_can_be_said_is_read_and_written_back() -> None:
    second = B | {
        "type": "decimal",
        "help": "Ghi số.",
        "least": "0.5",
        "most": 9,
        "optional": True,
        "only_if": "a = 1",
        "roll_up": "mean",
        "words": ["bê"],
        "counted": ["cái"],
    }
    said = body(
        CHOICE,
        second,
        period_type="month",
        due_day=-1,
        hour="08:30",
        timely_days=1,
        expiry_days=9,
        rules=[{"rule": "b + b <= 4", "message": "Nhiều quá."}],
    )
    data_set = read_body(said)
    assert data_set.period_type is PeriodType.MONTH
    assert data_set.elements[0].options == (Option("1", "Một"),)
    assert data_set.elements[1].only_if == Condition("a", Comparison.EQUAL, "1")
    assert data_set.elements[1].roll_up is RollUp.MEAN
    assert data_set.elements[1].least == Decimal("0.5")
    assert data_set.rules == (Rule(("b", "b"), Comparison.AT_MOST, Decimal(4), "Nhiều quá."),)
    assert write_body(data_set) == said
    assert read_body(write_body(data_set)) == data_set


def test_a_condition_may_be_a_mapping() -> None:
    condition = {"element": "a", "comparison": ">=", "value": 1}
    data_set = read_body(body(A, B | {"only_if": condition}))
    assert data_set.elements[1].only_if == Condition("a", Comparison.AT_LEAST, Decimal(1))


def test_a_rule_may_compare_two_sums() -> None:
    rules = [{"rule": "a + b >= b", "message": "!"}]
    [rule] = read_body(body(A, B, rules=rules)).rules
    assert (rule.left, rule.right) == (("a", "b"), ("b",))


@pytest.mark.parametrize(
    ("wrong", "place", "why"),
    [
        ([], (), "not_a_mapping"),
        (None, (), "not_a_mapping"),
        (body(colour=1), ("colour",), "unknown_key"),
        ({k: v for k, v in body().items() if k != "name"}, ("name",), "missing"),
        (body(id="Tuần"), ("id",), "not_an_id"),
        (body(id="x" * 41), ("id",), "not_an_id"),
        (body(version=0), ("version",), "below"),
        (body(version="1"), ("version",), "not_whole"),
        (body(version=True), ("version",), "not_whole"),
        (body(name=""), ("name",), "empty"),
        (body(name=7), ("name",), "not_text"),
        (body(levels=[]), ("levels",), "not_a_list"),
        (body(levels=[False]), ("levels", 0), "not_text"),
        (body(period_type="year"), ("period_type",), "none_of"),
        (body(due_day=8), ("due_day",), "bad_due_day"),
        (body(due_day=0), ("due_day",), "bad_due_day"),
        (body(hour=960), ("hour",), "not_an_hour"),
        (body(hour="16h"), ("hour",), "not_an_hour"),
        (body(timely_days=-1), ("timely_days",), "below"),
        (body(expiry_days=1), ("expiry_days",), "below"),
        (body(A, A), ("elements", 1, "id"), "repeated"),
        (body(A | {"least": "nhiều"}), ("elements", 0, "least"), "not_a_number"),
        (body(A | {"least": 5, "most": 4}), ("elements", 0, "most"), "below"),
        (body(A | {"optional": "có"}), ("elements", 0, "optional"), "not_a_switch"),
        (body(A | {"type": "number"}), ("elements", 0, "type"), "none_of"),
        (body(A | {"type": "choice"}), ("elements", 0, "options"), "options_of_choice"),
        (body(A | {"options": CHOICE["options"]}), ("elements", 0, "options"), "options_of_choice"),
        (
            body(CHOICE | {"options": [{"id": "hai ba", "name": "2"}]}),
            ("elements", 0, "options", 0, "id"),
            "not_an_option",
        ),
        (
            body(CHOICE | {"options": CHOICE["options"] * 2}),
            ("elements", 0, "options", 1, "id"),
            "repeated",
        ),
        (body(A | {"type": "text", "roll_up": "mean"}), ("elements", 0, "roll_up"), "not_for_text"),
        (body(A | {"only_if": "b = 1"}, B), ("elements", 0, "only_if"), "not_before"),
        (body(A, B | {"only_if": "a lớn"}), ("elements", 1, "only_if"), "not_a_condition"),
        (body(A, B | {"only_if": "a = có"}), ("elements", 1, "only_if"), "needs_number"),
        (body(CHOICE, B | {"only_if": "a > 1"}), ("elements", 1, "only_if"), "needs_equality"),
        (body(CHOICE, B | {"only_if": "a = 2"}), ("elements", 1, "only_if"), "none_of"),
        (
            body(rules=[{"rule": "a và b", "message": "!"}]),
            ("rules", 0, "rule"),
            "not_a_rule",
        ),
        (
            body(rules=[{"rule": "a << b", "message": "!"}]),
            ("rules", 0, "rule"),
            "not_a_rule",
        ),
        (
            body(rules=[{"rule": "a <= b", "message": "!"}]),
            ("rules", 0, "rule"),
            "no_number_element",
        ),
        (body(rules=[{"rule": "a <= 1"}]), ("rules", 0, "message"), "missing"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(wrong: Any, place: Any, why: str) -> None:
    with pytest.raises(BadBody) as caught:
        read_body(wrong)
    assert [(fault.path, fault.why) for fault in caught.value.faults] == [(place, why)]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(BadBody) as caught:
        read_body(body(A | {"most": "x"}, B | {"kind": 1}, version="2", rules=7))
    assert len(caught.value.faults) == 4


def test_an_unknown_key_brings_the_one_that_may_be_meant() -> None:
    with pytest.raises(BadBody) as caught:
        read_body(body(A | {"questions": "?"}))
    assert caught.value.faults[0].values["near"] == "question"


def test_every_fault_has_words() -> None:
    sentences = Path(__file__).parents[2] / "bot/content/messages/data_set.yaml"
    told = yaml.safe_load(sentences.read_text("utf-8"))
    mark = test_what_is_wrong_is_told_by_its_place.pytestmark[0]
    assert {why for _, _, why in mark.args[1]} <= told.keys()
