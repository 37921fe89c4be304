"""Which rows of a sheet of people can be imported, and what is wrong with the others."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from domain.imports import Column, Findings, Problem, Row, Sheet, folded, without_zeros
from domain.people import TEAM_ROLES, Role
from domain.phone import parse_phone
from domain.text import fold
from domain.units import Unit

CODE_LENGTH = 40
NAME_LENGTH = 100
WORD_LENGTH = 40
NAMES_KEPT = 50_000

COLUMNS = (
    Column("unit_code", ("ma don vi", "ma to"), needed=True),
    Column("name", ("ho ten", "ho va ten", "ten"), needed=True),
    Column("role", ("vai tro", "chuc danh"), needed=True),
    Column("phone", ("dien thoai", "so dien thoai")),
    Column("it_knowledge", ("biet cntt", "biet cong nghe thong tin")),
)

_ROLES = {role.value: role for role in Role} | {
    "thanh vien": Role.MEMBER,
    "to vien": Role.MEMBER,
    "to pho": Role.DEPUTY,
    "to truong": Role.LEADER,
    "dieu phoi": Role.COORDINATOR,
    "dieu phoi vien": Role.COORDINATOR,
    "chuyen gia": Role.EXPERT,
    "quan tri": Role.ADMINISTRATOR,
    "quan tri vien": Role.ADMINISTRATOR,
}
_YES_NO = dict.fromkeys(("co", "x", "1", "yes", "true"), True) | dict.fromkeys(
    ("khong", "0", "no", "false"), False
)

Place = tuple[int, Role]
"""A unit, by its number, and a role in it."""
Key = int | str | tuple[int, str]
"""What tells people apart: a known person's number, else the phone, else the unit and the name."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    id: int
    name: str
    phone: str | None = None
    it_knowledge: bool = False


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person as they will be, with the places that the sheet gives them; a new one has no id."""

    id: int | None
    name: str
    phone: str | None
    it_knowledge: bool
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is known before the import, and where."""

    units: Mapping[str, Unit]
    """By code."""
    people: Mapping[int, KnownPerson]
    places: Mapping[int, Collection[Place]]
    """What each person holds now."""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    unit_id: int
    name: str
    folded: str
    role: Role
    phone: str | None
    it_knowledge: bool | None

    @property
    def namesake(self) -> tuple[int, str]:
        return self.unit_id, self.folded


def check_people(
    sheet: Sheet, roster: Roster, day: date
) -> tuple[list[PersonFacts], list[Problem]]:
    """People as they will be, and the problems.

    A person is known by the phone; without one, by the unit and the name. A phone that comes later
    is added to the one who is known by that unit and name. An empty cell leaves what is known.
    """
    found = Findings()
    lines = _lines(sheet, _Reader(roster.units, day, found), found)
    _check_phones(lines, found)
    _check_namesakes(lines, found)
    people = _sort_out(lines, _Index(roster), found)
    del lines
    _check_places(people, found)
    _check_leaders(people, roster, found)
    # A nation's lines go as their facts come, so that both are never there.
    return [_facts(key, people.pop(key), roster) for key in list(people)], found.problems


def _lines(sheet: Sheet, reader: "_Reader", found: Findings) -> list[_Line]:
    return [line for row in found.rows(sheet, COLUMNS) if (line := reader.read(row))]


class _Reader:
    def __init__(self, units: Mapping[str, Unit], day: date, found: Findings) -> None:
        self._units = units
        self._day = day
        self._found = found
        # Many bear the same name: each is folded and kept once.
        self._named = lru_cache(NAMES_KEPT)(lambda name: (name, fold(name)))
        self._whole = {without_zeros(code): code for code in units if code.startswith("0")}

    def read(self, row: Row) -> _Line | None:
        """The row's line; None when any of its cells is wrong."""
        before = len(self._found.problems)
        unit, role = self._unit(row), self._role(row)
        name, bare = self._named(self._found.text(row, "name", NAME_LENGTH, needed=True))
        phone, it_knowledge = self._phone(row), self._it_knowledge(row)
        if unit is None or role is None or len(self._found.problems) > before:
            return None
        return _Line(row.line, unit.id, name, bare, role, phone, it_knowledge)

    def _unit(self, row: Row) -> Unit | None:
        code = self._found.text(row, "unit_code", CODE_LENGTH, needed=True)
        unit = self._units.get(code)
        if unit and unit.closed_on and unit.closed_on <= self._day:
            self._found.add(row.line, "unit_code", "closed_unit", day=unit.closed_on)
        elif unit is None and without_zeros(code) in self._whole:
            like = self._whole[without_zeros(code)]
            self._found.add(row.line, "unit_code", "lost_zeros", value=code, like=like)
        elif unit is None and code:
            self._found.add(row.line, "unit_code", "unknown_unit", value=code)
        return unit

    def _role(self, row: Row) -> Role | None:
        written = self._found.text(row, "role", WORD_LENGTH, needed=True)
        role = _ROLES.get(folded(written))
        if written and role is None:
            self._found.add(row.line, "role", "unknown_role", value=written)
        return role

    def _phone(self, row: Row) -> str | None:
        written = row.cells.get("phone")
        if written is None:
            return None
        try:
            return parse_phone(written)
        except ValueError:
            self._found.add(row.line, "phone", "not_a_phone")
            return None

    def _it_knowledge(self, row: Row) -> bool | None:
        written = row.cells.get("it_knowledge")
        if written is None:
            return None
        known = _YES_NO.get(folded(written))
        if known is None:
            self._found.add(row.line, "it_knowledge", "not_yes_or_no")
        return known


def _check_phones(lines: Sequence[_Line], found: Findings) -> None:
    first: dict[str, _Line] = {}
    for line in lines:
        if line.phone and first.setdefault(line.phone, line).folded != line.folded:
            found.add(line.number, "phone", "taken_phone", other=first[line.phone].number)


def _check_namesakes(lines: Sequence[_Line], found: Findings) -> None:
    """People of one name in one unit can only be told apart by their phones."""
    first: dict[tuple[int, str], _Line] = {}
    for line in lines:
        other = first.setdefault(line.namesake, line)
        if other is not line and not (line.phone and other.phone):
            found.add(line.number, "name", "same_name", other=other.number)


class _Index:
    """Finds the one whom a line is about among the people who are known."""

    def __init__(self, roster: Roster) -> None:
        self._by_phone = {each.phone: each for each in roster.people.values() if each.phone}
        self._by_name: dict[tuple[int, str], list[KnownPerson]] = defaultdict(list)
        for person_id, places in roster.places.items():
            person = roster.people[person_id]
            for unit_id in {unit_id for unit_id, _ in places}:
                self._by_name[unit_id, fold(person.name)].append(person)

    def candidates(self, line: _Line) -> Sequence[KnownPerson]:
        if line.phone and line.phone in self._by_phone:
            return [self._by_phone[line.phone]]
        namesakes = self._by_name.get(line.namesake, [])
        return [each for each in namesakes if not (line.phone and each.phone)]


def _sort_out(lines: Sequence[_Line], index: _Index, found: Findings) -> dict[Key, list[_Line]]:
    """The lines of each person."""
    people: dict[Key, list[_Line]] = defaultdict(list)
    for line in lines:
        candidates = index.candidates(line)
        key: Key = candidates[0].id if candidates else line.phone or line.namesake
        phones = {other.phone for other in people.get(key, []) if other.phone}
        if len(candidates) > 1 or (line.phone and phones - {line.phone}):
            found.add(line.number, "name", "unclear_person")
        else:
            people[key].append(line)
    return people


def _check_places(people: Mapping[Key, Sequence[_Line]], found: Findings) -> None:
    """A person stands once in a unit, or once in its team and once beside it."""
    for lines in people.values():
        first: dict[tuple[int, Role], _Line] = {}
        for line in lines:
            place = (line.unit_id, Role.MEMBER if line.role in TEAM_ROLES else line.role)
            # Without a phone it is a namesake, and named as such already.
            if first.setdefault(place, line) is not line and line.phone and first[place].phone:
                found.add(line.number, "name", "repeated_person", other=first[place].number)


def _check_leaders(people: Mapping[Key, Sequence[_Line]], roster: Roster, found: Findings) -> None:
    known = {
        unit_id: person_id
        for person_id, places in roster.places.items()
        for unit_id, role in places
        if role is Role.LEADER
    }
    first: dict[int, _Line] = {}
    for key, line in ((key, line) for key, lines in people.items() for line in lines):
        if line.role is not Role.LEADER:
            continue
        if first.setdefault(line.unit_id, line) is not line:
            found.add(line.number, "role", "second_leader", other=first[line.unit_id].number)
        elif known.get(line.unit_id, key) != key:
            name = roster.people[known[line.unit_id]].name
            found.add(line.number, "role", "other_leader", name=name)


def _facts(key: Key, lines: Sequence[_Line], roster: Roster) -> PersonFacts:
    known = roster.people.get(key) if isinstance(key, int) else None
    phones = [line.phone for line in lines if line.phone]
    skills = [line.it_knowledge for line in lines if line.it_knowledge is not None]
    return PersonFacts(
        id=known.id if known else None,
        name=lines[0].name,
        phone=phones[0] if phones else (known.phone if known else None),
        it_knowledge=any(skills) if skills else bool(known and known.it_knowledge),
        places=tuple((line.unit_id, line.role) for line in lines),
    )
