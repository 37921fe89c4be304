"""Moments to come, as people write them: "20:00", "8h sáng mai", "8:30 25/11/2026"."""

import re
from datetime import datetime, time

from domain.day import coming_day, fold_letters

_CLOCK = re.compile(
    r"\b(\d{1,2}) ?(?::|h|gio|g)(?: ?(?:(\d{1,2})\b(?! ?[/.-] ?\d)|(ruoi)\b))?(?: ?(?:phut|p)\b)?"
)
_PART = re.compile(r"\b(sang|trua|chieu|toi|dem)\b")
_FILLER = re.compile(r"\b(?:luc|vao)\b")


def parse_moment(text: str, now: datetime) -> datetime:
    """The moment that a text names, in the time zone of `now`; it may be past.

    Without a day it is today. Raises ValueError for what is no hour.
    """
    plain = fold_letters(text)
    clock = _CLOCK.search(plain)
    if clock is None:
        raise ValueError(text)
    rest = f"{plain[: clock.start()]} {plain[clock.end() :]}"
    part = _PART.search(rest)
    day = coming_day(_FILLER.sub(" ", _PART.sub(" ", rest, count=1)).strip(" ,"), now.date())
    hour, minute, half = clock.groups()
    minutes = 30 if half else int(minute or 0)
    return datetime.combine(day, time(_hour(int(hour), part and part[0]), minutes), now.tzinfo)


def _hour(hour: int, part: str | None) -> int:
    """The hour of the day; "8 giờ tối" is 20."""
    if hour == 12 and part in ("sang", "toi", "dem"):
        raise ValueError("twelve at night belongs to two days")
    first = {"trua": 1, "chieu": 1, "toi": 1, "dem": 9}.get(part or "", 12)
    last = 3 if part == "trua" else 11
    return hour + 12 if first <= hour <= last else hour
