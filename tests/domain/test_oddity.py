from collections.abc import Sequence
from decimal import Decimal

import pytest

from domain.data_set import Comparison, DataElement, DataSet, Rule, ValueType
from domain.oddity import Outside, Unusual, is_far, oddities

PEOPLE = DataElement("people", "Người", "?", most=Decimal(1000))
HOUSES = DataElement("houses", "Hộ", "?")
SAID = DataElement("said", "Có?", "?", type=ValueType.YES_NO)
RULE = Rule(("houses",), Comparison.AT_MOST, ("people",), "Số hộ nhiều hơn số người")
DATA_SET = DataSet("weekly", 1, "Báo cáo", ("village",), (PEOPLE, HOUSES, SAID), rules=(RULE,))


@pytest.mark.parametrize(
    ("value", "past", "far"),
    [
        (500, [10, 12, 11], False),  # too few to tell
        (500, [10, 12, 11, 13], True),
        (14, [10, 12, 11, 13], False),
        (0, [40, 42, 41, 43], True),
        (2, [0, 0, 0, 0, 0], False),
        (9, [0, 0, 0, 0, 0], True),
        (120, [100, 5000, 90, 110, 95, 105], False),  # one odd week hides nothing
        (5000, [100, 5000, 90, 110, 95, 105], True),
        (30, [10, 50, 20, 60, 30, 5], False),  # a team that goes up and down
    ],
)
def test_far_is_measured_by_the_median(value: int, past: Sequence[int], far: bool) -> None:
    assert is_far(Decimal(value), [Decimal(each) for each in past]) is far


def test_outside_comes_first_then_broken_rules_then_the_unusual() -> None:
    past = {"houses": [Decimal(10)] * 8, "people": [Decimal(10)] * 8}
    answers = {"people": Decimal(2000), "houses": Decimal(3000), "said": Decimal(1)}
    found = oddities(DATA_SET, answers, past)
    assert found == [
        Outside(PEOPLE, Decimal(2000)),
        RULE,
        Unusual(HOUSES, Decimal(3000), Decimal(10)),
    ]


def test_what_was_skipped_and_what_is_yes_or_no_is_never_odd() -> None:
    past = {"said": [Decimal(0)] * 8, "people": [Decimal(0)] * 8}
    assert not oddities(DATA_SET, {"people": None, "said": Decimal(1)}, past)
