"""Picking a unit from the tree, so that nobody types a place name."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from bot.feature import Feature
from bot.turn import Answer, Turn
from domain.text import fold
from domain.units import Unit
from storage import units

feature = Feature("pick")

PAGE = 8


class Move(StrEnum):
    THIS = "this"
    UP = "up"
    NEXT = "next"
    BACK = "back"
    LIST = "list"


def pick_unit(
    turn: Turn, then: str, tops: Sequence[int], data: dict[str, Any], *, subtree: bool = False
) -> None:
    """Let the person pick a unit among `tops` and all below them.

    The step `then` gets the unit's number as the choice, and `data`. With `subtree` the unit stands
    for all below it, too.
    """
    at = tops[0] if len(tops) == 1 else None
    _show(
        turn,
        {"then": then, "tops": list(tops), "at": at, "page": 0, "data": data, "subtree": subtree},
    )


@feature.step("unit")
def picked(turn: Turn, answer: Answer) -> None:
    """Walk the tree one answer at a time; written words look a unit up by its name."""
    place = turn.data
    match answer.choice:
        case "":
            _look_up(turn, place, answer.text)
        case Move.THIS:
            _done(turn, place, place["at"])
        case Move.UP:
            _show(turn, place | {"at": _above(turn, place), "page": 0})
        case Move.LIST:
            _show(turn, place)
        case Move.NEXT:
            _show(turn, place | {"page": place["page"] + 1})
        case Move.BACK:
            _show(turn, place | {"page": max(0, place["page"] - 1)})
        case unit_id:
            _enter(turn, place, int(unit_id))


def _enter(turn: Turn, place: dict[str, Any], unit_id: int) -> None:
    if units.children(turn.c, unit_id, turn.day):
        _show(turn, place | {"at": unit_id, "page": 0})
    else:
        _done(turn, place, unit_id)


def _done(turn: Turn, place: dict[str, Any], unit_id: int) -> None:
    turn.reopen(place["data"])
    turn.next = (place["then"], Answer(choice=str(unit_id)))


def _above(turn: Turn, place: dict[str, Any]) -> int | None:
    """The unit above, or the list of tops where the person's part of the tree ends."""
    if place["at"] in place["tops"]:
        return None if len(place["tops"]) > 1 else int(place["at"])
    return units.parent(turn.c, place["at"], turn.day)


def _below(turn: Turn, place: dict[str, Any]) -> Sequence[Unit]:
    if place["at"] is None:
        return [units.get(turn.c, unit_id) for unit_id in place["tops"]]
    return units.children(turn.c, place["at"], turn.day)


def _show(turn: Turn, place: dict[str, Any]) -> None:
    below = _below(turn, place)
    first = place["page"] * PAGE
    shown = [[(str(unit.id), unit.name)] for unit in below[first : first + PAGE]]
    at = units.get(turn.c, place["at"]) if place["at"] is not None else None
    here = (
        [
            [
                (
                    Move.THIS,
                    turn.words("pick.this", unit=at.name, below=place["subtree"] and len(below)),
                )
            ]
        ]
        if at
        else []
    )
    moves = _moves(turn, place, len(below))
    turn.ask(
        "pick.unit",
        "pick.ask",
        [*here, *shown, *([moves] if moves else [])],
        place,
        unit=at.name if at else "",
        below=len(below),
    )


def _moves(turn: Turn, place: dict[str, Any], count: int) -> list[tuple[str, str]]:
    page, at = place["page"], place["at"]
    can_rise = at is not None and (at not in place["tops"] or len(place["tops"]) > 1)
    offered = ((Move.UP, can_rise), (Move.BACK, page > 0), (Move.NEXT, (page + 1) * PAGE < count))
    return [(move, turn.words(f"pick.{move}")) for move, possible in offered if possible]


def _look_up(turn: Turn, place: dict[str, Any], text: str) -> None:
    wanted = fold(text)
    if not wanted:
        turn.say("door.choose")
        return
    found = [
        unit
        for top in place["tops"]
        for unit in units.below(turn.c, top, turn.day)
        if wanted in fold(unit.name)
    ]
    if not found and turn.house.vocabulary.is_command(text):
        turn.hear_anew()
        return
    rows = [[(str(unit.id), unit.name)] for unit in found[:PAGE]]
    key = "pick.found" if found else "pick.not_found"
    back = [[(Move.LIST, turn.words("pick.list"))]]
    turn.ask("pick.unit", key, [*rows, *back], place, text=text, count=len(found), page=PAGE)
