"""What the teams reported: sums, how many are in, and who is missing."""

from collections.abc import Mapping
from decimal import Decimal

from bot.due import Wanted, named, period_now, read_period
from bot.feature import Feature
from bot.handlers.report import WEEKLY
from bot.prompts import remind_below
from bot.turn import Turn
from domain.channel import Choice
from domain.data_set import DataSet
from domain.people import Right
from domain.period import Period
from domain.rates import Rate, Survey, surveys_in
from domain.units import Unit
from storage import rates, targets, units
from storage.totals import summed

feature = Feature("totals")

NAMED = 30


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
        return [(weekly, period_now(turn, weekly))]
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


def _show_missing(turn: Turn, survey: Survey, top_id: int) -> None:
    missing = rates.missing(turn.c, survey, top_id)
    if missing:
        action = f"totals.remind:{survey.data_set.id}/{survey.period.id}"
        remind = Choice(turn.words("totals.remind"), action)
        parents = units.parent_names(turn.c, top_id, survey.day)
        shown = [(unit.name, parents.get(unit.code, "")) for unit in missing[:NAMED]]
        turn.say("totals.missing", [[remind]], units=shown, count=len(missing))


def _silence(branch: tuple[Unit, Rate]) -> int:
    """How many reports are missing from a branch: those that need a call stand first."""
    return branch[1].missing


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
    """In words: the teams that have not reported this week."""
    weekly = turn.house.data_sets[WEEKLY]
    _remind(turn, weekly, period_now(turn, weekly))


def _remind(turn: Turn, data_set: DataSet, period: Period) -> None:
    """Ask the missing teams once more, none of them twice within some hours."""
    tops = turn.where(Right.SEE_STATUS)
    if not tops:
        turn.say("door.not_allowed")
        return
    survey = Survey(data_set, period, turn.house.zone)
    count = sum(remind_below(turn.c, turn.house, survey, top_id, turn.now) for top_id in tops)
    turn.say("totals.reminded" if count else "totals.none_to_remind", count=count)
