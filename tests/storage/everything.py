"""Rows for every table, made from the schema alone: a new table is filled by itself."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Table,
    insert,
    update,
)

from storage.copying import number_on
from storage.schema import metadata
from storage.types import Moment

ROWS = 5
WEST = timezone(timedelta(hours=-9.5))
JSONS: tuple[Any, ...] = (
    {"tên": "Hà 🎺", "b": [None, True, 1.5, -(2**40)], "a": {}},
    [],
    "",
    0,
    "null",
)
LISTED = re.compile(r"(\w+) IN \(([^)]*)\)")


def fill(c: Connection) -> None:
    """Put rows into every table: with all values, with empty ones, and with awkward ones."""
    for table in metadata.sorted_tables:
        inward = [column.name for column in table.c if _points_inward(column)]
        rows = [_row(table, number) for number in range(ROWS)]
        c.execute(insert(table), [{**row, **dict.fromkeys(inward)} for row in rows])
        for row in rows if inward else ():
            same = [key == row[key.name] for key in table.primary_key]
            c.execute(update(table).where(*same).values({name: row[name] for name in inward}))
        number_on(c, table)


def _row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(column, number) for column in table.c}


def _value(column: Column[Any], number: int) -> Any:
    """The cell of a column in the row of that number; numbers give different cells."""
    if column.nullable and number == 0:
        return None
    if column.foreign_keys:
        (key,) = column.foreign_keys
        # A row may point to an earlier one of its own table and to a later one.
        away = 2 if _points_inward(column) else 0
        return _value(key.column, (number + away) % ROWS)
    return _listed(column, number) or _any(column, number)


def _any(column: Column[Any], number: int) -> Any:
    kind = column.type
    if isinstance(kind, String):
        return f"{number} ữ '\"% \n🎺 {column.table.name}.{column.name}"[: kind.length]
    if isinstance(kind, Moment):
        zone = (UTC, WEST)[number % 2]
        return datetime(2026, 2, 28, 23, 59, 59, 999_999 - number, tzinfo=zone)
    if isinstance(kind, Date):
        return date(2024, 2, 29) + timedelta(days=number)
    if isinstance(kind, LargeBinary):
        return bytes([0, 255, number])
    if isinstance(kind, JSON):
        return JSONS[number]
    if isinstance(kind, Boolean):
        return bool(number % 2)
    if isinstance(kind, Integer):
        return 7 + 10 * number
    if isinstance(kind, Numeric):
        return Decimal("-1234567.8901") * number
    raise TypeError(f"say what a {kind!r} may hold")


def _listed(column: Column[Any], number: int) -> str | None:
    """One of the words that a check of the table lets the column have."""
    for check in column.table.constraints:
        found = isinstance(check, CheckConstraint) and LISTED.search(str(check.sqltext))
        if found and found[1] == column.name:
            words: Sequence[str] = re.findall(r"'(\w+)'", found[2])
            return words[number % len(words)]
    return None


def _points_inward(column: Column[Any]) -> bool:
    return any(key.column.table is column.table for key in column.foreign_keys)
