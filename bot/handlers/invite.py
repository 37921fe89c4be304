"""Inviting people into a team: a code and a link for a role in a unit."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.feature import Feature
from bot.handlers import pick
from bot.turn import Answer, Turn
from domain.code import make_code
from domain.people import TEAM_ROLES, Right, Role, may_give
from domain.units import check_team
from storage import codes, people, units
from storage.codes import JoinCode

feature = Feature("invite")

TEAM_USES = 20
"""A code for members is passed round in a team; a code for any other role is for one person."""


@feature.command("invite")
def invite(turn: Turn, argument: str) -> None:
    tops = turn.where(Right.INVITE)
    if not tops:
        turn.say("door.not_allowed")
    elif turn.in_group:
        turn.say("door.private_only")
    else:
        pick.pick_unit(turn, "invite.unit", tops, {})


@feature.step("unit")
def unit_picked(turn: Turn, answer: Answer) -> None:
    unit_id = int(answer.choice)
    line = turn.line(unit_id)
    roles = [role for role in Role if may_give(turn.roles, role, line, unit_id)]
    if not roles:
        turn.end()
        turn.say("door.not_allowed")
        return
    choices = [[(role.value, turn.words(f"role.{role.value}").capitalize())] for role in roles]
    name = units.get(turn.c, unit_id).name
    turn.ask("invite.role", "invite.ask_role", choices, {"unit": unit_id}, unit=name)


@feature.step("role")
def role_picked(turn: Turn, answer: Answer) -> None:
    unit = units.get(turn.c, turn.data["unit"])
    offered = [role.value for role in Role]
    if answer.choice not in offered:
        turn.say("door.choose")
        return
    turn.end()
    role = Role(answer.choice)
    if not may_give(turn.roles, role, turn.line(unit.id), unit.id):
        turn.say("door.not_allowed")
        return
    days = turn.house.limits.code_days
    code = make_invitation(turn.c, unit.id, role, days, turn.person.id, turn.now)
    turn.say("invite.code", unit=unit.name, code=code, can=turn.can)
    if role in TEAM_ROLES:
        _warn(turn, unit.id, unit.level)


def make_invitation(
    c: Connection,
    unit_id: int,
    role: Role,
    days: int,
    created_by: int | None,
    now: datetime,
    uses: int | None = None,
) -> JoinCode:
    """Make a code by which people join a unit in a role, within so many days.

    Without `uses` it is for as many as its role asks for.
    """
    uses = uses or (TEAM_USES if role is Role.MEMBER else 1)
    expires_at = now + timedelta(days=days)
    code = JoinCode(make_code(secrets.token_bytes(16)), unit_id, role, expires_at, uses)
    codes.add(c, code, created_by, now)
    return code


def _warn(turn: Turn, unit_id: int, level: str) -> None:
    """Say where the team departs from the province's rules of its make-up."""
    rule = turn.house.team_rules.get(level)
    if rule is None:
        return
    for warning in check_team(people.team_size(turn.c, unit_id), rule):
        if warning.rule != "least" or warning.found:
            turn.say(f"team.{warning.rule}", limit=warning.limit, found=warning.found)
