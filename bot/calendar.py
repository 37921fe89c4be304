"""The calendar as a coordinator writes it: `bot/content/calendar.yaml` over Vietnam's holidays."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from holidays import country_holidays

from bot.data_sets import told, told_in, unreadable
from bot.words import CONTENT
from bot.yaml_file import Unreadable, YamlFile
from domain.calendar import Calendar
from domain.fault import Fault

CALENDAR = CONTENT / "calendar.yaml"
KEYS = ("days_off", "days_worked")


class BadCalendar(ValueError):
    """A calendar that cannot be used; its text has a sentence for each fault, by line."""


def load_calendar(zone: ZoneInfo, path: Path = CALENDAR) -> Calendar:
    """Vietnam's days with those of the file; raises BadCalendar with all its faults."""
    try:
        file = YamlFile.read(path)
    except Unreadable as error:
        raise BadCalendar(told(path.name, error.line, unreadable(error))) from error
    faults = [*(Fault(place, "twice") for place in file.repeated()), *_faults(file.data)]
    if faults:
        raise BadCalendar("\n".join(told_in(file, faults)))
    off, worked = (frozenset(file.data.get(key) or ()) for key in KEYS)
    return Calendar(zone, country_holidays("VN"), off, worked)


def _faults(data: Any) -> Iterator[Fault]:
    keys = ", ".join(KEYS)
    if not isinstance(data, dict):
        yield Fault((), "not_a_mapping", {"keys": keys})
        return
    seen: set[date] = set()
    for key, days in data.items():
        if key not in KEYS:
            yield Fault((str(key),), "unknown_key", {"keys": keys, "near": ""})
        elif days is not None and not isinstance(days, list):
            yield Fault((key,), "not_a_list")
        else:
            yield from _bad_days(key, days or [], seen)


def _bad_days(key: str, days: list[Any], seen: set[date]) -> Iterator[Fault]:
    for index, day in enumerate(days):
        if type(day) is not date:  # a moment is a date too, and no day
            yield Fault((key, index), "not_a_day")
        elif day in seen:
            yield Fault((key, index), "day_twice")
        else:
            seen.add(day)
