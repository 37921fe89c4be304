"""Which report a unit is to hand in now."""

from collections.abc import Sequence
from datetime import datetime

from bot.house import House
from bot.turn import Turn
from domain.data_set import DataSet
from domain.period import Period, PeriodType
from domain.text import fold
from domain.units import Unit
from storage import drafts, reports
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
    return sorted(open_now, key=lambda wanted: ask_at(*wanted)) or [
        (nearest, period_now(turn, nearest))
    ]


def _asked_for(turn: Turn, data_set: DataSet, unit: Unit) -> list[Wanted]:
    """The period before, while it can be on time or is begun, and this one once it is asked."""
    zone, period = turn.house.zone, period_now(turn, data_set)
    before = period.previous()
    begun = not data_set.locked(before, turn.now, zone) and drafts.load(
        turn.c, form_for((data_set, before), unit)
    )
    in_time = turn.now < data_set.timely_until(before, zone)
    late = bool(in_time or begun) and unit.open_on(data_set.due_on(before))
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


def period_said(turn: Turn) -> str:
    """Which period was spoken of: "tuần", "tháng trước", "quý"; empty for none."""
    kinds = (turn.words(f"report.per_{kind}") for kind in PeriodType)
    said = fold(turn.message.text).split()
    kind = next((kind for kind in kinds if fold(kind) in said), "")
    ago = {"truoc", "roi", "qua"}.intersection(said)
    return f"{kind} trước" if kind and ago else kind


def called(turn: Turn, data_sets: Sequence[DataSet], unit: Unit, text: str) -> list[Wanted]:
    """The reports that somebody calls: "báo cáo tuần" is what the unit is asked for of the kind."""
    found, said = named(turn, data_sets, text), fold(text).split()
    if "truoc" in said or (said and read_period(said[-1])):
        return found
    waited_for = [wanted for data_set, _ in found for wanted in due(turn, [data_set], unit)]
    if "nay" not in said:
        return waited_for
    return [*(each for each in waited_for if each not in found), *found]


def in_words(house: House, data_set: DataSet, period: Period, now: datetime) -> str:
    """What to write after "báo cáo" for that report: "tuần", or its number once it is over."""
    if data_set.period_at(now, house.zone) == period:
        return house.words(f"report.per_{data_set.period_type}")
    return period.id


def meant(turn: Turn, data_sets: Sequence[DataSet], unit: Unit) -> list[Wanted]:
    """The reports of the period that was spoken of, else those that are due.

    "tuần này" on a Monday may be the week that has just ended and is still waited for.
    """
    said = period_said(turn)
    return called(turn, data_sets, unit, f"{said} này") if said else due(turn, data_sets, unit)


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
    asked = [(each, asked_last(turn, each)) for each in data_sets]
    return max(asked, key=lambda wanted: turn.house.calendar.ask_at(*wanted))


def asked_last(turn: Turn, data_set: DataSet) -> Period:
    """The period of which coordinators speak: this one from the day on which it is asked for."""
    now = period_now(turn, data_set)
    return now if turn.day >= turn.house.calendar.ask_on(data_set, now) else now.previous()
