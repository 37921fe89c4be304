"""Writes what a sheet says of units or people: all of it, or nothing at all."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Executable, Table, bindparam, select, update
from sqlalchemy import insert as plain_insert

from domain.imports import Problem, Sheet
from domain.people import Role
from domain.people_import import KnownPerson, PersonFacts, Place, Roster, check_people
from domain.unit_import import KnownUnit, UnitFacts, check_units
from domain.units import Level, Unit
from storage import tallies
from storage.rows import rows_as
from storage.schema import membership, person, team, unit, unit_parent
from storage.units import COLUMNS
from storage.upsert import insert

AT_ONCE = 2000
"""Rows in a statement: many, to be fast; not all, so that the progress moves."""

Rows = list[dict[str, Any]]
Told = Callable[[str, int, int], object]
"""Called with a table, and how many of how many rows have been written to it."""


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


def import_units(
    c: Connection, sheet: Sheet, told: Told, *, levels: Sequence[Level], since: date
) -> Imported:
    """Bring in units; a parent that is new to a unit holds from `since` on.

    A new unit's first parent holds from its opening, if that is given.
    """
    known = known_units(c)
    facts, problems = check_units(sheet, known, levels, since)
    if problems:
        return Imported(problems=problems)
    new = [each for each in facts if each.code not in known]
    changed = [each for each in facts if each.code in known and each != known[each.code].facts]
    writer = _Writer(c, told)
    made = writer.insert(unit, [_unit_row(each) for each in new])
    ids = {code: each.id for code, each in known.items()}
    ids |= {each.code: id_ for each, id_ in zip(new, made, strict=True)}
    _forget_tallies(c, [ids[each.code] for each in changed])
    writer.update(unit, [{"row_id": ids[each.code], **_unit_row(each)} for each in changed])
    _write_parents(writer, _new_parents([*new, *changed], known, ids, since))
    _forget_tallies(c, [ids[each.code] for each in (*new, *changed)])
    _write_teams(writer, [*new, *changed], ids)
    return Imported(len(new), len(changed), len(facts) - len(new) - len(changed))


def import_people(c: Connection, sheet: Sheet, told: Told, *, day: date, now: datetime) -> Imported:
    """Bring in people; they hold the roles that are new to them from `day` on, and keep others."""
    known = roster(c)
    facts, problems = check_people(sheet, known, day)
    if problems:
        return Imported(problems=problems)
    new = [each for each in facts if each.id is None]
    changed = {each.id: each for each in facts if each.id is not None and _differs(each, known)}
    writer = _Writer(c, told)
    made = writer.insert(person, [{**_person_row(each), "created_at": now} for each in new])
    writer.update(person, [{"row_id": id_, **_person_row(each)} for id_, each in changed.items()])
    rows = [
        {"person_id": id_, "unit_id": unit_id, "role": role.value, "since": day}
        for id_, each in (*zip(made, new, strict=True), *changed.items())
        for unit_id, role in _new_places(each, known)
    ]
    writer.run(membership, plain_insert(membership), rows)
    return Imported(len(new), len(changed), len(facts) - len(new) - len(changed))


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
    """All units and people, and the roles that they hold now."""
    units = {each.code: each for each in rows_as(Unit, c.execute(select(*COLUMNS)))}
    columns = (person.c.id, person.c.name, person.c.phone, person.c.it_knowledge)
    people = {each.id: each for each in rows_as(KnownPerson, c.execute(select(*columns)))}
    places: dict[int, set[Place]] = defaultdict(set)
    held = select(membership.c.person_id, membership.c.unit_id, membership.c.role)
    for person_id, unit_id, role in c.execute(held.where(membership.c.until.is_(None))):
        places[person_id].add((unit_id, Role(role)))
    return Roster(units, people, places)


class _Writer:
    """Runs statements over many rows and tells how far it is."""

    def __init__(self, c: Connection, told: Told) -> None:
        self.c = c
        self._told = told

    def insert(self, table: Table, rows: Rows) -> list[int]:
        """Insert rows; their new numbers in the order of the rows."""
        statement = plain_insert(table).returning(table.c.id, sort_by_parameter_order=True)
        ids: list[int] = []
        for chunk in self._chunks(table, rows):
            ids += self.c.execute(statement, chunk).scalars()
        return ids

    def update(self, table: Table, rows: Rows) -> None:
        """Update rows by their number, `row_id`."""
        self.run(table, update(table).where(table.c.id == bindparam("row_id")), rows)

    def run(self, table: Table, statement: Executable, rows: Rows) -> None:
        for chunk in self._chunks(table, rows):
            self.c.execute(statement, chunk)

    def _chunks(self, table: Table, rows: Rows) -> Iterator[Rows]:
        for start in range(0, len(rows), AT_ONCE):
            yield rows[start : start + AT_ONCE]
            self._told(table.name, min(start + AT_ONCE, len(rows)), len(rows))


def _forget_tallies(c: Connection, unit_ids: Sequence[int]) -> None:
    for start in range(0, len(unit_ids), AT_ONCE):
        tallies.forget_units(c, unit_ids[start : start + AT_ONCE])


def _unit_row(facts: UnitFacts) -> dict[str, Any]:
    return {
        "code": facts.code,
        "name": facts.name,
        "level": facts.level,
        "opened_on": facts.opened_on,
        "closed_on": facts.closed_on,
    }


def _new_parents(
    facts: Sequence[UnitFacts], known: dict[str, KnownUnit], ids: dict[str, int], since: date
) -> Rows:
    """The rows of `unit_parent` that begin: of new units, and of those that move."""
    rows = []
    for each in facts:
        before = known.get(each.code)
        if each.parent_code != (before.facts.parent_code if before else ""):
            day = since if before else each.opened_on or since
            parent_id = ids[each.parent_code]
            rows.append({"unit_id": ids[each.code], "parent_id": parent_id, "since": day})
    return rows


def _write_parents(writer: _Writer, rows: Rows) -> None:
    end = update(unit_parent).where(
        unit_parent.c.unit_id == bindparam("of_unit"),
        unit_parent.c.since < bindparam("day"),
        unit_parent.c.until.is_(None),
    )
    ended = [{"of_unit": row["unit_id"], "day": row["since"]} for row in rows]
    writer.run(unit_parent, end.values(until=bindparam("day")), ended)
    # A parent given twice on one day: the second is the correction of the first.
    begin = insert(writer.c, unit_parent)
    corrected = {"parent_id": begin.excluded.parent_id}
    key = [unit_parent.c.unit_id, unit_parent.c.since]
    writer.run(unit_parent, begin.on_conflict_do_update(index_elements=key, set_=corrected), rows)


def _write_teams(writer: _Writer, facts: Sequence[UnitFacts], ids: dict[str, int]) -> None:
    columns = ("unit_id", "decision_number", "decision_date")
    rows = [
        dict(zip(columns, (ids[each.code], each.decision_number, each.decision_date), strict=True))
        for each in facts
        if each.decision_number
    ]
    made = insert(writer.c, team)
    new = {name: made.excluded[name] for name in columns[1:]}
    writer.run(team, made.on_conflict_do_update(index_elements=columns[:1], set_=new), rows)


def _person_row(facts: PersonFacts) -> dict[str, Any]:
    return {"name": facts.name, "phone": facts.phone, "it_knowledge": facts.it_knowledge}


def _differs(facts: PersonFacts, known: Roster) -> bool:
    before = known.people.get(facts.id or 0)
    after = KnownPerson(facts.id or 0, facts.name, facts.phone, facts.it_knowledge)
    return after != before or bool(_new_places(facts, known))


def _new_places(facts: PersonFacts, known: Roster) -> list[Place]:
    held = known.places.get(facts.id or 0, ())
    return [place for place in facts.places if place not in held]
