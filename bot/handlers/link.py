"""One person in two messengers: a code from the one, entered in the other, makes them one."""

import secrets
from datetime import timedelta
from typing import Any

from bot.feature import Feature
from bot.handlers import join
from bot.turn import Answer, Turn
from domain.code import LENGTH, make_code, read_code
from storage import links, people, reach, sessions, units

feature = Feature("link")

HOURS = 1
YES, NO = "yes", "no"


@feature.command("link")
def link(turn: Turn, argument: str) -> None:
    """Gives a code to be entered elsewhere, or takes one."""
    if turn.in_group:
        turn.say("door.private_only")
    elif argument:
        enter(turn, argument)
    else:
        code = make_code(secrets.token_bytes(16))
        links.add_code(turn.c, code, turn.person.id, turn.now + timedelta(hours=HOURS))
        turn.say("link.code", code=code, hours=HOURS)


def is_code(turn: Turn, text: str) -> bool:
    """Whether a text is somebody's code of that kind."""
    code = read_code(text)
    return len(code) == LENGTH and links.find(turn.c, code, turn.now) is not None


def enter(turn: Turn, text: str) -> None:
    """Take a code from the other messenger, and ask whether that is the same person."""
    if join.guesses(turn):
        return
    other_id = links.find(turn.c, read_code(text), turn.now)
    if other_id is None:
        join.guessed_wrong(turn, "link.wrong")
    elif other_id == turn.person.id or _both_known(turn, other_id):
        turn.say("link.same_place")
    else:
        choices = [[(YES, turn.words("link.yes"))], [(NO, turn.words("link.no"))]]
        data = {"other": other_id, "code": read_code(text)}
        turn.ask("link.sure", "link.ask", choices, data, **_described(turn, other_id))


def _both_known(turn: Turn, other_id: int) -> bool:
    """Whether this account knows the other one as somebody else: then they are two people."""
    return links.known_to(turn.c, other_id, turn.chat.account_id)


def _described(turn: Turn, person_id: int) -> dict[str, Any]:
    held = [
        (role.role.value, units.get(turn.c, role.unit_id).name)
        for role in people.roles(turn.c, person_id)
    ]
    return {"name": people.get(turn.c, person_id).name, "held": held}


@feature.step("sure")
def sure(turn: Turn, answer: Answer) -> None:
    other_id = int(turn.data["other"])
    if answer.choice == NO:
        turn.end()
        turn.say("link.left")
    elif answer.choice != YES:
        turn.say("door.choose")
    elif links.find(turn.c, turn.data["code"], turn.now) != other_id:
        turn.end()
        turn.say("link.wrong")
    else:
        _join(turn, other_id)


def _join(turn: Turn, other_id: int) -> None:
    """Whoever has a role stays; the other one becomes that person."""
    here_id = turn.person.id
    kept_id, gone_id = (other_id, here_id)
    if turn.roles and not people.roles(turn.c, other_id):
        kept_id, gone_id = here_id, other_id
    told = reach.private_of(turn.c, [other_id], turn.now)
    sessions.close(turn.c, turn.chat.id, here_id)
    turn.session = None
    links.link(turn.c, kept_id, gone_id, turn.day, turn.now)
    turn.become(people.get(turn.c, kept_id))
    for chat_id in (turn.chat.id, *(chat.id for chat in told)):
        turn.tell(chat_id, "link.done", **_described(turn, kept_id))


@feature.command("unlink")
def unlink(turn: Turn, argument: str) -> None:
    """Makes two people of what was linked last."""
    if turn.in_group:
        turn.say("door.private_only")
        return
    person_id = turn.person.id
    other_id = links.unlink(turn.c, person_id, turn.now)
    if other_id is None:
        turn.say("link.none")
        return
    here = people.find(turn.c, turn.chat.account_id, turn.message.sender.id)
    assert here is not None
    turn.become(here)
    turn.session = None
    there = [each for each in (person_id, other_id) if each != here.id]
    told = reach.private_of(turn.c, there, turn.now)
    for chat_id in (turn.chat.id, *(chat.id for chat in told)):
        turn.tell(chat_id, "link.undone")
