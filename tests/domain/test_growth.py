from datetime import date
from decimal import Decimal

import pytest

from domain.growth import Coverage, Node, coverage, days_between, rise
from domain.units import Unit

NODES = [
    Node(Unit(1, "T", "Tỉnh", "province"), None),
    Node(Unit(2, "X1", "Xã Một", "commune"), 1),
    Node(Unit(3, "X2", "Xã Hai", "commune"), 1),
    Node(Unit(4, "T1", "Thôn", "village", closed_on=date(2026, 6, 1)), 2),
    Node(Unit(5, "T2", "Thôn", "village", opened_on=date(2026, 5, 1)), 3),
]


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [
        (9624, 18286, "90"),
        (15, 26, "73.3"),
        (30249, 64432, "113"),
        (10, 10, "0"),
        (3, 2, "-33.3"),
        (0, 5, None),
    ],
)
def test_growth_is_told_in_percent(before: int, after: int, percent: str | None) -> None:
    assert rise(before, after) == (None if percent is None else Decimal(percent))


@pytest.mark.parametrize(
    ("day", "communes"), [("2026-04-30", 1), ("2026-05-01", 2), ("2026-06-01", 1)]
)
def test_a_commune_is_covered_while_it_has_a_team(day: str, communes: int) -> None:
    found = coverage(NODES, ["village"], date.fromisoformat(day))
    assert found == (Coverage("province", 1, 1), Coverage("commune", communes, 2))


@pytest.mark.parametrize(
    ("last", "most", "days"),
    [(26, 3, [13, 19, 26]), (14, 9, [13, 14]), (13, 9, [13]), (16, 9, [13, 14, 15, 16])],
)
def test_days_are_evenly_apart_and_none_comes_twice(last: int, most: int, days: list[int]) -> None:
    found = days_between(date(2022, 5, 13), date(2022, 5, last), most)
    assert [each.day for each in found] == days
