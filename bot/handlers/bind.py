"""Binding a group to its unit, by a coordinator's code sent in that group."""

import secrets
from datetime import timedelta

from bot.feature import Feature
from bot.handlers import join, library, pick
from bot.turn import Answer, Turn
from domain.code import make_code
from domain.people import Right
from storage import chats, codes, units
from storage.codes import JoinCode

feature = Feature("bind")


@feature.command("bind")
def bind(turn: Turn, argument: str) -> None:
    """In a group, binds it by the code; in private, makes such a code."""
    if turn.in_group and argument:
        _bind_here(turn, argument)
    elif turn.in_group:
        turn.say("bind.how")
    elif argument:
        join.join(turn, argument)
    elif tops := turn.where(Right.BIND_GROUP):
        pick.pick_unit(turn, "bind.unit", tops, {})
    else:
        turn.say("door.not_allowed")


def _bind_here(turn: Turn, text: str) -> None:
    code = join.usable_code(turn, text)
    if code is None:
        return
    if code.role is not None:
        turn.say("bind.personal_code")
        return
    codes.use(turn.c, code.code)
    chats.bind(turn.c, turn.chat.id, code.unit_id)
    turn.say("bind.done", unit=units.get(turn.c, code.unit_id).name)
    library.send_pinned(turn, code.unit_id)


@feature.step("unit")
def unit_picked(turn: Turn, answer: Answer) -> None:
    """Make a code that binds one group to the picked unit."""
    turn.end()
    unit = units.get(turn.c, int(answer.choice))
    if not turn.may(Right.BIND_GROUP, unit.id):
        turn.say("door.not_allowed")
        return
    hours = turn.house.limits.group_code_hours
    code = make_code(secrets.token_bytes(16))
    expires_at = turn.now + timedelta(hours=hours)
    codes.add(turn.c, JoinCode(code, unit.id, None, expires_at, 1), turn.person.id, turn.now)
    turn.say(
        "bind.code",
        unit=unit.name,
        code=code,
        expires_at=expires_at,
        can=turn.can,
        known=bool(chats.groups_of(turn.c, unit.id)),
    )
