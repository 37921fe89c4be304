"""A list of numbers as one parameter, so that a statement is the same however long it is."""

from collections.abc import Sequence

from sqlalchemy import Connection, Select, cast, column, func, select, type_coerce

from storage.types import BigId, Json


def listed(c: Connection, numbers: Sequence[int]) -> Select[int]:
    """These numbers as rows."""
    postgres = c.dialect.name == "postgresql"
    each = func.jsonb_array_elements_text if postgres else func.json_each
    rows = each(type_coerce(numbers, Json)).table_valued(column("value"))
    return select(cast(rows.c.value, BigId))
