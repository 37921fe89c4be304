from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays

from domain.calendar import Calendar
from domain.course import OPEN_FOR, Course, Lesson, Quiz, working

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SWAPPED = Calendar(
    ZONE,
    country_holidays("VN"),
    off=frozenset({date(2026, 12, 1), date(2026, 12, 4)}),
    worked=frozenset({date(2026, 11, 24)}),
)
QUIZ = Quiz("Mã OTP đọc cho ai?", ("Ngân hàng", "Không đọc cho ai", "Người nhà"), 1, "Vì vậy.")
LESSON = Lesson("Bài", "Chữ", "Nguồn", QUIZ)
COURSE = Course(
    "a", "Khóa", "Chủ đề", ("mọi người",), (2, 5), time(8, 30), timedelta(hours=26), (LESSON,) * 3
)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of November 2026, whose 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("A", 0),
        ("b", 1),
        ("2", 1),
        ("C.", 2),
        ("đáp án B", 1),
        ("dạ em chọn c ạ", 2),
        ("câu b nhé", 1),
        ("b a", 1),
        ("A a", 0),
        ("e nghi la C a", 2),
        ("chắc là b đúng ko ạ", 1),
        ("a b", None),
        ("khong doc cho ai", 1),
        ("Người nhà!", 2),
        ("D", None),
        ("4", None),
        ("0", None),
        ("ạ", None),
        ("dạ", None),
        ("", None),
        ("A hay B", None),
        ("a lô cả nhà", None),
        ("12", None),
        ("🙂", None),
    ],
)
def test_an_option_is_named_by_letter_number_or_words(text: str, option: int | None) -> None:
    assert QUIZ.chosen(text) == option


def test_lessons_go_on_the_days_of_the_rhythm() -> None:
    plan = COURSE.begins(date(2026, 11, 20), at(19, 15), SWAPPED)
    assert plan == [at(20, 8, 30), at(24, 8, 30), at(27, 8, 30)]


def test_a_course_that_starts_today_waits_for_the_next_hour() -> None:
    assert COURSE.begins(date(2026, 11, 20), at(20, 8, 30), SWAPPED)[0] == at(20, 8, 30)
    assert COURSE.begins(date(2026, 11, 20), at(20, 8, 31), SWAPPED)[0] == at(24, 8, 30)


def test_a_day_off_is_left_out() -> None:
    plan = COURSE.begins(date(2026, 11, 28), at(20, 9), SWAPPED)
    assert [moment.date() for moment in plan] == [date(2026, 12, day) for day in (8, 11, 15)]


def test_a_late_lesson_keeps_its_distance_from_the_next() -> None:
    assert COURSE.next_at(1, at(20, 8, 30), SWAPPED) == at(24, 8, 30)
    assert COURSE.next_at(1, at(24, 7), SWAPPED) == at(27, 8, 30)


def test_after_the_last_lesson_answers_count_for_a_while() -> None:
    assert COURSE.next_at(3, at(27, 8, 30), SWAPPED) == at(27, 8, 30) + OPEN_FOR


@pytest.mark.parametrize(
    ("moment", "open_then"),
    [
        (at(20, 6, 59), False),
        (at(20, 7), True),
        (at(20, 17, 59), True),
        (at(20, 18), False),
        (at(21, 9), True),
        (at(20, 9) + timedelta(days=11), False),
    ],
)
def test_lessons_go_in_the_hours_of_work_on_no_holiday(moment: datetime, open_then: bool) -> None:
    assert working(moment, SWAPPED) is open_then
