"""What teams and those above them are told when a report is due, and when it does not come."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.coordinators import of_unit
from bot.due import in_words
from bot.handlers.report import begin_choice
from bot.house import House
from bot.turn import Rows
from domain.broadcast import Priority
from domain.people import Role
from domain.period import local_day
from domain.rates import Survey
from domain.silence import REST, Rung
from storage import deliveries, prompts, units
from storage.deliveries import Letter
from storage.prompts import Round, Team

NAMED = 30
"""Teams or units that one message names."""

_KEYS = {Rung.CALL: "call", Rung.GROUP: "group", Rung.LEADER: "leader"}


def tell(c: Connection, house: House, turn: Round, team: Team, now: datetime) -> int:
    """Ask a team for its report: its group, or on that rung its leader; how many messages."""
    if turn.rung == Rung.LEADER:
        places = _private(c, team.unit_id, Role.LEADER, now)
    else:
        places = [team.chat_id] if team.chat_id else []
    data_set, period = turn.survey.data_set, turn.survey.period
    text = house.words(
        f"prompt.{_KEYS[Rung(turn.rung)]}",
        **_named(turn),
        unit=team.unit_name,
        count=len(data_set.asked({})),
        kind=in_words(house, data_set, period, now),
    )
    rows = ((begin_choice(house, data_set, period),),)
    return _send(c, places, text, now, rows)


def remind_below(c: Connection, house: House, survey: Survey, top_id: int, now: datetime) -> int:
    """Remind every silent team in the subtree that is not to be left in peace; how many."""
    day = local_day(now, house.zone)
    turn = Round(survey, Rung.GROUP, day, now)
    teams = prompts.in_peace(c, turn, top_id, now - REST)
    prompts.told(c, turn, [team.unit_id for team in teams], now, again=True)
    return sum(tell(c, house, turn, team, now) for team in teams)


def tell_above(c: Connection, house: House, turn: Round, unit_id: int, now: datetime) -> int:
    """Send a unit's coordinators one list of its silent teams; how many messages.

    The unit right above the teams gets their names, a higher one how many they are in each branch.
    """
    places = _private(c, unit_id, Role.COORDINATOR, now)
    if not places:
        return 0
    said = {**_named(turn), "unit": units.get(c, unit_id).name}
    if turn.rung == Rung.ABOVE:
        teams = prompts.silent_below(c, turn.survey, unit_id, turn.day)
        names, count = [each.unit_name for each in teams], len(teams)
        text = house.words("prompt.names", **said, names=names[:NAMED], count=count)
    else:
        branches = prompts.silent_by_branch(c, turn.survey, unit_id, turn.day)
        count = sum(part for _, part in branches)
        others = len(branches[NAMED:])
        text = house.words(
            "prompt.branches", **said, branches=branches[:NAMED], count=count, others=others
        )
    return _send(c, places, text, now) if count else 0


def _named(turn: Round) -> dict[str, Any]:
    return {"name": turn.survey.data_set.name, "period": turn.survey.period}


def _private(c: Connection, unit_id: int, role: Role, now: datetime) -> list[int]:
    """The private chats in reach of who holds a role in a unit."""
    return [chat.id for chat in of_unit(c, unit_id, now, {role})]


def _send(c: Connection, chat_ids: list[int], text: str, now: datetime, rows: Rows = ()) -> int:
    choices = tuple(tuple(row) for row in rows)
    for chat_id in chat_ids:
        deliveries.queue(c, Letter(chat_id, text, choices, priority=Priority.BROADCAST), now)
    return len(chat_ids)
