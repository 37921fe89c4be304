"""Unlocking a report whose time is over: a team wishes it, a coordinator grants it."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from bot.coordinators import nearest
from bot.feature import Feature
from bot.handlers.pick import pick_unit
from bot.handlers.report import begin_choice
from bot.turn import Answer, Turn
from domain.channel import Choice
from domain.data_set import DataSet
from domain.people import Right
from domain.period import Period
from domain.units import Unit
from storage import chats, locks, units
from storage.reports import Form

feature = Feature("unlock")

UNLOCKED_DAYS = 3
OFFERED = 4
"""Locked periods of each data set that are offered, the newest first."""


@feature.press("wish")
def wished(turn: Turn, argument: str) -> None:
    """A team asks for it: whoever coordinates it, and can be reached, is told."""
    data_set_id, period, unit_id = _read(argument)
    data_set = turn.house.data_sets.get(data_set_id)
    if data_set is None:
        turn.say("report.no_such")
        return
    told = nearest(turn, unit_id)
    grant = Choice(turn.words("unlock.grant"), f"unlock.grant:{argument}")
    unit, by = units.get(turn.c, unit_id).name, turn.person.name
    said: dict[str, Any] = {"name": data_set.name, "period": period, "unit": unit, "by": by}
    for chat in told:
        turn.tell(chat.id, "unlock.wished", choices=[[grant]], **said)
    turn.say("unlock.passed_on" if told else "unlock.nobody")


@feature.step("wish")
def wished_in_words(turn: Turn, answer: Answer) -> None:
    if answer.choice:
        turn.end()
        wished(turn, answer.choice)
    else:
        turn.hear_anew()


@feature.press("grant")
def granted(turn: Turn, argument: str) -> None:
    """The button under a wish."""
    _grant(turn, *_read(argument))


@feature.command("unlock")
def unlock(turn: Turn, argument: str) -> None:
    """In words: which report, then which unit."""
    if not turn.where(Right.UNLOCK):
        turn.say("door.not_allowed")
        return
    rows = [
        [
            (
                f"{data_set.id}/{period.id}",
                turn.words("report.one", name=data_set.name, period=period),
            )
        ]
        for data_set in turn.house.data_sets.values()
        for period in islice(_locked(turn, data_set), OFFERED)
    ]
    if rows:
        turn.ask("unlock.which", "unlock.ask_report", rows, {})
    else:
        turn.say("unlock.none_locked")


def _locked(turn: Turn, data_set: DataSet) -> Iterator[Period]:
    """The data set's locked periods, the newest first."""
    period = data_set.period_at(turn.now, turn.house.zone)
    while data_set.expiry_days:
        period = period.previous()
        if data_set.locked(period, turn.now, turn.house.zone):
            yield period


@feature.step("which")
def which_picked(turn: Turn, answer: Answer) -> None:
    if chosen := turn.chosen(answer):
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
    until = turn.now + timedelta(days=UNLOCKED_DAYS)
    form = Form(data_set.id, data_set.version, period.id, unit.id)
    locks.unlock(turn.c, form, turn.person.id, until)
    said: dict[str, Any] = {
        "name": data_set.name,
        "period": period,
        "unit": unit.name,
        "until": until,
    }
    turn.say("unlock.granted", **said)
    begin = begin_choice(turn.house, data_set, period)
    for group in chats.groups_of(turn.c, unit.id):
        turn.tell(group.id, "unlock.unlocked", choices=[[begin]], **said)
