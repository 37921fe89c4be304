"""How a broadcast stands, in words: the sums of a part of the tree, and units by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection

from bot.broadcast import describe
from bot.house import House
from domain.period import local_day
from domain.standing import Found, Part, Tally, members, reasons
from storage import acknowledgements, documents, passages, standing, units
from storage.broadcasts import Broadcast
from storage.standing import Branch, Scope

NAMED = 10
"""How many units of a part the overview names."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The sums in words, what they were put together from, and the branches below."""

    text: str
    tally: Tally
    branches: Sequence[Branch]


def scope_of(house: House, broadcast: Broadcast, top_id: int, now: datetime) -> Scope:
    """A broadcast below a unit, in the tree as it is today."""
    return Scope(broadcast, top_id, local_day(now, house.zone))


def overview(c: Connection, house: House, scope: Scope) -> Overview:
    """How it stands below a unit, with the first of those that are missing."""
    found = standing.found(c, scope)
    tally = Tally.of(found)
    below = [each for each in standing.branches(c, found) if each.unit_id != scope.top_id]
    voices = [] if below else acknowledgements.voices(c, scope.broadcast.id, scope.top_id)
    text = house.words("status.sums", **_sums(c, scope, tally), voices=voices)
    missing = {part: members(found, part) for part in (Part.LOST, Part.SILENT)} if below else {}
    named = listed(c, house, scope, missing, slice(NAMED))
    return Overview("\n\n".join([text, *_held(c, house, scope), *named]), tally, below)


def _held(c: Connection, house: House, scope: Scope) -> list[str]:
    """Who has not passed it on yet, where it goes through them."""
    held = passages.held_by(c, scope.broadcast.id) if scope.broadcast.through_level else []
    inside = {unit.id for unit in units.below(c, scope.top_id, scope.day)} if held else set()
    found = [unit for unit in held if unit.id in inside]
    text = house.words("passage.waiting", units=found[:NAMED], count=len(found))
    return [text] if found else []


def _sums(c: Connection, scope: Scope, tally: Tally) -> dict[str, object]:
    """What the sentences about a scope need."""
    return {
        **describe(documents.get(c, scope.broadcast.document_id)),
        "state": scope.broadcast.state,
        "unit": units.get(c, scope.top_id).name,
        "tally": tally,
    }


def listed(
    c: Connection,
    house: House,
    scope: Scope,
    parts: Mapping[Part, Sequence[Found]],
    page: slice,
) -> list[str]:
    """A page of the units of each of these parts by name; nothing of an empty part."""
    first = page.start or 0
    shown = {part: [unit.unit_id for unit in whole[page]] for part, whole in parts.items()}
    every = standing.lines(c, scope, list(chain.from_iterable(shown.values())))
    return [
        house.words(
            f"status.{part}",
            count=len(whole),
            units=[line for line in every if line.unit_id in shown[part]],
            first=first + 1,
            more=len(whole) - first - len(shown[part]),
        )
        for part, whole in parts.items()
        if whole
    ]


def result(c: Connection, house: House, scope: Scope) -> str:
    """How a broadcast ended: the sums, and why it did not arrive everywhere."""
    found = standing.found(c, scope)
    sums = _sums(c, scope, Tally.of(found))
    return house.words("progress.result", **sums, reasons=reasons(found))
