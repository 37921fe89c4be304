from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.moment import parse_moment

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "month", "day", "hour", "minute"),
    [
        ("20:00", 11, 20, 20, 0),
        ("8h sáng mai", 11, 21, 8, 0),
        ("8H SANG MAI", 11, 21, 8, 0),
        ("sáng mai lúc 8h", 11, 21, 8, 0),
        ("8:30 25/11/2026", 11, 25, 8, 30),
        ("8 giờ 30 phút ngày 25/11", 11, 25, 8, 30),
        ("25/11 lúc 8h30", 11, 25, 8, 30),
        ("8h 25/11", 11, 25, 8, 0),
        ("25-11-2026, 7g", 11, 25, 7, 0),
        ("2 giờ rưỡi chiều nay", 11, 20, 14, 30),
        ("tối nay 8 giờ", 11, 20, 20, 0),
        ("20h tối ngày mai", 11, 21, 20, 0),
        ("1 giờ trưa ngày kia", 11, 22, 13, 0),
        ("11h trưa", 11, 20, 11, 0),
        ("12h trưa mai", 11, 21, 12, 0),
        ("11h đêm nay", 11, 20, 23, 0),
        ("2h đêm mai", 11, 21, 2, 0),
        ("7:05", 11, 20, 7, 5),
    ],
)
def test_a_moment_is_read(text: str, month: int, day: int, hour: int, minute: int) -> None:
    assert parse_moment(text, NOW) == datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def test_a_day_early_in_the_year_is_the_next_year_s() -> None:
    assert parse_moment("8h 2/1", NOW) == datetime(2027, 1, 2, 8, tzinfo=ZONE)
    assert parse_moment("8h 19/11", NOW) == datetime(2026, 11, 19, 8, tzinfo=ZONE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20",
        "mai",
        "25:00",
        "8:61",
        "8h 31/2/2026",
        "8h hôm qua",
        "12h đêm nay",
        "lát nữa",
        "8h 9h",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - datetime's own words say why
        parse_moment(text, NOW)
