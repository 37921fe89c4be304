"""How a broadcast stands, from the whole down to a village: what arrived, and who is missing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from bot.feature import Feature
from bot.handlers import control
from bot.launch import stuck
from bot.standing import Overview, listed, overview, scope_of
from bot.turn import Turn
from domain.people import Right
from domain.standing import Part, members
from storage import broadcasts, documents, errands, standing, units
from storage.broadcasts import Broadcast
from storage.errands import Kind
from storage.standing import Branch, Scope

feature = Feature("status")

NEWEST = 5
BRANCHES = 8
"""Branches on a page."""
LISTED = 20
"""Units by name on a page."""
ALL, SHEET, CONTROL = "all", "sheet", "control"
SHOWN = "|".join([ALL, SHEET, CONTROL, *Part])
PLACE = re.compile(rf"(\d{{1,15}})\.(\d{{1,15}})\.({SHOWN})\.(\d{{1,6}})")

Options = list[list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Place:
    """A page on a broadcast below a unit: the overview, the names of a part, and so on."""

    broadcast_id: int
    unit_id: int
    shows: str = ALL
    page: int = 0

    def __str__(self) -> str:
        return f"{self.broadcast_id}.{self.unit_id}.{self.shows}.{self.page}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        found = PLACE.fullmatch(text)
        return cls(int(found[1]), int(found[2]), found[3], int(found[4])) if found else None


@feature.command("status")
def status(turn: Turn, argument: str) -> None:
    """The newest broadcast in the person's part of the tree, or a choice of several."""
    tops = turn.where(Right.SEE_STATUS)
    if not tops:
        turn.say("door.not_allowed")
        return
    newest = _newest(turn, tops)
    if not newest:
        turn.say("status.none")
    elif len(newest) == 1:
        _overview(turn, newest[0])
    else:
        rows = [[(str(each), _label(turn, each))] for each in newest]
        turn.ask("status.view", "status.which", rows, press="status.view")


def _newest(turn: Turn, tops: Sequence[int]) -> list[Place]:
    """The newest broadcasts that went below any of the tops, each seen from as high as may be."""
    found: dict[int, Place] = {}
    for top_id in tops:
        for each in broadcasts.touching(turn.c, top_id, turn.day, NEWEST):
            found.setdefault(each.id, Place(each.id, _highest(turn, each, top_id)))
    return [found[broadcast_id] for broadcast_id in sorted(found, reverse=True)[:NEWEST]]


def _highest(turn: Turn, broadcast: Broadcast, top_id: int) -> int:
    """The unit from which all is seen that the broadcast and the top have in common."""
    return broadcast.unit_id if top_id in turn.line(broadcast.unit_id) else top_id


def _label(turn: Turn, place: Place) -> str:
    broadcast = broadcasts.get(turn.c, place.broadcast_id)
    document = documents.get(turn.c, broadcast.document_id)
    return turn.words("status.label", doc_number=document.number, at=broadcast.created_at)


@feature.choice("view")
def pressed(turn: Turn, argument: str) -> None:
    """Turn to a page, for whoever may see it; who says something else has seen enough."""
    place = Place.parse(argument)
    if place is None:
        turn.notice = turn.words("door.old_button")
    elif not turn.may(Right.SEE_STATUS, place.unit_id):
        turn.say("status.not_yours")
    elif place.shows == ALL:
        _overview(turn, place)
    elif place.shows == SHEET:
        _sheet(turn, place)
    elif place.shows == CONTROL:
        control.menu(turn, place.broadcast_id)
    else:
        _names(turn, place, Part(place.shows))


def _scope(turn: Turn, place: Place) -> Scope:
    broadcast = broadcasts.get(turn.c, place.broadcast_id)
    return scope_of(turn.house, broadcast, place.unit_id, turn.now)


def _overview(turn: Turn, place: Place) -> None:
    scope = _scope(turn, place)
    found = overview(turn.c, turn.house, scope)
    why = stuck(turn.c, turn.house, scope.broadcast, turn.now)
    text = Markup("\n\n".join(filter(None, [found.text, why])))
    rows = [
        *_branches(turn, place, found.branches),
        *_parts(turn, place, found),
        *_sheet_button(turn, place),
        *_control_button(turn, place, scope.broadcast),
        *_moves(turn, place, len(found.branches), BRANCHES),
        *_above(turn, place, scope.broadcast),
    ]
    turn.ask("status.view", "status.page", rows, press="status.view", text=text)


def _branches(turn: Turn, place: Place, branches: Sequence[Branch]) -> Options:
    first = place.page * BRANCHES
    return [
        [(str(Place(place.broadcast_id, each.unit_id)), _branch(turn, each))]
        for each in branches[first : first + BRANCHES]
    ]


def _branch(turn: Turn, branch: Branch) -> str:
    return turn.words("status.branch", name=branch.name, tally=branch.tally)


def _parts(turn: Turn, place: Place, found: Overview) -> Options:
    """The lists that say more than the overview."""
    return [
        [
            (
                str(replace(place, shows=part, page=0)),
                turn.words(f"status.see_{part}", count=found.tally.count(part)),
            )
        ]
        for part in Part
        if found.branches and found.tally.count(part)
    ]


def _sheet_button(turn: Turn, place: Place) -> Options:
    value = str(replace(place, shows=SHEET))
    return [[(value, turn.words("status.sheet"))]] if turn.can.files_out else []


def _control_button(turn: Turn, place: Place, broadcast: Broadcast) -> Options:
    value = str(replace(place, shows=CONTROL))
    return [[(value, turn.words("control.open"))]] if any(control.offered(turn, broadcast)) else []


def _moves(turn: Turn, place: Place, count: int, size: int) -> Options:
    offered = (
        (-1, "status.back", place.page > 0),
        (1, "status.next", (place.page + 1) * size < count),
    )
    moves = [
        (str(replace(place, page=place.page + step)), turn.words(key))
        for step, key, possible in offered
        if possible
    ]
    return [moves] if moves else []


def _above(turn: Turn, place: Place, broadcast: Broadcast) -> Options:
    """The way up, as far as the broadcast and the person's rights go."""
    above = units.parent(turn.c, place.unit_id, turn.day)
    if above is None or place.unit_id == broadcast.unit_id:
        return []
    if not turn.may(Right.SEE_STATUS, above):
        return []
    name = units.get(turn.c, above).name
    return [[(str(Place(place.broadcast_id, above)), turn.words("status.up", unit=name))]]


def _names(turn: Turn, place: Place, part: Part) -> None:
    scope = _scope(turn, place)
    whole = members(standing.found(turn.c, scope), part)
    page = slice(place.page * LISTED, (place.page + 1) * LISTED)
    if not whole[page]:  # the button is older than what it counted
        _overview(turn, Place(place.broadcast_id, place.unit_id))
        return
    text = "".join(listed(turn.c, turn.house, scope, {part: whole}, page))
    back = [(str(Place(place.broadcast_id, place.unit_id)), turn.words("status.overview"))]
    rows = [*_moves(turn, place, len(whole), LISTED), back]
    turn.ask("status.view", "status.page", rows, press="status.view", text=Markup(text))


def _sheet(turn: Turn, place: Place) -> None:
    """The table is made apart from this answer, because it may be large."""
    subject = {"broadcast": place.broadcast_id, "unit": place.unit_id}
    errands.give(turn.c, Kind.SHEET, subject, turn.chat.id, turn.now)
    turn.end()
    turn.say("status.sheet_comes")
