"""When a document goes, and through whom: looked at and confirmed before it is sent."""

import secrets
from datetime import datetime
from typing import Any

from bot.broadcast import describe, show
from bot.feature import Feature
from bot.handlers import approve
from bot.launch import obstacle, reached, shortage, start
from bot.request import BroadcastRequest
from bot.turn import Answer, Turn
from domain.broadcast import BroadcastState
from domain.moment import parse_moment
from domain.people import Right
from storage import broadcasts, documents, standing, units
from storage.broadcasts import Plan

feature = Feature("plan")

SEND, URGENT, LATER = "send", "urgent", "later"
THROUGH, STRAIGHT = "through", "straight"


def plan(turn: Turn, document_id: int, unit_id: int, levels: list[str]) -> None:
    """Show what will be sent and to how many, and ask when."""
    data = {
        "document": document_id,
        "unit": unit_id,
        "levels": levels,
        "confirmation": secrets.token_hex(8),
        "at": None,
        "through": None,
    }
    wanted = _plan(turn, data)
    if turn.voice(obstacle(turn.c, wanted, reached(turn.c, turn.house, wanted, turn.now))):
        turn.end()
        return
    show(turn.c, turn.house, document_id, turn.chat, turn.now)
    _ask(turn, data)


def _plan(turn: Turn, data: dict[str, Any], *, urgent: bool = False) -> Plan:
    at = datetime.fromisoformat(data["at"]) if data["at"] else turn.now
    return Plan(
        data["document"],
        data["unit"],
        data["levels"],
        data["confirmation"],
        max(at, turn.now),
        urgent,
        data["through"],
    )


def _ask(turn: Turn, data: dict[str, Any]) -> None:
    wanted = _plan(turn, data)
    groups = reached(turn.c, turn.house, wanted, turn.now)
    unit = units.get(turn.c, wanted.unit_id)
    covered = standing.coverage(turn.c, unit.id, wanted.levels, turn.day)
    short = shortage(turn.c, turn.house, wanted, groups, turn.now)
    turn.ask(
        "plan.confirm",
        "plan.preview",
        _choices(turn, wanted, planned=data["at"] is not None),
        data,
        unit=unit.name,
        levels=[turn.house.levels[level].name for level in wanted.levels],
        groups=sum(groups.values()),
        without=covered.units - covered.with_group,
        through=wanted.through_level and turn.house.levels[wanted.through_level].name,
        hours=turn.house.limits.passage_hours,
        planned=data["at"] and wanted.start_at,
        at=turn.house.quiet.over(wanted.start_at),
        held=turn.house.quiet.at(wanted.start_at),
        short=short.values["short"] if short else [],
    )


def _choices(turn: Turn, wanted: Plan, *, planned: bool) -> list[list[tuple[str, str]]]:
    """When it may go, and the other way than the one chosen."""
    held, at = turn.house.quiet.at(wanted.start_at), turn.house.quiet.over(wanted.start_at)
    send = turn.words("plan.send_at", at=at) if held or planned else turn.words("plan.send")
    rows = [[(SEND, send)]]
    if held:
        rows.append([(URGENT, turn.words("plan.urgent_then" if planned else "plan.urgent"))])
    rows.append([(LATER, turn.words("plan.another_time" if planned else "plan.later"))])
    if wanted.through_level:
        rows.append([(STRAIGHT, turn.words("plan.straight"))])
    elif level := _passing_level(turn, wanted):
        name = turn.house.levels[level].name
        rows.append([(THROUGH, turn.words("plan.through", level=name))])
    return rows


def _passing_level(turn: Turn, wanted: Plan) -> str | None:
    """The level through which a broadcast can pass: right above its groups, and below the top."""
    top = units.get(turn.c, wanted.unit_id)
    above = [over for level in wanted.levels for over in turn.house.levels[level].under]
    found = (
        level
        for level in dict.fromkeys(above)
        if level != top.level and units.below(turn.c, top.id, turn.day, [level])
    )
    return next(found, None)


@feature.step("confirm")
def confirmed(turn: Turn, answer: Answer) -> None:
    """The word, another time or another way."""
    match answer.choice:
        case "send" | "urgent":
            make(turn, _plan(turn, turn.data, urgent=answer.choice == URGENT))
        case "later":
            turn.ask("plan.time", "plan.ask_time")
        case "through":
            _ask(turn, turn.data | {"through": _passing_level(turn, _plan(turn, turn.data))})
        case "straight":
            _ask(turn, turn.data | {"through": None})
        case _:
            turn.say("plan.not_sent")


@feature.step("time")
def time_given(turn: Turn, answer: Answer) -> None:
    try:
        at = parse_moment(answer.text, turn.now.astimezone(turn.house.zone))
    except ValueError:
        turn.say("plan.bad_time")
        return
    if at <= turn.now:
        turn.say("plan.past_time", at=at, now=turn.now)
    else:
        _ask(turn, turn.data | {"at": at.isoformat()})


def make(turn: Turn, wanted: Plan) -> None:
    """Make the broadcast, unless something stands in its way."""
    groups = reached(turn.c, turn.house, wanted, turn.now)
    count = sum(groups.values())
    found = (
        obstacle(turn.c, wanted, groups)
        or shortage(turn.c, turn.house, wanted, groups, turn.now)
        or approve.nobody(turn, wanted.unit_id, count)
    )
    if not turn.may(Right.ANNOUNCE, wanted.unit_id):
        turn.end()
        turn.say("door.not_allowed")
    elif not turn.voice(found):
        turn.end()
        _create(turn, wanted, count)


def _create(turn: Turn, wanted: Plan, groups: int) -> None:
    second = approve.needed(turn, groups)
    state = BroadcastState.ASKED if second else BroadcastState.PLANNED
    made = broadcasts.create(turn.c, wanted, state, turn.person.id, turn.chat.id, turn.now)
    if made is None:
        document = documents.get(turn.c, wanted.document_id)
        turn.say("plan.sent_before", **describe(document))
    elif second:
        approve.ask(turn, BroadcastRequest.of(broadcasts.get(turn.c, made)), groups)
    else:
        turn.voice(start(turn.c, turn.house, broadcasts.get(turn.c, made), turn.now))
