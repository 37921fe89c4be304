"""Leave: days on which a team, or all teams of a commune, are not asked for anything."""

from datetime import date, timedelta
from typing import Any

from bot.feature import Feature
from bot.handlers.pick import pick_unit
from bot.turn import Answer, Turn
from domain.channel import Choice
from domain.day import parse_days
from domain.people import Right
from storage import chats, leaves, units
from storage.leaves import Leave

feature = Feature("leave")

LONGEST = timedelta(days=31)
"""Who rests for longer is better closed in the tree."""


@feature.command("leave")
def leave(turn: Turn, argument: str) -> None:
    """A leader's own team, or the unit that a coordinator picks, rests on these days."""
    tops = _tops(turn)
    if not tops:
        _say_if_spoken_to(turn, "leave.not_allowed")
        return
    try:
        first, last = parse_days(argument, turn.day)
    except ValueError:
        _say_if_spoken_to(turn, "leave.which_days")
        return
    if last < turn.day:
        turn.say("leave.past")
    elif last - first >= LONGEST:
        turn.say("leave.too_long", days=LONGEST.days)
    elif len(tops) == 1 and not units.children(turn.c, tops[0], turn.day):
        _take(turn, tops[0], first, last)
    else:
        days = {"first": first.isoformat(), "last": last.isoformat()}
        pick_unit(turn, "leave.unit", tops, days, subtree=True)


def _tops(turn: Turn) -> list[int]:
    """The units for which the person may speak; in a group, only the group's."""
    if not turn.in_group:
        return turn.where(Right.LEAVE)
    unit_id = turn.chat.unit_id
    return [unit_id] if unit_id and turn.may(Right.LEAVE, unit_id) else []


def _say_if_spoken_to(turn: Turn, key: str) -> None:
    """In a group, whoever was not speaking to Loa may have meant something else."""
    if turn.spoken_to:
        turn.say(key)


@feature.step("unit")
def unit_picked(turn: Turn, answer: Answer) -> None:
    first, last = date.fromisoformat(turn.data["first"]), date.fromisoformat(turn.data["last"])
    turn.end()
    _take(turn, int(answer.choice), first, last)


def _take(turn: Turn, unit_id: int, first: date, last: date) -> None:
    if not turn.may(Right.LEAVE, unit_id):
        turn.say("door.not_allowed")
        return
    leave_id = leaves.take(turn.c, unit_id, first, last, turn.person.id)
    undo = Choice(turn.words("leave.undo"), f"leave.undo:{leave_id}")
    _tell(turn, "leave.taken", Leave(leave_id, unit_id, first, last), undo)


@feature.press("undo")
def undone(turn: Turn, argument: str) -> None:
    """The button under what was noted."""
    _give_up(turn, turn.by_number(leaves.find, argument))


@feature.command("no_leave")
def no_leave(turn: Turn, argument: str) -> None:
    """In words: the leave of the unit, or the one that the person noted, that is not over."""
    _give_up(turn, leaves.newest(turn.c, turn.person.id, turn.unit_id, turn.day))


def _give_up(turn: Turn, found: Leave | None) -> None:
    if found is None:
        turn.say("leave.none")
    elif not turn.may(Right.LEAVE, found.unit_id):
        turn.say("door.not_allowed")
    elif leaves.give_up(turn.c, found.id):
        _tell(turn, "leave.given_up", found)


def _tell(turn: Turn, key: str, about: Leave, *choices: Choice) -> None:
    """Answer, and let the unit's groups know."""
    said: dict[str, Any] = {"unit": units.get(turn.c, about.unit_id).name, "leave": about}
    turn.say(key, [choices] if choices else (), **said)
    for group in chats.groups_of(turn.c, about.unit_id):
        if group.id != turn.chat.id:
            turn.tell(group.id, key, **said)
