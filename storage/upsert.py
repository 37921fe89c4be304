"""INSERT … ON CONFLICT, which both engines have and SQLAlchemy spells once for each."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(c: Connection, table: Table) -> Any:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`.

    The two dialects' inserts share these methods but no type, hence `Any`.
    """
    dialect = postgresql if c.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def insert_new(c: Connection, table: Table, **values: object) -> bool:
    """Insert a row unless its key is there; whether it was inserted."""
    done = c.execute(insert(c, table).values(**values).on_conflict_do_nothing())
    return bool(done.rowcount)


def put(
    c: Connection,
    table: Table,
    keys: Mapping[str, object],
    values: Mapping[str, object],
    **only_new: object,
) -> Any:
    """The statement that writes `values` into the row with these keys, or a new one."""
    query = insert(c, table).values(**keys, **values, **only_new)
    new = {name: query.excluded[name] for name in values}
    return query.on_conflict_do_update(index_elements=list(keys), set_=new)
