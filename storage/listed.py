"""Lists of JSON as rows, so that a statement is the same however long a list it is given."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    TableValuedAlias,
    Text,
    cast,
    column,
    func,
    select,
    type_coerce,
)
from sqlalchemy.sql.elements import ColumnElement

from storage.types import BigId, Json


def elements(c: Connection, held: ColumnElement[Any]) -> TableValuedAlias:
    """What a list holds, as rows of a column `value`."""
    each = func.jsonb_array_elements if c.dialect.name == "postgresql" else func.json_each
    return each(held).table_valued(column("value", Json))


def numbers_of(rows: TableValuedAlias) -> Select[int]:
    """The elements of a list of whole numbers."""
    return select(cast(cast(rows.c.value, Text), BigId))


def listed(c: Connection, numbers: Sequence[int]) -> Select[int]:
    """These numbers as rows."""
    return numbers_of(elements(c, type_coerce(numbers, Json)))
