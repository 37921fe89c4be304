"""Unlocking a report whose time is over: a team wishes it, a coordinator grants it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from bot.coordinators import nearest
from bot.due import form_for
from bot.feature import Feature
from bot.handlers.pick import pick_unit
from bot.handlers.report import begin_choice, rows_of
from bot.turn import Answer, Turn
from domain.channel import Choice
from domain.data_set import DataSet
from domain.people import Right
from domain.period import Period
from domain.units import Unit
from storage import chats, deliveries, locks, units

feature = Feature("unlock")

UNLOCKED = timedelta(days=3)
OFFERED = 4
"""Locked periods of each data set that are offered, the newest first."""
WISH, GRANT = "wish", "unlock.grant:"
"""What a message that tells of a wish is about, and how its button begins."""
WISHED = timedelta(days=14)
"""How long a wish that nobody grants is offered to whoever was told of it."""


@feature.choice("wish", ends=True)
def wished(turn: Turn, argument: str) -> None:
    """A team asks for it: whoever coordinates it, and can be reached, is told."""
    data_set_id, period, unit_id = _read(argument)
    data_set = turn.house.data_sets.get(data_set_id)
    if data_set is None:
        turn.say("report.no_such")
        return
    told = nearest(turn, unit_id)
    grant = Choice(turn.words("unlock.grant"), GRANT + argument)
    unit, by = units.get(turn.c, unit_id).name, turn.person.name
    said: dict[str, Any] = {"name": data_set.name, "period": period, "unit": unit, "by": by}
    for chat in told:
        turn.tell(chat.id, "unlock.wished", choices=[[grant]], about=WISH, **said)
    turn.say("unlock.passed_on" if told else "unlock.nobody")


@feature.press("grant")
def granted(turn: Turn, argument: str) -> None:
    """The button under a wish."""
    _grant(turn, *_read(argument))


@feature.command("unlock")
def unlock(turn: Turn, argument: str) -> None:
    """In words: what a team wishes for, else which report, then which unit."""
    if not turn.where(Right.UNLOCK):
        turn.say("door.not_allowed")
        return
    locked = [
        (data_set, period)
        for data_set in turn.house.data_sets.values()
        for period in islice(_locked(turn, data_set), OFFERED)
    ]
    wishes = list(islice(_wishes(turn), OFFERED))
    if rows := wishes + rows_of(turn, locked):
        turn.ask("unlock.which", "unlock.ask_report", rows, {}, wishes=len(wishes))
    else:
        turn.say("unlock.none_locked")


def _wishes(turn: Turn) -> Iterator[list[tuple[str, str]]]:
    """What this chat was told that teams wish for, and nobody has granted since, to choose from."""
    told = deliveries.offered(turn.c, turn.chat.id, WISH, turn.now - WISHED)
    for action, at in dict(told).items():  # the last time that it was told counts
        if action.startswith(GRANT):
            yield from _still_wished(turn, action.removeprefix(GRANT), at)


def _still_wished(turn: Turn, argument: str, at: datetime) -> Iterator[list[tuple[str, str]]]:
    data_set_id, period, unit_id = _read(argument)
    data_set, unit = turn.house.data_sets.get(data_set_id), units.get(turn.c, unit_id)
    if data_set:
        until = locks.until(turn.c, form_for((data_set, period), unit))
        if until is None or until < at + UNLOCKED:
            said = {"name": data_set.name, "period": period, "unit": unit.name}
            yield [(argument, turn.words("unlock.one_wish", **said))]


def _locked(turn: Turn, data_set: DataSet) -> Iterator[Period]:
    """The data set's locked periods, the newest first."""
    period = data_set.period_at(turn.now, turn.house.zone)
    while data_set.expiry_days:
        period = period.previous()
        if data_set.locked(period, turn.now, turn.house.zone):
            yield period


@feature.step("which")
def which_picked(turn: Turn, answer: Answer) -> None:
    chosen = turn.chosen(answer)
    match chosen.split("/"):
        case [_, _, _]:
            turn.end()
            _grant(turn, *_read(chosen))
        case [_, _]:
            pick_unit(turn, "unlock.unit", turn.where(Right.UNLOCK), {"report": chosen})


@feature.step("unit")
def unit_picked(turn: Turn, answer: Answer) -> None:
    report = turn.data["report"]
    turn.end()
    _grant(turn, *_read(f"{report}/{answer.choice}"))


def _read(argument: str) -> tuple[str, Period, int]:
    data_set_id, period, unit_id = argument.split("/")
    return data_set_id, Period.parse(period), int(unit_id)


def _grant(turn: Turn, data_set_id: str, period: Period, unit_id: int) -> None:
    data_set = turn.house.data_sets.get(data_set_id)
    unit = units.get(turn.c, unit_id)
    if data_set is None:
        turn.say("report.no_such")
    elif not turn.may(Right.UNLOCK, unit_id):
        turn.say("door.not_allowed")
    elif unit.level not in data_set.levels:
        turn.say("unlock.wrong_unit", unit=unit.name, name=data_set.name)
    else:
        _unlock(turn, data_set, period, unit)


def _unlock(turn: Turn, data_set: DataSet, period: Period, unit: Unit) -> None:
    until = turn.now + UNLOCKED
    locks.unlock(turn.c, form_for((data_set, period), unit), turn.person.id, until)
    report = {"name": data_set.name, "period": period}
    said: dict[str, Any] = report | {"unit": unit.name, "until": until}
    turn.say("unlock.granted", **said)
    begin = begin_choice(turn.house, data_set, period)
    for group in chats.groups_of(turn.c, unit.id):
        turn.tell(group.id, "unlock.unlocked", choices=[[begin]], **said)
