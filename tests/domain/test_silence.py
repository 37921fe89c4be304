"""When a silence is told, and to whom next."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays

from domain.broadcast import QuietHours
from domain.calendar import Calendar
from domain.data_set import DataElement, DataSet
from domain.silence import Ladder, open_periods

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = Calendar(ZONE, country_holidays("VN"))
LADDER = Ladder(
    tuple(timedelta(hours=hours) for hours in (24, 36, 48, 72)),
    CALENDAR,
    QuietHours(time(21), time(6), ZONE),
)
WEEKLY = DataSet("weekly", 1, "Báo cáo", ("village",), (DataElement("a", "A", "A?"),))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "awake"),
    [
        ("2026-11-20 06:00", True),
        ("2026-11-20 05:59", False),
        ("2026-11-20 21:00", False),
        ("2026-11-21 10:00", False),
        ("2026-02-18 10:00", False),
        ("2026-11-24 10:00", False),
    ],
)
def test_nobody_is_reminded_at_night_or_on_a_day_off(now: str, awake: bool) -> None:
    assert LADDER.awake(at(now)) is awake


def test_each_rung_waits_for_the_one_below() -> None:
    assert dict(LADDER.due(at("2026-11-20 18:00"))) == {
        1: at("2026-11-19 18:00"),
        2: at("2026-11-20 06:00"),
        3: at("2026-11-20 06:00"),
        4: at("2026-11-19 18:00"),
    }


def test_the_weekend_is_no_part_of_a_wait() -> None:
    assert dict(LADDER.due(at("2026-11-23 06:00")))[1] == at("2026-11-20 06:00")


@pytest.mark.parametrize(
    ("now", "periods"),
    [
        ("2026-11-20 15:59", ["2026W46"]),
        ("2026-11-20 16:00", ["2026W46", "2026W47"]),
        ("2026-11-23 09:00", ["2026W47"]),
        ("2027-01-04 09:00", ["2026W53"]),
        ("2027-01-08 16:00", ["2026W53", "2027W01"]),
        ("2026-02-22 16:00", ["2026W07"]),  # at Tết the week is asked for after it
        ("2026-02-23 16:00", ["2026W08"]),
    ],
)
def test_what_was_asked_for_and_can_be_handed_in_is_chased(now: str, periods: list[str]) -> None:
    assert [each.id for each in open_periods(WEEKLY, CALENDAR, at(now))] == periods
