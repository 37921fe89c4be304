"""Which report a unit is to hand in now."""

from collections.abc import Sequence

from bot.turn import Turn
from domain.data_set import DataSet
from domain.period import Period
from domain.text import fold
from domain.units import Unit
from storage import reports
from storage.reports import Form

Wanted = tuple[DataSet, Period]
"""A report of the unit, before it is known whether it can be filled in."""


def period_now(turn: Turn, data_set: DataSet) -> Period:
    return data_set.period_at(turn.now, turn.house.zone)


def form_for(wanted: Wanted, unit: Unit) -> Form:
    data_set, period = wanted
    return Form(data_set.id, data_set.version, period.id, unit.id)


def due(turn: Turn, data_sets: Sequence[DataSet], unit: Unit) -> list[Wanted]:
    """What the unit is asked for now and has not handed in; else the next that it will be."""
    open_now = [
        wanted
        for data_set in data_sets
        for wanted in _asked_for(turn, data_set, unit)
        if not reports.find(turn.c, form_for(wanted, unit))
    ]
    ask_at = turn.house.calendar.ask_at
    nearest = min(data_sets, key=lambda each: ask_at(each, period_now(turn, each)))
    return open_now or [(nearest, period_now(turn, nearest))]


def _asked_for(turn: Turn, data_set: DataSet, unit: Unit) -> list[Wanted]:
    """The period before, as long as it can be on time, and this one from its day and hour on."""
    zone, period = turn.house.zone, period_now(turn, data_set)
    before = period.previous()
    late = turn.now < data_set.timely_until(before, zone) and unit.open_on(data_set.due_on(before))
    asked = turn.now >= turn.house.calendar.ask_at(data_set, period)
    return [(data_set, before)] * late + [(data_set, period)] * asked


def named(turn: Turn, data_sets: Sequence[DataSet], text: str) -> list[Wanted]:
    """The reports that words like "tháng", "tuần trước" or "2026W46" mean; none for others."""
    words = fold(text).split()
    period = read_period(words[-1]) if words else None
    kept = [each for each in words if each not in ("nay", "truoc")][: -1 if period else None]
    ago = "truoc" in words
    return [
        (each, period or (period_now(turn, each).previous() if ago else period_now(turn, each)))
        for each in data_sets
        if _called(turn, each).issuperset(kept) and (not period or period.type == each.period_type)
    ]


def read_period(word: str) -> Period | None:
    try:
        return Period.parse(word)
    except ValueError:
        return None


def _called(turn: Turn, data_set: DataSet) -> set[str]:
    """The words by which people may call a report."""
    kind = turn.words(f"report.per_{data_set.period_type}")
    return set(fold(f"{data_set.name} {kind}").split())


def spoken_of(turn: Turn, text: str) -> Wanted | None:
    """The report that a coordinator names; without words the one that was asked for last."""
    data_sets = list(turn.house.data_sets.values())
    if text.strip():
        return next(iter(named(turn, data_sets, text)), None)
    asked = [(each, _asked_last(turn, each)) for each in data_sets]
    return max(asked, key=lambda wanted: turn.house.calendar.ask_at(*wanted))


def _asked_last(turn: Turn, data_set: DataSet) -> Period:
    now = period_now(turn, data_set)
    return now if turn.now >= turn.house.calendar.ask_at(data_set, now) else now.previous()
