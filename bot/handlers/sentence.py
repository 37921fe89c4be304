"""A report begun by one free sentence: "tuần này hướng dẫn 12 hộ nộp hồ sơ, 5 người cài VNeID"."""

from collections.abc import Sequence

from bot.due import due, form_for, period_now
from bot.opening import open_report, reporting_units
from bot.sentence import take, understand
from bot.turn import Turn
from domain.data_set import Answers, DataSet
from domain.period import Period
from domain.sentence import Understood
from domain.text import fold
from domain.units import Unit
from storage import drafts, reports
from storage.reports import Form

SURE = 2
"""So many named numbers make a report of a sentence that nobody asked for; fewer may be talk."""


def report_in(turn: Turn, text: str, least: int = SURE) -> bool:
    """Begin or go on with the report that a sentence gives; False when it gives none.

    `least` is how many numbers it must give.
    """
    known = list(turn.house.data_sets.values())
    levels = {level for data_set in known for level in data_set.levels}
    held = [unit for unit in reporting_units(turn) if unit.level in levels]
    unit = next((each for each in held if each.open_on(turn.day)), None)
    if unit is None:
        return False
    data_sets = [data_set for data_set in known if unit.level in data_set.levels]
    data_set, understood = _best(turn, text, data_sets, unit)
    if len(understood.values) < least:
        return False
    period = _period(turn, text, data_set, unit)
    before = _answers(turn, form_for((data_set, period), unit))
    open_report(turn, data_set.id, period.id, take(turn, data_set, understood, before))
    return True


def _answers(turn: Turn, form: Form) -> Answers:
    """What the report says already."""
    if draft := drafts.load(turn.c, form):
        return draft.answers
    filed = reports.find(turn.c, form)
    return reports.values(turn.c, filed.id) if filed else {}


def _best(
    turn: Turn, text: str, data_sets: Sequence[DataSet], unit: Unit
) -> tuple[DataSet, Understood]:
    """The report of which the sentence names most; then the one it calls, or that is due."""
    now = [data_set for data_set, _ in due(turn, data_sets, unit)]

    def fitness(pair: tuple[DataSet, Understood]) -> tuple[int, bool, bool]:
        return pair[1].named, _says_this(turn, text, pair[0]), pair[0] in now

    return max(((each, understand(turn, text, each)) for each in data_sets), key=fitness)


def _period(turn: Turn, text: str, data_set: DataSet, unit: Unit) -> Period:
    """What is due, unless the sentence says "this week"."""
    if _says_this(turn, text, data_set):
        return period_now(turn, data_set)
    _, period = due(turn, [data_set], unit)[0]
    return period


def _says_this(turn: Turn, text: str, data_set: DataSet) -> bool:
    kind = turn.words(f"report.per_{data_set.period_type}")
    return fold(f"{kind} này") in fold(text)
