from datetime import date

import pytest

from domain.day import parse_days

TODAY = date(2026, 12, 8)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("từ 10/12 đến 15/12", date(2026, 12, 10), date(2026, 12, 15)),
        ("tu ngay 10/12 den het ngay 15/12", date(2026, 12, 10), date(2026, 12, 15)),
        ("10/12 - 15/12", date(2026, 12, 10), date(2026, 12, 15)),
        ("10/12-15/12", date(2026, 12, 10), date(2026, 12, 15)),
        ("10-15/12", date(2026, 12, 10), date(2026, 12, 15)),
        ("từ 10 đến 15/12", date(2026, 12, 10), date(2026, 12, 15)),
        ("từ mai tới 15/12/2026", date(2026, 12, 9), date(2026, 12, 15)),
        ("28/12 đến 3/1", date(2026, 12, 28), date(2027, 1, 3)),
        ("hôm nay", TODAY, TODAY),
        ("ngày mai", date(2026, 12, 9), date(2026, 12, 9)),
        ("ngày 10/12", date(2026, 12, 10), date(2026, 12, 10)),
    ],
)
def test_days_from_a_day_to_a_day_are_read(text: str, first: date, last: date) -> None:
    assert parse_days(text, TODAY) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "từ",
        "ít hôm",
        "15/12 đến 10/12",
        "31/11",
        "10/12 đến",
        "10/12 đến 12/12 đến 15/12",
        "15",
    ],
)
def test_what_are_no_days_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - datetime's own words say why
        parse_days(text, TODAY)
