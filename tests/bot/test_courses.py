"""Courses are read whole, or what is wrong is told by file and line."""

import shutil
from pathlib import Path

import pytest

from bot.courses import COURSES, LONGEST, BadCourse, load_courses
from bot.training import lesson_letter
from storage import deliveries
from tests.stage import make_house

HEAD = """---
title: Một
source: Nguồn
quiz:
  question: Hỏi?
  options:
    - Có
    - Không
  right: A
  why: Vì vậy.
---
"""
COURSE = """id: a
name: Khóa
topic: Chủ đề
audience: [mọi người]
rhythm:
  days: [1]
  hour: "08:30"
remind_after_hours: 24
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "course.yaml").write_text(COURSE, "utf-8")
    (tmp_path / "a" / "01-mot.md").write_text(f"{HEAD}Chữ.\n", "utf-8")
    return tmp_path


def test_a_course_is_its_lessons_in_order(folder: Path) -> None:
    (folder / "a" / "02-hai.md").write_text(HEAD.replace("Một", "Hai") + "Chữ **đậm**.", "utf-8")
    [course] = load_courses(folder).values()
    assert [lesson.title for lesson in course.lessons] == ["Một", "Hai"]
    assert course.lessons[1].text == "Chữ **đậm**."
    assert course.lessons[0].quiz.right == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("right: A", "right: C", "01-mot.md line 4: quiz: there is no option C"),
        ("right: A", "right: E", "01-mot.md line 9: quiz.right: String should match"),
        ("    - Không\n", "", "01-mot.md line 6: quiz.options: Tuple should have at least 2"),
        ("- Không", "- CÓ", "01-mot.md line 4: quiz: two options are the same"),
        ("- Không", "- K\n    - L\n    - M\n    - N", "line 4: quiz: there can be 4 options"),
        ("title: Một", "titel: Một", "01-mot.md line 2: titel: Extra inputs"),
        ("  why: Vì vậy.\n", "", "01-mot.md line 4: quiz.why: Field required"),
        ("title: Một", "title: Một\ntitle: Hai", "01-mot.md line 3: title: is written twice"),
        ("title: Một", "title: [", "01-mot.md line "),
        ("Chữ.", "", "01-mot.md line 12: the lesson has no text"),
        ("Chữ.", "x" * 901, "01-mot.md line 12: the text has 901 characters, 900 at most"),
        ("---\ntitle", "title", "01-mot.md line 1: needs title, source and quiz between"),
    ],
)
def test_what_is_wrong_in_a_lesson_is_told(folder: Path, old: str, new: str, told: str) -> None:
    path = folder / "a" / "01-mot.md"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(BadCourse) as bad:
        load_courses(folder)
    assert any(told in fault for fault in bad.value.faults), bad.value.faults


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("days: [1]", "days: [8]", "a/course.yaml line 6: rhythm.days[0]: Input should be less"),
        ('"08:30"', '"22:30"', "a/course.yaml line 5: rhythm: the hour must be from 07:00"),
        ('"08:30"', "14:30", "a/course.yaml line 7: rhythm.hour: Input should be a valid string"),
        ("id: a", "id: A b", "a/course.yaml line 1: id: String should match"),
        ("name: Khóa\n", "", "a/course.yaml line 1: name: Field required"),
    ],
)
def test_what_is_wrong_in_a_course_is_told(folder: Path, old: str, new: str, told: str) -> None:
    (folder / "a" / "course.yaml").write_text(COURSE.replace(old, new), "utf-8")
    with pytest.raises(BadCourse, match=r"course\.yaml") as bad:
        load_courses(folder)
    assert [fault for fault in bad.value.faults if fault.startswith(told)], bad.value.faults


def test_two_courses_of_one_name_and_one_without_lessons_are_told(folder: Path) -> None:
    shutil.copytree(folder / "a", folder / "b")
    (folder / "c").mkdir()
    (folder / "c" / "course.yaml").write_text(COURSE.replace("id: a", "id: c"), "utf-8")
    with pytest.raises(BadCourse) as bad:
        load_courses(folder)
    assert bad.value.faults == [
        "b/course.yaml line 1: id: another course is called a already",
        "c/course.yaml line 1: the course has no lessons",
    ]


def test_the_shipped_courses_have_five_lessons_that_each_fit_one_message() -> None:
    house = make_house()
    courses = load_courses(COURSES)
    assert len(courses) == 3
    for course in courses.values():
        assert len(course.lessons) == 5
        for lesson in course.lessons:
            assert len(lesson.text) <= LONGEST
            assert (
                len(house.words("quiz.short", correct=False, right="A", why=lesson.quiz.why)) < 200
            )


def test_the_longest_lesson_fits_one_message(folder: Path) -> None:
    long = HEAD.replace("Một", "T" * 80).replace("Hỏi?", "Q" * 200).replace("    - Có\n", "")
    options = "".join(f"    - {sign * 100}\n" for sign in "ABC")
    text = long.replace("    - Không\n", options + f"    - {'D' * 100}\n")
    (folder / "a" / "01-mot.md").write_text(text + "x" * LONGEST, "utf-8")
    (folder / "a" / "course.yaml").write_text(COURSE.replace("Khóa", "K" * 80), "utf-8")
    course = load_courses(folder)["a"]
    letter = lesson_letter(make_house(), 999_999, course, 1, "training.lesson")
    assert deliveries.parts(letter) == [letter]
