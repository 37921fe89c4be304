"""Rows of a result as the values that the domain knows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, insert

T = TypeVar("T")
AnyRow = Row[*tuple[Any, ...]]


def rows_as(kind: Callable[..., T], rows: Iterable[Sequence[Any]]) -> list[T]:
    """Every row as a `kind`; its columns stand in the order of the fields."""
    return [kind(*row) for row in rows]


def first_as(kind: Callable[..., T], rows: Iterable[Sequence[Any]]) -> T | None:
    # All are read, for a result that stays open keeps SQLite from committing.
    return next(iter(rows_as(kind, rows)), None)


def first_cell(rows: Iterable[Sequence[Any]]) -> Any:
    """The first column of the first row; None where there is no row."""
    return first_as(lambda cell, *_: cell, rows)


def add_row(c: Connection, table: Table, **values: object) -> int:
    """Insert a row; its number."""
    return int(c.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())
