"""Statements that are built once, for those that every message runs.

SQLAlchemy builds a statement, and looks for what it compiled of it before, in ten times what SQLite
takes to run it. A prepared one is built at its first use; after that SQLite's own driver gets the
text that SQLAlchemy compiled, with its types in and out. PostgreSQL, where the way to the server
and back is what takes time, gets the statement through SQLAlchemy.
"""

import inspect
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, Protocol

from sqlalchemy import Connection, Dialect, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

P = ParamSpec("P")
Rows = Sequence[Any]
"""Rows as named tuples, whichever engine's."""
Statement = Any
"""A select, or the insert of either dialect, which share no type."""
Process = Callable[[Any], Any]

MOST_FORMS = 100
"""Forms of one statement that are kept, as of the reports of many periods."""


class Way(Protocol):
    """How a statement that is built runs on its engine; arguments come in their order."""

    def run(self, c: Connection, args: Sequence[Any]) -> Rows: ...

    def run_each(self, c: Connection, rows: Sequence[Sequence[Any]]) -> None: ...


class prepared(Generic[P]):  # noqa: N801  # a decorator
    """Makes a function that gives a statement one that runs it, and gives its rows.

    `build` gets a placeholder for each positional argument, so it cannot decide by its value, nor
    compare it with `==` where it may be None. A keyword argument it gets as it is, and is called
    once for each that differs.
    """

    def __init__(self, build: Callable[Concatenate[Connection, P], Statement]) -> None:
        self._build = build
        parameters = inspect.signature(build).parameters.values()
        self._names = [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY][1:]
        self._ways: dict[Hashable, Way] = {}

    def __call__(self, c: Connection, *args: P.args, **kwargs: P.kwargs) -> Rows:
        if len(args) != len(self._names):
            raise TypeError(f"it takes {', '.join(self._names)}")
        return self._way(c, kwargs).run(c, args)

    def each(self, c: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Run it once for the arguments in each of these."""
        if rows:
            self._way(c, {}).run_each(c, rows)

    def _way(self, c: Connection, kwargs: Mapping[str, Any]) -> Way:
        form = (c.dialect.name, *kwargs.values())
        way = self._ways.get(form)
        if way is None:
            if len(self._ways) == MOST_FORMS:
                self._ways.clear()
            way = self._ways[form] = self._built(c, kwargs)
        return way

    def _built(self, c: Connection, kwargs: Mapping[str, Any]) -> Way:
        # SQLAlchemy keeps the names of columns for itself.
        keys = [f"_{name}" for name in self._names]
        places: Any = [bindparam(key, None) for key in keys]
        statement = self._build(c, *places, **kwargs)
        if c.dialect.name == "sqlite":
            return _Driven.of(c.dialect, statement, keys)
        return _Given(statement, keys)


@dataclass(frozen=True, slots=True)
class _Given:
    """A statement for SQLAlchemy, and what it calls the arguments."""

    statement: Statement
    keys: Sequence[str]

    def run(self, c: Connection, args: Sequence[Any]) -> Rows:
        result = c.execute(self.statement, self._named(args))
        return result.all() if result.returns_rows else []

    def run_each(self, c: Connection, rows: Sequence[Sequence[Any]]) -> None:
        c.execute(self.statement, [self._named(args) for args in rows])

    def _named(self, args: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(self.keys, args, strict=True))


@dataclass(frozen=True, slots=True)
class _Driven:
    """A statement for SQLite's driver: its text, what goes in, and how a row comes out.

    Each question mark is the argument of that number, or else a constant, and how its type goes in.
    """

    sql: str
    marks: Sequence[tuple[int | None, Any, Process | None]]
    columns: Sequence[Process | None]
    row: Callable[[Iterable[Any]], Any]

    @classmethod
    def of(cls, dialect: Dialect, statement: Statement, keys: Sequence[str]) -> "_Driven":
        compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        columns = statement.exported_columns
        row = namedtuple("Row", columns.keys(), rename=True)  # type: ignore[misc]  # known here only
        return cls(
            str(compiled),
            [
                (
                    keys.index(key) if key in keys else None,
                    compiled.params[key],
                    _type_of(compiled, key).dialect_impl(dialect).bind_processor(dialect),
                )
                for key in compiled.positiontup or ()
            ],
            [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns],
            row._make,
        )

    def run(self, c: Connection, args: Sequence[Any]) -> Rows:
        with _translated(c, self.sql):
            rows = _driver(c).execute(self.sql, self._parameters(args)).fetchall()
        return [self.row(map(_out, self.columns, row)) for row in rows]

    def run_each(self, c: Connection, rows: Sequence[Sequence[Any]]) -> None:
        with _translated(c, self.sql):
            _driver(c).executemany(self.sql, map(self._parameters, rows))

    def _parameters(self, args: Sequence[Any]) -> list[Any]:
        given = ((constant if at is None else args[at], into) for at, constant, into in self.marks)
        return [into(value) if into else value for value, into in given]


def _type_of(compiled: SQLCompiler, key: str) -> TypeEngine[Any]:
    # What one `IN` takes is called after it, with a number.
    return compiled.binds[key if key in compiled.binds else key.rpartition("_")[0]].type


def _out(process: Process | None, cell: Any) -> Any:
    return process(cell) if process else cell


def _driver(c: Connection) -> sqlite3.Connection:
    raw = c.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


@contextmanager
def _translated(c: Connection, sql: str) -> Iterator[None]:
    """Turn the driver's errors into SQLAlchemy's."""
    try:
        yield
    except sqlite3.Error as error:
        raise DBAPIError.instance(
            sql, None, error, sqlite3.Error, hide_parameters=True, dialect=c.dialect
        ) from error
