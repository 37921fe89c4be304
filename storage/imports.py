"""Writes what a sheet says of units or people: all of it, or nothing at all."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection, FromClause, Table, UpdateBase, exists, or_, select, update

from domain.audit import Act
from domain.imports import Problem, Sheet
from domain.people import Role
from domain.people_import import KnownPerson, PersonFacts, Place, Roster, check_people
from domain.unit_import import KnownUnit, UnitFacts, check_units
from domain.units import Level, Unit
from storage import audit, bulk, tallies
from storage.bulk import Row, Told, Writer
from storage.rows import rows_as
from storage.schema import membership, person, tally, team, unit, unit_parent
from storage.units import COLUMNS

UNIT_TABLES = (unit, unit_parent, team, tally)
PEOPLE_TABLES = (unit, person, membership)
"""What an import reads or writes."""
_HELD = select(membership.c.person_id, membership.c.unit_id, membership.c.role).where(
    membership.c.until.is_(None)
)
_HOLDS = exists().where(membership.c.person_id == person.c.id, membership.c.until.is_(None))
_LISTED = select(person.c.id, person.c.name, person.c.phone, person.c.it_knowledge).where(
    or_(person.c.phone.is_not(None), _HOLDS)
)
UNITS_KNOWN = (select(unit), select(unit_parent), select(team))
PEOPLE_KNOWN = (select(*COLUMNS), _LISTED, _HELD)
"""What the check of an import rests on; a guest who has neither role nor phone changes nothing."""
UNIT = ("id", "code", "name", "level", "opened_on", "closed_on")
PARENT = ("unit_id", "parent_id", "since")
TEAM = ("unit_id", "decision_number", "decision_date")
PERSON = ("id", "name", "phone", "it_knowledge")
MEMBERSHIP = ("person_id", "unit_id", "role", "since")
"""The columns that an import writes."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many units, people or entries were new, changed or as before; all 0 with problems.

    `doubts` are rows that came in and should be looked at.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: Sequence[Problem] = ()
    doubts: Sequence[Problem] = ()


Keep = Callable[[Connection, Told], Imported | None]
"""Writes what was checked; None, and nothing is written, when what it rests on is another now."""


def import_units(
    c: Connection, sheet: Sheet, told: Told, *, levels: Sequence[Level], since: date
) -> Imported:
    """Check units and bring them in, in one transaction; see `units_checked`."""
    bulk.hold(c, UNIT_TABLES)
    return _kept(_units(c, sheet, levels, since)(c, told))


def import_people(c: Connection, sheet: Sheet, told: Told, *, day: date, now: datetime) -> Imported:
    """Check people and bring them in, in one transaction; see `people_checked`."""
    bulk.hold(c, PEOPLE_TABLES)
    return _kept(_people(c, sheet, day, now)(c, told))


def _kept(done: Imported | None) -> Imported:
    assert done is not None  # nobody else wrote between the check and here
    return done


def units_checked(c: Connection, sheet: Sheet, *, levels: Sequence[Level], since: date) -> Keep:
    """What brings in units, as a unit of work; a parent new to a unit holds from `since` on.

    A new unit's first parent holds from its opening, if that is given.
    """
    return partial(_alone, UNIT_TABLES, _units(c, sheet, levels, since))


def people_checked(c: Connection, sheet: Sheet, *, day: date, now: datetime) -> Keep:
    """What brings in people, as a unit of work; roles that are new to them hold from `day` on."""
    return partial(_alone, PEOPLE_TABLES, _people(c, sheet, day, now))


def _alone(tables: Sequence[Table], keep: Keep, c: Connection, told: Told) -> Imported | None:
    bulk.hold(c, tables)
    return keep(c, told)


def _units(c: Connection, sheet: Sheet, levels: Sequence[Level], since: date) -> Keep:
    seen, known = bulk.state_of(c, UNITS_KNOWN), known_units(c)
    facts, problems = check_units(sheet, known, levels, since)
    return _refusal(problems) if problems else _Units(seen, known, facts, since).keep


def _people(c: Connection, sheet: Sheet, day: date, now: datetime) -> Keep:
    seen, known = bulk.state_of(c, PEOPLE_KNOWN), roster(c)
    facts, problems = check_people(sheet, known, day)
    return _refusal(problems) if problems else _People(seen, known, facts, day, now).keep


def _refusal(problems: Sequence[Problem]) -> Keep:
    return lambda c, told: Imported(problems=problems)


def known_units(c: Connection) -> dict[str, KnownUnit]:
    """Every unit by its code, under the parent that it was given last."""
    above = unit.alias()
    last = (unit_parent.c.unit_id == unit.c.id) & unit_parent.c.until.is_(None)
    query = (
        select(
            unit, above.c.code, team.c.decision_number, team.c.decision_date, unit_parent.c.since
        )
        .outerjoin(unit_parent, last)
        .outerjoin(above, above.c.id == unit_parent.c.parent_id)
        .outerjoin(team, team.c.unit_id == unit.c.id)
    )
    known = {}
    for id_, code, name, level, opened, closed, parent, number, decided, since in c.execute(query):
        facts = UnitFacts(code, name, level, parent or "", opened, closed, number or "", decided)
        known[code] = KnownUnit(id_, facts, since)
    return known


def roster(c: Connection) -> Roster:
    """All units, the people who have a phone or a role, and the roles that they hold now."""
    units = {each.code: each for each in rows_as(Unit, c.execute(select(*COLUMNS)))}
    people = {each.id: each for each in rows_as(KnownPerson, c.execute(_LISTED))}
    places: dict[int, set[Place]] = defaultdict(set)
    for person_id, unit_id, role in c.execute(_HELD):
        places[person_id].add((unit_id, Role(role)))
    return Roster(units, people, places)


@dataclass(frozen=True, slots=True)
class _Units:
    """Units that were checked against what was known."""

    seen: int
    known: dict[str, KnownUnit]
    facts: Sequence[UnitFacts]
    since: date

    def keep(self, c: Connection, told: Told) -> Imported | None:
        if bulk.state_of(c, UNITS_KNOWN) != self.seen:
            return None
        new = [each for each in self.facts if each.code not in self.known]
        changed = [each for each in self.facts if self._changes(each)]
        numbers = bulk.new_numbers(c, unit, len(new))
        ids = {code: each.id for code, each in self.known.items()}
        ids |= {each.code: number for each, number in zip(new, numbers, strict=True)}
        self._write(c, told, new, changed, ids)
        audit.note(c, Act.UNITS_IMPORTED, unit, "", new=len(new), changed=len(changed))
        return Imported(len(new), len(changed), len(self.facts) - len(new) - len(changed))

    def _changes(self, facts: UnitFacts) -> bool:
        return facts.code in self.known and facts != self.known[facts.code].facts

    def _write(
        self,
        c: Connection,
        told: Told,
        new: Sequence[UnitFacts],
        changed: Sequence[UnitFacts],
        ids: dict[str, int],
    ) -> None:
        writer = Writer(c, told)
        writer.insert(unit, UNIT, (_unit_row(ids, each) for each in new), len(new))
        _forget_tallies(c, [ids[each.code] for each in changed])
        writer.update(unit, UNIT, (_unit_row(ids, each) for each in changed), len(changed))
        _write_parents(writer, self._new_parents([*new, *changed], ids))
        _forget_tallies(c, [ids[each.code] for each in (*new, *changed)])
        _write_teams(writer, [*new, *changed], ids)

    def _new_parents(self, facts: Sequence[UnitFacts], ids: dict[str, int]) -> list[Row]:
        """The rows of `unit_parent` that begin: of new units, and of those that move."""
        rows: list[Row] = []
        for each in facts:
            before = self.known.get(each.code)
            if each.parent_code != (before.facts.parent_code if before else ""):
                day = self.since if before else each.opened_on or self.since
                rows.append((ids[each.code], ids[each.parent_code], day))
        return rows


@dataclass(frozen=True, slots=True)
class _People:
    """People who were checked against those who were known."""

    seen: int
    known: Roster
    facts: Sequence[PersonFacts]
    day: date
    now: datetime

    def keep(self, c: Connection, told: Told) -> Imported | None:
        if bulk.state_of(c, PEOPLE_KNOWN) != self.seen:
            return None
        new = [each for each in self.facts if each.id is None]
        changed = {each.id: each for each in self.facts if each.id and self._changes(each)}
        numbers = bulk.new_numbers(c, person, len(new))
        roles = self._write(Writer(c, told), dict(zip(numbers, new, strict=True)), changed)
        counts = {"new": len(new), "changed": len(changed), "roles": roles}
        audit.note(c, Act.PEOPLE_IMPORTED, person, "", **counts)
        return Imported(len(new), len(changed), len(self.facts) - len(new) - len(changed))

    def _changes(self, facts: PersonFacts) -> bool:
        before = self.known.people.get(facts.id or 0)
        after = KnownPerson(facts.id or 0, facts.name, facts.phone, facts.it_knowledge)
        return after != before or bool(self._new_places(facts))

    def _new_places(self, facts: PersonFacts) -> Sequence[Place]:
        held = self.known.places.get(facts.id or 0, ())
        return [place for place in facts.places if place not in held] if held else facts.places

    def _write(
        self, writer: Writer, new: Mapping[int, PersonFacts], changed: Mapping[int, PersonFacts]
    ) -> int:
        """Write people by their numbers; how many roles they got."""
        made = ((*_person_row(n, each), self.now) for n, each in new.items())
        writer.insert(person, (*PERSON, "created_at"), made, len(new))
        mended = (_person_row(n, each) for n, each in changed.items())
        writer.update(person, PERSON, mended, len(changed))
        theirs = [each for people in (new, changed) for each in people.items()]
        count = sum(len(self._new_places(each)) for _, each in theirs)
        held = (
            (number, unit_id, role.value, self.day)
            for number, each in theirs
            for unit_id, role in self._new_places(each)
        )
        writer.insert(membership, MEMBERSHIP, held, count)
        return count


def _forget_tallies(c: Connection, unit_ids: Sequence[int]) -> None:
    for start in range(0, len(unit_ids), bulk.AT_ONCE):
        tallies.forget_units(c, unit_ids[start : start + bulk.AT_ONCE])


def _unit_row(ids: Mapping[str, int], facts: UnitFacts) -> Row:
    life = (facts.opened_on, facts.closed_on)
    return ids[facts.code], facts.code, facts.name, facts.level, *life


def _write_parents(writer: Writer, rows: Sequence[Row]) -> None:
    def ended(given: FromClause) -> UpdateBase:
        before = (unit_parent.c.unit_id == given.c.unit_id, unit_parent.c.since < given.c.since)
        end = update(unit_parent).where(*before, unit_parent.c.until.is_(None))
        return end.values(until=given.c.since)

    columns = {name: unit_parent.c[name] for name in PARENT}
    writer.run(unit_parent, ended, columns, rows, len(rows))
    # A parent given twice on one day: the second is the correction of the first.
    writer.insert(unit_parent, PARENT, rows, len(rows), key=("unit_id", "since"))


def _write_teams(writer: Writer, facts: Sequence[UnitFacts], ids: Mapping[str, int]) -> None:
    rows = [
        (ids[each.code], each.decision_number, each.decision_date)
        for each in facts
        if each.decision_number
    ]
    writer.insert(team, TEAM, rows, len(rows), key=("unit_id",))


def _person_row(number: int, facts: PersonFacts) -> Row:
    return number, facts.name, facts.phone, facts.it_knowledge
