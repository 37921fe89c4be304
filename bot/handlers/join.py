"""Joining a team by a code or a link."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from bot.feature import Feature
from bot.turn import Answer, Turn
from domain.code import read_code
from domain.people import DECIDING, Role
from storage import chats, codes, people, sessions, units
from storage.codes import JoinCode

feature = Feature("join")

INVITING = {Role.LEADER, *DECIDING}
NOBODY = "nobody"


@feature.command("join")
def join(turn: Turn, argument: str) -> None:
    """Joins by the code, or asks for it."""
    if turn.in_group:
        turn.say("door.private_only")
    elif argument:
        enter(turn, argument)
    else:
        turn.ask("join.code", "join.ask_code")


@feature.step("code")
def code_given(turn: Turn, answer: Answer) -> None:
    turn.end()
    enter(turn, answer.text)


def enter(turn: Turn, text: str) -> None:
    """Take a code: the person joins, or is asked which name of the list is theirs."""
    code = usable_code(turn, text)
    if code is None:
        return
    if code.role is None:
        turn.say("join.group_code")
    elif any(held.unit_id == code.unit_id and held.role == code.role for held in turn.roles):
        turn.say("join.already", role=code.role, unit=units.get(turn.c, code.unit_id).name)
    elif not turn.roles and (listed := people.unclaimed(turn.c, code.unit_id, code.role)):
        names = [[(str(person.id), person.name)] for person in listed]
        turn.ask(
            "join.claim",
            "join.which",
            [*names, [(NOBODY, turn.words("join.not_listed"))]],
            {"code": code.code},
            unit=units.get(turn.c, code.unit_id).name,
        )
    else:
        admit(turn, code)


def usable_code(turn: Turn, text: str) -> JoinCode | None:
    """The code in a text; None, and a sentence about it, when it cannot be used.

    Wrong codes are counted a person: who guesses is made to wait.
    """
    if guesses(turn):
        return None
    code = codes.find(turn.c, read_code(text))
    if code is None:
        guessed_wrong(turn, "join.wrong")
        return None
    if not code.usable(turn.now):
        turn.say("join.used" if code.uses_left <= 0 else "join.expired")
        return None
    return code if _served_here(turn, code.unit_id) else None


def _served_here(turn: Turn, unit_id: int) -> bool:
    """Whether this account is there for a unit; else says for whom it is."""
    serves = chats.serves(turn.c, turn.chat.account_id)
    if serves is None or serves in turn.line(unit_id):
        return True
    wanted, own = units.get(turn.c, unit_id).name, units.get(turn.c, serves).name
    turn.say("join.elsewhere", unit=wanted, serves=own)
    return False


def guesses(turn: Turn) -> bool:
    """Whether somebody tried so many wrong codes that they have to wait; then says so."""
    hour_ago = turn.now - timedelta(hours=1)
    wrong = codes.wrong_since(turn.c, turn.person.id, hour_ago)
    if wrong < turn.house.limits.wrong_codes_an_hour:
        return False
    turn.say("join.too_many")
    return True


def guessed_wrong(turn: Turn, key: str) -> None:
    codes.wrong(turn.c, turn.person.id, turn.now)
    turn.say(key)


@feature.step("claim")
def claimed(turn: Turn, answer: Answer) -> None:
    """The person says who of the list they are."""
    code = usable_code(turn, turn.data["code"])
    if code is None or code.role is None:
        turn.end()
        return
    if answer.choice == NOBODY:
        turn.end()
        admit(turn, code)
        return
    listed = {str(each.id): each for each in people.unclaimed(turn.c, code.unit_id, code.role)}
    if answer.choice not in listed:
        turn.say("door.choose")
        return
    guest = turn.person
    sessions.close(turn.c, turn.chat.id, guest.id)
    turn.session = None
    turn.become(listed[answer.choice])
    people.become(turn.c, guest.id, turn.person.id)
    codes.use(turn.c, code.code)
    welcome(turn, code)


def admit(turn: Turn, code: JoinCode) -> None:
    """Give the code's role to the person."""
    assert code.role is not None
    codes.use(turn.c, code.code)
    people.give_role(turn.c, turn.person.id, code.unit_id, code.role, turn.day)
    welcome(turn, code)


def welcome(turn: Turn, code: JoinCode) -> None:
    unit = units.get(turn.c, code.unit_id)
    turn.say("join.done", name=turn.person.name, role=code.role, unit=unit.name)
    turn.say("start.help", **powers([code.role]))


def powers(roles: Iterable[Role | None]) -> dict[str, Any]:
    """Which parts of the help are for these roles."""
    held = set(roles)
    return {
        "coordinator": not held.isdisjoint(DECIDING),
        "expert": Role.EXPERT in held,
        "inviter": bool(held & INVITING),
    }
