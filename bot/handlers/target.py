"""Assigning targets: which unit, which number, for how long, how many."""

from typing import Any

from bot.due import period_now
from bot.feature import Feature
from bot.handlers.pick import pick_unit
from bot.handlers.report import WEEKLY
from bot.turn import Answer, Turn
from domain.data_set import DataSet
from domain.number import NumberError, parse_number
from domain.people import Right
from domain.period import Period, PeriodType, local_day
from domain.target_import import Target, addable
from storage import chats, targets, units

feature = Feature("target")


@feature.command("target")
def target(turn: Turn, argument: str) -> None:
    tops = turn.where(Right.ASSIGN)
    if tops:
        pick_unit(turn, "target.unit", tops, {})
    else:
        turn.say("door.not_allowed")


def _data_set(turn: Turn) -> DataSet:
    return turn.house.data_sets[WEEKLY]


@feature.step("unit")
def unit_picked(turn: Turn, answer: Answer) -> None:
    unit = units.get(turn.c, int(answer.choice))
    if not turn.may(Right.ASSIGN, unit.id):
        turn.end()
        turn.say("door.not_allowed")
        return
    rows = [[(element.id, element.name)] for element in addable(_data_set(turn))]
    turn.ask("target.element", "target.ask_element", rows, {"unit": unit.id}, unit=unit.name)


@feature.step("element")
def element_picked(turn: Turn, answer: Answer) -> None:
    chosen = turn.chosen(answer)
    if chosen not in {element.id for element in addable(_data_set(turn))}:
        return
    now = period_now(turn, _data_set(turn))
    day = local_day(turn.now, turn.house.zone)
    longer = [Period.of(kind, day) for kind in PeriodType if kind is not now.type]
    offered = (now, now.next(), *longer)
    rows = [[(each.id, turn.words("target.period", period=each))] for each in offered]
    turn.ask("target.period", "target.ask_period", rows, turn.data | {"element": chosen})


@feature.step("period")
def period_picked(turn: Turn, answer: Answer) -> None:
    if chosen := turn.chosen(answer):
        turn.ask("target.number", "target.ask_number", (), turn.data | {"period": chosen})


@feature.step("number")
def number_given(turn: Turn, answer: Answer) -> None:
    """Set the target, and tell the unit's groups of it."""
    try:
        number = parse_number(answer.text).value
    except NumberError:
        number = None
    if number is None or number < 0:
        turn.say("target.no_number")
        return
    data, data_set = turn.data, _data_set(turn)
    turn.end()
    if not turn.may(Right.ASSIGN, data["unit"]):
        turn.say("door.not_allowed")
        return
    assigned = Target(data["unit"], data["element"], data["period"], number)
    targets.assign(turn.c, data_set.id, [assigned], turn.person.id, turn.now)
    said: dict[str, Any] = {
        "unit": units.get(turn.c, assigned.unit_id).name,
        "element": data_set.element(assigned.element).name,
        "period": Period.parse(assigned.period),
        "number": number,
        "by": turn.person.name,
    }
    turn.say("target.assigned", **said)
    for group in chats.groups_of(turn.c, assigned.unit_id):
        turn.tell(group.id, "target.told", **said)
