"""What the teams reported: sums, how many are in, and who is missing."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.due import Wanted, asked_last, named, read_period
from bot.feature import Feature
from bot.handlers.report import WEEKLY
from bot.prompts import remind_below
from bot.turn import Answer, Turn
from domain.data_set import DataSet
from domain.people import Right
from domain.period import Period
from domain.rates import Rate, Survey, surveys_in
from domain.units import Unit
from storage import targets, units
from storage.totals import summed, unreported

feature = Feature("totals")

NAMED, GOALS_NAMED = 30, 10


@feature.command("totals")
def totals(turn: Turn, argument: str) -> None:
    """The sums of a report's period; of the weekly one also those of a month or a quarter."""
    tops, spans = turn.where(Right.SEE_STATUS), _spans(turn, argument)
    if not tops:
        turn.say("door.not_allowed")
    elif not spans:
        turn.say("totals.bad_period", text=argument)
    for top_id in tops:
        for data_set, span in spans:
            _show(turn, data_set, span, top_id)


def _spans(turn: Turn, text: str) -> list[Wanted]:
    """The reports that are meant, each with the time over which it is summed."""
    weekly = turn.house.data_sets[WEEKLY]
    if not text.strip():
        return [(weekly, asked_last(turn, weekly))]
    found = named(turn, list(turn.house.data_sets.values()), text)
    span = read_period(text.split()[-1])
    longer = span is not None and span.type != weekly.period_type
    return [(weekly, span), *found] if span and longer else found


def _show(turn: Turn, data_set: DataSet, span: Period, top_id: int) -> None:
    surveys = surveys_in(data_set, span, turn.house.zone)
    found = summed(turn.c, surveys, top_id)
    branches = sorted(found.branches, key=_silence, reverse=True)
    assigned = targets.of_unit(turn.c, data_set.id, span.id, top_id)
    turn.say(
        "totals.sums",
        name=data_set.name,
        unit=units.get(turn.c, top_id).name,
        period=span,
        single=len(surveys) == 1,
        rate=found.rate,
        lines=_lines(data_set, found.totals, assigned),
        branches=branches[:NAMED],
        others=len(branches[NAMED:]),
        **_assigned_below(turn, surveys, span, top_id),
    )
    if len(surveys) == 1:
        _show_missing(turn, surveys[0], top_id)


Line = tuple[str, Decimal, Decimal | None, int]
"""An element's name, what it comes to, its target, and how far that is met, in percent."""


def _lines(
    data_set: DataSet, summed_up: Mapping[str, Decimal], assigned: Mapping[str, Decimal]
) -> list[Line]:
    return [
        (element.name, value, goal, int(100 * value / goal) if goal else 100)
        for element in data_set.elements
        if element.id in summed_up or element.id in assigned
        for value, goal in [(summed_up.get(element.id, Decimal(0)), assigned.get(element.id))]
    ]


def _assigned_below(
    turn: Turn, surveys: Sequence[Survey], span: Period, top_id: int
) -> dict[str, Any]:
    """How far the targets of the units right below are met: the first of them by name."""
    data_set = surveys[-1].data_set
    below = {each.id: each.name for each in units.children(turn.c, top_id, surveys[-1].day)}
    goals = targets.of_units(turn.c, data_set.id, span.id, below)
    with_goals = [unit_id for unit_id in below if unit_id in goals]
    goal_lines = [
        (below[unit_id], line)
        for unit_id in with_goals[:GOALS_NAMED]
        for line in _lines(data_set, summed(turn.c, surveys, unit_id).totals, goals[unit_id])
        if line[2] is not None
    ]
    return {"goal_lines": goal_lines, "goals_left": len(with_goals[GOALS_NAMED:])}


def _show_missing(turn: Turn, survey: Survey, top_id: int) -> None:
    missing = unreported(turn.c, survey, top_id)
    if missing:
        remind = f"{survey.data_set.id}/{survey.period.id}", turn.words("totals.remind")
        parents = units.parent_names(turn.c, top_id, survey.day)
        shown = [(unit.name, parents.get(unit.code, "")) for unit in missing[:NAMED]]
        said: dict[str, Any] = {"units": shown, "count": len(missing)}
        turn.ask("totals.missing", "totals.missing", [[remind]], {}, press="totals.remind", **said)


def _silence(branch: tuple[Unit, Rate]) -> int:
    """How many reports are missing from a branch: those that need a call stand first."""
    return branch[1].missing


@feature.step("missing")
def remind_said(turn: Turn, answer: Answer) -> None:
    """The same in words, while the list is the newest thing that was said."""
    if chosen := turn.meant(answer):
        turn.end()
        remind_pressed(turn, chosen)
    else:
        turn.hear_anew()


@feature.press("remind")
def remind_pressed(turn: Turn, argument: str) -> None:
    """The button under the list of who is missing."""
    data_set_id, _, period = argument.partition("/")
    if data_set := turn.house.data_sets.get(data_set_id):
        _remind(turn, data_set, Period.parse(period))
    else:
        turn.say("report.no_such")


@feature.command("remind")
def remind(turn: Turn, argument: str) -> None:
    """In words: the teams that have not handed in what was asked for last, or what is named."""
    weekly, data_sets = turn.house.data_sets[WEEKLY], list(turn.house.data_sets.values())
    found = named(turn, data_sets, argument) if argument else [(weekly, asked_last(turn, weekly))]
    if found:
        _remind(turn, *found[0])
    else:
        turn.say("totals.bad_period", text=argument)


def _remind(turn: Turn, data_set: DataSet, period: Period) -> None:
    """Ask the missing teams once more, none of them twice within some hours."""
    tops = turn.where(Right.SEE_STATUS)
    if not tops:
        turn.say("door.not_allowed")
        return
    survey = Survey(data_set, period, turn.house.zone)
    count = sum(remind_below(turn.c, turn.house, survey, top_id, turn.now) for top_id in tops)
    turn.say("totals.reminded" if count else "totals.none_to_remind", count=count)
