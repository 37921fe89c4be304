"""Many rows at once: whether they are as they were, numbers for new ones, and writing them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import islice
from operator import xor
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    Connection,
    FromClause,
    Select,
    Table,
    UpdateBase,
    bindparam,
    func,
    select,
    text,
    true,
    update,
)

from storage.upsert import insert

AT_ONCE = 2000
"""Rows in a statement: many, to be fast; not all, so that the progress moves."""

Row = Sequence[Any]
Told = Callable[[str, int, int], object]
"""Called with a table, and how many of how many rows have been written to it."""
Made = Callable[[FromClause], UpdateBase]
"""A statement that does with the rows it is given whatever it does."""


def state_of(c: Connection, queries: Iterable[Select[*tuple[Any, ...]]]) -> int:
    """A number that is another one as soon as any row of these is; good in this process."""
    rows = (
        hash((number, *row))
        for number, query in enumerate(queries)
        for row in c.execute(query.execution_options(yield_per=AT_ONCE))
    )
    return reduce(xor, rows, 0)


def hold(c: Connection, tables: Sequence[Table]) -> None:
    """Let nobody else write to these tables until the transaction ends; call it first of all.

    On SQLite nobody can. On PostgreSQL the transaction waits for those who are writing there, and
    sees what they wrote, for it asks for the tables before it looks at anything. From then on
    nobody can cross it. Who looked before it was kept, and writes there after, is crossed by it
    and runs again: a message that did not find its sender on the list finds them now.
    """
    if c.dialect.name == "postgresql":
        names = ", ".join(table.name for table in tables)
        c.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


def new_numbers(c: Connection, table: Table, count: int) -> Sequence[int]:
    """Numbers for so many new rows; where nobody else writes to the table."""
    # Asking for them beforehand: RETURNING makes SQLite take rows one by one.
    if c.dialect.name == "postgresql":
        sequence = select(func.pg_get_serial_sequence(table.name, "id")).scalar_subquery()
        numbers = select(func.array_agg(func.nextval(sequence)))
        return c.execute(numbers.select_from(func.generate_series(1, count))).scalar() or ()
    last = c.execute(select(func.max(table.c.id))).scalar() or 0
    return range(last + 1, last + 1 + count)


class Writer:
    """Writes rows, a page of them by one statement, and tells how far it is."""

    def __init__(self, c: Connection, told: Told) -> None:
        self._c = c
        self._told = told
        if c.dialect.name == "sqlite":
            # In KB: with the 2 MB of its own it writes a large index again and again.
            c.exec_driver_sql("PRAGMA cache_size=-8192")

    def insert(
        self,
        table: Table,
        names: Sequence[str],
        rows: Iterable[Row],
        count: int,
        key: Sequence[str] = (),
    ) -> None:
        """Insert rows of these columns; with a `key`, rows that are there under it are changed."""

        def made(given: FromClause) -> UpdateBase:
            # SQLite would take the ON of a conflict for that of a join.
            new = insert(self._c, table).from_select(names, select(given).where(true()))
            if key:
                changed = {name: new.excluded[name] for name in names if name not in key}
                new = new.on_conflict_do_update(index_elements=key, set_=changed)
            return new  # type: ignore[no-any-return]  # the dialects' inserts share no type

        self.run(table, made, {name: table.c[name] for name in names}, rows, count)

    def update(self, table: Table, names: Sequence[str], rows: Iterable[Row], count: int) -> None:
        """Change these columns of rows, the first of which is their `id`."""

        def made(given: FromClause) -> UpdateBase:
            changed = {name: given.c[name] for name in names if name != "id"}
            return update(table).where(table.c.id == given.c.id).values(changed)

        self.run(table, made, {name: table.c[name] for name in names}, rows, count)

    def run(
        self,
        table: Table,
        made: Made,
        columns: Mapping[str, Column[Any]],
        rows: Iterable[Row],
        count: int,
    ) -> None:
        """Give a statement so many rows, which need not all be there at a time."""
        # SQLAlchemy looks at each row for longer than the engine takes to write it.
        sql = str(made(_given(self._c, columns)).compile(dialect=self._c.dialect))
        inward = [
            column.type.dialect_impl(self._c.dialect).bind_processor(self._c.dialect)
            for column in columns.values()
        ]
        rows, done = iter(rows), 0
        while page := list(islice(rows, AT_ONCE)):
            cells = [
                [into(cell) for cell in column] if into else column
                for into, column in zip(inward, zip(*page, strict=True), strict=True)
            ]
            self._c.exec_driver_sql(sql, _page(self._c, cells))
            done += len(page)
            self._told(table.name, done, count)


def _given(c: Connection, columns: Mapping[str, Column[Any]]) -> FromClause:
    """The rows that a statement is given: a page as arrays on PostgreSQL, one by one on SQLite."""
    if c.dialect.name == "postgresql":
        arrays = (
            func.unnest(bindparam(name, type_=ARRAY(column.type))).label(name)
            for name, column in columns.items()
        )
        return select(*arrays).subquery("given")
    marks = (bindparam(name, type_=column.type).label(name) for name, column in columns.items())
    return select(*marks).subquery("given")


def _page(c: Connection, cells: Sequence[Sequence[Any]]) -> Any:
    if c.dialect.name == "postgresql":
        return tuple(list(column) for column in cells)
    return list(zip(*cells, strict=True))
