"""Rows of a result as the values that the domain knows."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Row, Table, insert

T = TypeVar("T")
AnyRow = Row[*tuple[Any, ...]]


def rows_as(kind: Callable[..., T], result: CursorResult[Any]) -> list[T]:
    """Every row as a `kind`; its columns stand in the order of the fields."""
    return [kind(*row) for row in result]


def first_as(kind: Callable[..., T], result: CursorResult[Any]) -> T | None:
    row = result.first()
    return None if row is None else kind(*row)


def add_row(c: Connection, table: Table, **values: object) -> int:
    """Insert a row; its number."""
    return int(c.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())
