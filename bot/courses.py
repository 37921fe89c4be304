"""Courses as a coordinator writes them, in `bot/content/courses/<course>/`.

`course.yaml` says what the course is; each `NN-….md` is a lesson, with its title, its source and
its question between two lines of `---` above the text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.words import CONTENT
from bot.yaml_file import Unreadable, YamlFile, read_text, spelt
from domain.course import LETTERS, WORKING, Course, Lesson, Quiz
from domain.fault import Place
from domain.text import fold

COURSES = CONTENT / "courses"
LONGEST = 900
"""Characters of a lesson's text: with its question it fits one message of every messenger."""

Name = Annotated[str, Field(min_length=1, max_length=80)]
Model = TypeVar("Model", bound=BaseModel)


class BadCourse(ValueError):
    """Courses that cannot be used; `faults` has a sentence for each fault, by file and line."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class _Quiz(_Part):
    question: Annotated[str, Field(min_length=1, max_length=200)]
    options: Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(min_length=2)]
    right: Annotated[str, Field(pattern="^[A-D]$")]
    why: Annotated[str, Field(min_length=1, max_length=150)]

    @model_validator(mode="after")
    def _fits(self) -> "_Quiz":
        if len(self.options) > len(LETTERS):
            raise ValueError(f"there can be {len(LETTERS)} options at most")
        if LETTERS.index(self.right) >= len(self.options):
            raise ValueError(f"there is no option {self.right}")
        if len({fold(option) for option in self.options}) < len(self.options):
            raise ValueError("two options are the same")
        return self

    def made(self) -> Quiz:
        return Quiz(self.question, self.options, LETTERS.index(self.right), self.why)


class _Head(_Part):
    """What stands above a lesson's text."""

    title: Name
    source: Annotated[str, Field(min_length=1, max_length=200)]
    quiz: _Quiz


class _Rhythm(_Part):
    days: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1)]
    hour: Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", strict=True)]

    @model_validator(mode="after")
    def _in_working_hours(self) -> "_Rhythm":
        begin, end = WORKING
        if not begin <= self.at < end:
            raise ValueError(f"the hour must be from {begin:%H:%M} to before {end:%H:%M}")
        return self

    @property
    def at(self) -> time:
        return time.fromisoformat(self.hour)


class _Course(_Part):
    id: Annotated[str, Field(pattern="^[a-z0-9-]{1,40}$")]
    name: Name
    topic: Name
    audience: Annotated[tuple[Name, ...], Field(min_length=1)]
    rhythm: _Rhythm
    remind_after_hours: Annotated[int, Field(ge=1, le=240)]

    def made(self, lessons: Sequence[Lesson]) -> Course:
        return Course(
            self.id,
            self.name,
            self.topic,
            self.audience,
            tuple(sorted(set(self.rhythm.days))),
            self.rhythm.at,
            timedelta(hours=self.remind_after_hours),
            tuple(lessons),
        )


def load_courses(folder: Path = COURSES) -> Mapping[str, Course]:
    """Every course by its id; raises BadCourse with the faults of all files."""
    reading = _Reading(folder, [])
    found: dict[str, Course] = {}
    for path in sorted(folder.glob("*/course.yaml")):
        course = reading.course(path)
        if course and course.id in found:
            reading.fault(path, 1, ("id",), f"another course is called {course.id} already")
        elif course:
            found[course.id] = course
    if reading.faults:
        raise BadCourse(reading.faults)
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """Files that are being read, and what was wrong in them."""

    folder: Path
    faults: list[str]

    def fault(self, path: Path, line: int, place: Place, why: str) -> None:
        at = f"{path.relative_to(self.folder)} line {line}"
        self.faults.append(": ".join(filter(None, (at, spelt(place), why))))

    def course(self, path: Path) -> Course | None:
        head = self._checked(path, _Course, self._text(path))
        lessons = [self.lesson(each) for each in sorted(path.parent.glob("*.md"))]
        if not lessons:
            self.fault(path, 1, (), "the course has no lessons")
        read = [lesson for lesson in lessons if lesson]
        return head.made(read) if head and read else None

    def lesson(self, path: Path) -> Lesson | None:
        whole = self._text(path)
        opening, head, text = [*whole.split("---\n", 2), "", ""][:3]
        if opening or not head:
            self.fault(path, 1, (), "needs title, source and quiz between two lines of ---")
            return None
        # The line of the first mark stays, so that the lines below it keep their numbers.
        found = self._checked(path, _Head, f"---\n{head}")
        body, line = text.strip(), head.count("\n") + 3
        if not body:
            self.fault(path, line, (), "the lesson has no text")
        elif len(body) > LONGEST:
            self.fault(path, line, (), f"the text has {len(body)} characters, {LONGEST} at most")
        return Lesson(found.title, body, found.source, found.quiz.made()) if found else None

    def _text(self, path: Path) -> str:
        try:
            return read_text(path)
        except Unreadable as error:
            self.fault(path, 1, (), str(error))
            return ""

    def _checked(self, path: Path, model: type[Model], text: str) -> Model | None:
        """What a YAML text says, if nothing is wrong in it."""
        try:
            file = YamlFile.of(path.name, text)
            repeated = list(file.repeated())
            for place in repeated:
                self.fault(path, file.line(place), place, "is written twice")
            return None if repeated else model.model_validate(file.data)
        except Unreadable as error:
            self.fault(path, error.line, (), str(error))
        except ValidationError as error:
            for details in error.errors():
                self._found(path, file, details["loc"], details["msg"])
        return None

    def _found(self, path: Path, file: YamlFile, place: Place, why: Any) -> None:
        self.fault(path, file.line(place), place, str(why).removeprefix("Value error, "))
