"""The calendar's file: what it adds to the holidays, and what is wrong in it by line."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.calendar import BadCalendar, load_calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def written(folder: Path, text: str) -> Path:
    path = folder / "calendar.yaml"
    path.write_text(text, "utf-8")
    return path


def test_the_shipped_calendar_has_the_country_s_holidays_only() -> None:
    calendar = load_calendar(ZONE)
    assert not calendar.off
    assert not calendar.worked
    assert not calendar.works(date(2026, 9, 2))


def test_days_are_swapped_by_the_file(tmp_path: Path) -> None:
    text = "days_off:\n  - 2026-12-18\ndays_worked:\n  - 2026-12-19\n"
    calendar = load_calendar(ZONE, written(tmp_path, text))
    assert not calendar.works(date(2026, 12, 18))
    assert calendar.works(date(2026, 12, 19))


@pytest.mark.parametrize("text", ["days_off:\ndays_worked:\n", "days_off: []\n", "{}\n"])
def test_there_may_be_no_days(tmp_path: Path, text: str) -> None:
    assert not load_calendar(ZONE, written(tmp_path, text)).off


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("days_of:\n  - 2026-12-18\n", ["dòng 1, days_of: không có mục nào tên như vậy"]),
        ("days_off: 2026-12-18\n", ["dòng 1, days_off: cần một danh sách"]),
        ("days_off:\n  - 18/12/2026\n", ["dòng 2, days_off[0]: cần một ngày như 2026-12-31"]),
        ("days_off:\n  - 2026-12-18 08:00:00\n", ["dòng 2, days_off[0]: cần một ngày"]),
        ("days_off: [2026-12-18]\ndays_off: []\n", ["days_off: được viết hai lần"]),
        (
            "days_off:\n  - 2026-12-18\n  - x\ndays_worked:\n  - 2026-12-18\n",
            ["dòng 3, days_off[1]: cần một ngày", "dòng 5, days_worked[0]: ngày này đã được ghi"],
        ),
        ("- 2026-12-18\n", ["calendar.yaml, dòng 1: cần các dòng"]),
        ("days_off: [\n", ["không đọc được"]),
    ],
)
def test_what_is_wrong_is_told_by_line(tmp_path: Path, text: str, faults: list[str]) -> None:
    with pytest.raises(BadCalendar) as found:
        load_calendar(ZONE, written(tmp_path, text))
    told = str(found.value).splitlines()
    assert len(told) == len(faults)
    assert all(fault in line for fault, line in zip(faults, told, strict=True))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadCalendar, match=r"calendar\.yaml"):
        load_calendar(ZONE, tmp_path / "calendar.yaml")
