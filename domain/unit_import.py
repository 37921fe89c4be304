"""Which rows of a sheet of units can be imported, and what is wrong with the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.imports import Column, Findings, Problem, Row, Sheet, folded, without_zeros
from domain.text import fold
from domain.units import Level

CODE_LENGTH = 40
NAME_LENGTH = 200
NUMBER_LENGTH = 100

COLUMNS = (
    Column("code", ("ma", "ma don vi"), needed=True),
    Column("name", ("ten", "ten don vi"), needed=True),
    Column("level", ("cap", "cap don vi"), needed=True),
    Column("parent_code", ("ma cap tren", "ma don vi cap tren"), needed=True),
    Column("opened_on", ("ngay thanh lap",)),
    Column("closed_on", ("ngay giai the",)),
    Column("decision_number", ("so quyet dinh",)),
    Column("decision_date", ("ngay quyet dinh",)),
)


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What an import says of a unit; a unit without `parent_code` is a root."""

    code: str
    name: str
    level: str
    parent_code: str = ""
    opened_on: date | None = None
    closed_on: date | None = None
    decision_number: str = ""
    decision_date: date | None = None


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit as it is before the import."""

    id: int
    facts: UnitFacts
    parent_since: date | None = None


_Fault = tuple[str, str, dict[str, object]]
"""A column, why it is wrong, and what the words for that need."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row with what the unit will be after it; an unknown level is empty."""

    number: int
    facts: UnitFacts


def check_units(
    sheet: Sheet, known: Mapping[str, KnownUnit], levels: Sequence[Level], since: date
) -> tuple[list[UnitFacts], list[Problem]]:
    """Units as they will be, each once, and the problems; `since` dates new parents.

    An empty cell leaves what is known. `known` is by code. A unit keeps its level, and a level
    never stands under itself, so parents make no circle.
    """
    found = Findings()
    spelt = {fold(word): level.id for level in levels for word in (level.name, level.id)}
    rows = found.rows(sheet, COLUMNS)
    lines = _once([_read(row, known, spelt, since, found) for row in rows], found)
    after = {code: unit.facts for code, unit in known.items()}
    after |= {line.facts.code: line.facts for line in lines}
    tree = _Tree(after, {level.id: level for level in levels})
    for line in lines:
        _check_life(line, known.get(line.facts.code), since, found)
        for column, why, params in tree.faults(line.facts):
            found.add(line.number, column, why, **params)
    return [line.facts for line in lines], found.problems


def _read(
    row: Row,
    known: Mapping[str, KnownUnit],
    spelt: Mapping[str, str],
    today: date,
    found: Findings,
) -> _Line:
    code = found.text(row, "code", CODE_LENGTH, needed=True)
    before = known.get(code)
    read = UnitFacts(
        code=code,
        name=found.text(row, "name", NAME_LENGTH, needed=True),
        level=_level(row, spelt, found),
        parent_code=found.text(row, "parent_code", CODE_LENGTH),
        opened_on=found.day(row, "opened_on", today),
        closed_on=found.day(row, "closed_on", today),
        decision_number=found.text(row, "decision_number", NUMBER_LENGTH),
        decision_date=found.day(row, "decision_date", today),
    )
    if before is None:
        return _Line(row.line, read)
    if read.level and read.level != before.facts.level:
        found.add(row.line, "level", "level_changed")
    return _Line(row.line, _over(before.facts, read))


def _level(row: Row, spelt: Mapping[str, str], found: Findings) -> str:
    written = found.text(row, "level", CODE_LENGTH, needed=True)
    level = spelt.get(folded(written), "")
    if written and not level:
        found.add(row.line, "level", "unknown_level", value=written)
    return level


def _over(before: UnitFacts, read: UnitFacts) -> UnitFacts:
    return replace(
        before,
        name=read.name,
        parent_code=read.parent_code or before.parent_code,
        opened_on=read.opened_on or before.opened_on,
        closed_on=read.closed_on or before.closed_on,
        decision_number=read.decision_number or before.decision_number,
        decision_date=read.decision_date or before.decision_date,
    )


def _once(lines: Sequence[_Line], found: Findings) -> list[_Line]:
    """The lines that have a code, without those that say the same again."""
    first: dict[str, _Line] = {}
    for line in lines:
        other = first.setdefault(line.facts.code, line)
        if line.facts.code and other.facts != line.facts:
            found.add(line.number, "code", "repeated_code", other=other.number)
    first.pop("", None)
    return list(first.values())


def _check_life(line: _Line, before: KnownUnit | None, since: date, found: Findings) -> None:
    unit = line.facts
    if unit.opened_on and unit.closed_on and unit.closed_on < unit.opened_on:
        found.add(line.number, "closed_on", "closed_before_opened", day=unit.opened_on)
    if unit.decision_date and not unit.decision_number:
        found.add(line.number, "decision_number", "decision_without_number")
    moved = before and before.facts.parent_code != unit.parent_code and before.parent_since
    if moved and since < moved:
        found.add(line.number, "parent_code", "moved_before", since=since, day=moved)


class _Tree:
    """The units as they will be, to see where each one will stand."""

    def __init__(self, units: Mapping[str, UnitFacts], levels: Mapping[str, Level]) -> None:
        self._units = units
        self._levels = levels
        self._whole = {
            (unit.level, without_zeros(code)): code
            for code, unit in units.items()
            if code.startswith("0")
        }

    def faults(self, unit: UnitFacts) -> Iterator[_Fault]:
        """What is wrong with the code and the parent of a unit of a known level."""
        if unit.level in self._levels:
            # A worksheet that made 4 of 04 must not bring a second unit of that level.
            yield from self._lost_zeros("code", unit.code, [unit.level])
            yield from self._parent_faults(unit, self._levels[unit.level])

    def _parent_faults(self, unit: UnitFacts, level: Level) -> Iterator[_Fault]:
        parent = self._units.get(unit.parent_code)
        above = [self._levels[each].name for each in level.under]
        places: dict[str, object] = {"level": level.name, "above": ", ".join(above)}
        if not level.under:
            if unit.parent_code:
                yield "parent_code", "root_with_parent", places
        elif not unit.parent_code:
            yield "parent_code", "no_parent", places
        elif parent is None:
            lost = list(self._lost_zeros("parent_code", unit.parent_code, level.under))
            yield from lost or [("parent_code", "unknown_parent", {"value": unit.parent_code})]
        elif parent.level and parent.level not in level.under:
            yield "parent_code", "wrong_parent", places
        elif parent.closed_on and (unit.closed_on is None or unit.closed_on > parent.closed_on):
            yield "parent_code", "closed_parent", {"day": parent.closed_on}

    def _lost_zeros(self, column: str, code: str, levels: Sequence[str]) -> Iterator[_Fault]:
        for level in levels:
            like = self._whole.get((level, without_zeros(code)), code)
            if like != code:
                yield column, "lost_zeros", {"value": code, "like": like}
