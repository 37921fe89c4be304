"""Who rose, who is silent, and when the sums of a period are told."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays

from domain.calendar import Calendar
from domain.data_set import DataElement, DataSet
from domain.digest import Branch, periods_to_tell, risen, silent
from domain.rates import Rate

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = Calendar(ZONE, country_holidays("VN"))
WEEKLY = DataSet("weekly", 1, "Báo cáo", ("village",), (DataElement("a", "A", "A?"),))


def branch(name: str, now: str, before: str, rate: Rate | None = None, resting: int = 0) -> Branch:
    """Sums as digits, one an element: a, b, c…"""
    sums = [
        {key: Decimal(d) for key, d in zip("abcd", text, strict=False)} for text in (now, before)
    ]
    return Branch(name, rate or Rate(1, 1), resting, sums[0], sums[1])


def test_who_rose_in_more_numbers_than_fell_is_named_the_most_first() -> None:
    branches = [
        branch("Đứng", "55", "55"),
        branch("Hơn", "678", "555"),
        branch("Hơn một", "655", "555"),
        branch("Lẫn", "64", "55"),
        branch("Mới", "99", ""),
        branch("Lùi", "11", "55"),
    ]
    assert risen(branches, 3) == [("Hơn", 3), ("Hơn một", 1)]
    assert risen(branches, 1) == [("Hơn", 3)]


def test_who_is_on_leave_is_not_silent() -> None:
    branches = [
        branch("Nghỉ", "", "", Rate(2, 1), resting=1),
        branch("Im", "", "", Rate(3, 1), resting=1),
        branch("Im nhất", "", "", Rate(3, 0)),
        branch("Đủ", "", "", Rate(3, 3)),
    ]
    assert [(each.name, each.silent) for each in silent(branches)] == [("Im nhất", 3), ("Im", 1)]


@pytest.mark.parametrize(
    ("now", "periods"),
    [
        ("2026-11-23 07:59", []),
        ("2026-11-23 08:00", ["2026W47"]),
        ("2026-11-23 20:00", ["2026W47"]),
        ("2026-11-25 13:59", ["2026W47"]),  # the Tuesday between is a holiday
        ("2026-11-25 14:01", []),
        ("2027-01-04 08:00", ["2026W53"]),
        ("2026-02-23 08:00", ["2026W07"]),
        ("2026-03-02 08:00", ["2026W08", "2026W09"]),
    ],
)
def test_sums_are_told_on_monday_and_for_a_while_after(now: str, periods: list[str]) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    found = periods_to_tell(WEEKLY, CALENDAR, time(8), timedelta(hours=30), moment)
    assert [each.id for each in found] == periods
