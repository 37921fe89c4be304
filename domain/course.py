"""Courses: short lessons at a rhythm, each with one question, and when all of them are done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from domain.calendar import Calendar
from domain.period import local_day
from domain.text import clean, fold

LETTERS = "ABCD"
"""By which the options of a question are called."""

WORKING = (time(7), time(18))
"""The hours, local time, in which lessons and their reminders go, however late they are."""

REST = timedelta(hours=12)
"""No lesson follows another sooner, even when one was late."""

OPEN_FOR = timedelta(days=14)
"""How long after the last lesson answers still count."""

_AROUND = frozenset(
    fold(
        "dạ vâng thưa em e mình m tôi t cháu con ad là chọn lấy đáp án câu ý trả lời tl theo nghĩ "
        "đoán chắc hình như thì thôi vậy phải đúng không ko k hả nhé nha nhỉ rồi luôn loa ơi ah"
    ).split()
)
"""Folded words that may stand around the letter of an option."""


@dataclass(frozen=True, slots=True)
class Quiz:
    """A question with its options; `right` is the place of the right one, from 0."""

    question: str
    options: tuple[str, ...]
    right: int
    why: str

    @property
    def letters(self) -> str:
        """By which its options are called."""
        return LETTERS[: len(self.options)]

    def chosen(self, text: str) -> int | None:
        """The option that a text names by its letter, its number or its words."""
        spoken = [fold(option) for option in self.options]
        if (plain := fold(text)) in spoken:
            return spoken.index(plain)
        # "ạ" is no A: a letter counts only where it is written without marks.
        signs = [sign.strip(".,;:!?()\"'") for sign in clean(text).upper().split()]
        named = [sign for sign in signs if sign and fold(sign) not in _AROUND and sign != "Ạ"]
        if len(named) == 2 and named[1] == "A":
            named.pop()  # it is "ạ", typed without marks
        if len(named) != 1:
            return None
        known = self.letters
        numbers = [str(place) for place, _ in enumerate(known, 1)]
        found = [
            place for place, pair in enumerate(zip(known, numbers, strict=True)) if named[0] in pair
        ]
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Lesson:
    """`text` is Markdown with bold, code and lists only; `source` is what its facts rest on."""

    title: str
    text: str
    source: str
    quiz: Quiz


@dataclass(frozen=True, slots=True)
class Course:
    """A lesson goes at `hour`, local time, on each of `days` (1 is Monday), on no holiday.

    Who has not answered is reminded once, `remind_after` the lesson.
    """

    id: str
    name: str
    topic: str
    audience: tuple[str, ...]
    days: tuple[int, ...]
    hour: time
    remind_after: timedelta
    lessons: tuple[Lesson, ...]

    def slots(self, since: datetime, calendar: Calendar) -> Iterator[datetime]:
        """The moments for lessons from then on, without end."""
        day = local_day(since, calendar.zone)
        while True:
            at = datetime.combine(day, self.hour, calendar.zone)
            if day.isoweekday() in self.days and not calendar.festive(day) and at >= since:
                yield at
            day += timedelta(days=1)

    def begins(self, day: date, now: datetime, calendar: Calendar) -> list[datetime]:
        """When each lesson goes, if the course starts on that day or as soon after as it can."""
        since = max(now, datetime.combine(day, time(), calendar.zone))
        return list(islice(self.slots(since, calendar), len(self.lessons)))

    def next_at(self, sent: int, now: datetime, calendar: Calendar) -> datetime:
        """When to look at a run again whose lesson number `sent` goes now."""
        if sent >= len(self.lessons):
            return now + OPEN_FOR
        return next(self.slots(now + REST, calendar))


def working(now: datetime, calendar: Calendar) -> bool:
    """Whether a moment is in the hours in which lessons may go, and on no holiday."""
    begin, end = WORKING
    hour = now.astimezone(calendar.zone).time()
    return begin <= hour < end and not calendar.festive(local_day(now, calendar.zone))
