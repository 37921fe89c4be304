"""Growth of the network: how many teams and members there are on a day, and how far they reach."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from domain.units import Unit


@dataclass(frozen=True, slots=True)
class Headcount:
    """Teams, and the people in them; who is in two teams counts once."""

    teams: int = 0
    members: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the units of a level, how many have a team below them."""

    level: str
    covered: int
    units: int


@dataclass(frozen=True, slots=True)
class Network:
    """The network on a day; `branches` are the counts of each child of the top, by its id."""

    day: date
    whole: Headcount = Headcount()
    branches: Mapping[int, Headcount] = field(default_factory=dict)
    coverage: tuple[Coverage, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A unit in the tree, and the one above it."""

    unit: Unit
    parent_id: int | None


def rise(before: int, after: int) -> Decimal | None:
    """By how many percent a number has grown, to a tenth; None where it began at nothing."""
    if not before:
        return None
    tenth = round(Decimal(100 * (after - before)) / before, 1)
    return tenth.quantize(Decimal(1)) if tenth == tenth.to_integral() else tenth


def days_between(first: date, last: date, most: int) -> list[date]:
    """At most so many days from the first to the last, both among them, evenly apart."""
    steps = min(most - 1, (last - first).days)
    if not steps:
        return [last]
    length = (last - first).days
    return [first + timedelta(days=step * length // steps) for step in range(steps + 1)]


def coverage(nodes: Iterable[Node], team_levels: Iterable[str], day: date) -> tuple[Coverage, ...]:
    """How far teams reach on a day into each level above them, in the order of the nodes."""
    known = {node.unit.id: node for node in nodes if node.unit.open_on(day)}
    teams = set(team_levels)
    reached: set[int] = set()
    levels: dict[str, list[int]] = {}
    for unit_id, node in known.items():
        if node.unit.level in teams:
            _climb(known, node.parent_id, reached)
        else:
            levels.setdefault(node.unit.level, []).append(unit_id)
    return tuple(
        Coverage(level, len(reached.intersection(ids)), len(ids)) for level, ids in levels.items()
    )


def _climb(known: Mapping[int, Node], unit_id: int | None, reached: set[int]) -> None:
    """Mark a unit and all above it, up to one that is marked."""
    while unit_id is not None and unit_id in known and unit_id not in reached:
        reached.add(unit_id)
        unit_id = known[unit_id].parent_id
