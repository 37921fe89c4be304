"""Queries on targets: the numbers that units are to reach."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, select

from domain.audit import Act
from domain.data_set import DataSet
from domain.imports import Sheet
from domain.target_import import Target, check_targets
from storage import audit
from storage.bulk import AT_ONCE, Told
from storage.imports import Imported
from storage.schema import target, unit
from storage.upsert import insert

KEY = ("data_set", "period", "unit_id", "element")


def assign(
    c: Connection, data_set: str, targets: Sequence[Target], person_id: int | None, now: datetime
) -> None:
    """Set targets, or set them anew; without a person it was done on the command line."""
    row = insert(c, target)
    changed = {name: row.excluded[name] for name in ("number", "assigned_by", "assigned_at")}
    by = {"data_set": data_set, "assigned_by": person_id, "assigned_at": now}
    rows = [asdict(each) | by for each in targets]
    if rows:
        c.execute(row.on_conflict_do_update(index_elements=KEY, set_=changed), rows)
        of_units = {each.unit_id for each in targets}
        alone = next(iter(of_units)) if len(of_units) == 1 else None
        counts = {"count": len(rows), "units": len(of_units)}
        audit.note(c, Act.TARGETS_ASSIGNED, target, data_set, unit_id=alone, **counts)


def of_units(
    c: Connection, data_set: str, period: str, unit_ids: Collection[int]
) -> dict[int, dict[str, Decimal]]:
    """The targets of those of these units that have any for a period, by element."""
    query = select(target.c.unit_id, target.c.element, target.c.number).where(
        target.c.data_set == data_set, target.c.period == period, target.c.unit_id.in_(unit_ids)
    )
    found: dict[int, dict[str, Decimal]] = {}
    for unit_id, element, number in c.execute(query):
        found.setdefault(unit_id, {})[element] = number.normalize()
    return found


def of_unit(c: Connection, data_set: str, period: str, unit_id: int) -> dict[str, Decimal]:
    """A unit's targets for a period, by element."""
    return of_units(c, data_set, period, [unit_id]).get(unit_id, {})


def import_targets(
    c: Connection, sheet: Sheet, told: Told, *, data_set: DataSet, now: datetime
) -> Imported:
    """Bring in targets: all rows of the sheet, or none if any is wrong."""
    codes = dict(c.execute(select(unit.c.code, unit.c.id)).all())
    targets, problems = check_targets(sheet, data_set, codes)
    if problems:
        return Imported(problems=problems)
    known = select(target.c.unit_id, target.c.element, target.c.period, target.c.number)
    rows = c.execute(known.where(target.c.data_set == data_set.id))
    before = {tuple(key): number for *key, number in rows}
    found = [before.get((each.unit_id, each.element, each.period)) for each in targets]
    new = found.count(None)
    same = sum(number == each.number for number, each in zip(found, targets, strict=True))
    for start in range(0, len(targets), AT_ONCE):
        assign(c, data_set.id, targets[start : start + AT_ONCE], None, now)
        told("target", min(start + AT_ONCE, len(targets)), len(targets))
    return Imported(new, len(targets) - new - same, same)
