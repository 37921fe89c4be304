"""Which rows of a sheet of targets can be imported, and what is wrong with the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.data_set import DataElement, DataSet
from domain.imports import Column, Findings, Problem, Row, Sheet
from domain.number import NumberError, parse_number
from domain.period import Period
from domain.text import fold

CODE_LENGTH, NAME_LENGTH, PERIOD_LENGTH, NUMBER_LENGTH = 40, 200, 10, 40

COLUMNS = (
    Column("code", ("ma", "ma don vi"), needed=True),
    Column("element", ("chi tieu", "ten chi tieu"), needed=True),
    Column("period", ("ky", "ky bao cao"), needed=True),
    Column("number", ("so", "so giao", "giao"), needed=True),
)


@dataclass(frozen=True, slots=True)
class Target:
    """A number that a unit is to reach in a period: a week, a month or a quarter."""

    unit_id: int
    element: str
    period: str
    number: Decimal


def addable(data_set: DataSet) -> Sequence[DataElement]:
    """The elements that a target can be set for: those in numbers."""
    return [element for element in data_set.elements if element.is_number]


def check_targets(
    sheet: Sheet, data_set: DataSet, units: Mapping[str, int]
) -> tuple[list[Target], list[Problem]]:
    """The targets, and the problems; `units` are numbers by code, elements go by name or id."""
    found = Findings()
    spelt = {fold(word): each.id for each in addable(data_set) for word in (each.id, each.name)}
    targets, first = [], dict[tuple[int, str, str], int]()
    for row in found.rows(sheet, COLUMNS):
        target = _read(row, spelt, units, found)
        if target is None:
            continue
        key = (target.unit_id, target.element, target.period)
        if (other := first.setdefault(key, row.line)) != row.line:
            found.add(row.line, "code", "repeated_target", other=other)
        targets.append(target)
    return targets, found.problems


def _read(
    row: Row, spelt: Mapping[str, str], units: Mapping[str, int], found: Findings
) -> Target | None:
    code = found.text(row, "code", CODE_LENGTH, needed=True)
    name = found.text(row, "element", NAME_LENGTH, needed=True)
    unit_id, element = units.get(code), spelt.get(fold(name))
    if code and unit_id is None:
        found.add(row.line, "code", "unknown_unit", value=code)
    if name and element is None:
        found.add(row.line, "element", "unknown_element", value=name)
    period, number = _period(row, found), _number(row, found)
    if unit_id is None or element is None or period is None or number is None:
        return None
    return Target(unit_id, element, period, number)


def _period(row: Row, found: Findings) -> str | None:
    written = found.text(row, "period", PERIOD_LENGTH, needed=True)
    try:
        return Period.parse(written).id if written else None
    except ValueError:
        found.add(row.line, "period", "not_a_period", value=written)
        return None


def _number(row: Row, found: Findings) -> Decimal | None:
    written = found.text(row, "number", NUMBER_LENGTH, needed=True)
    if not written:
        return None
    try:
        number = parse_number(written).value
    except NumberError:
        number = Decimal(-1)
    if number < 0:
        found.add(row.line, "number", "not_a_number", value=written)
        return None
    return number
