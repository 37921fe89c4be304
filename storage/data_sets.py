"""Queries on data sets: every version that was ever in force."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from domain.data_set import DataSet
from domain.data_set_body import read_body, write_body
from storage.schema import data_set_version


def keep(c: Connection, data_set: DataSet, now: datetime) -> bool:
    """Remember this version; False when another data set is kept under its id and version.

    The words by which its elements are understood and explained may change.
    """
    kept, body = find(c, data_set.id, data_set.version), write_body(data_set)
    if kept is None:
        row = {"data_set": data_set.id, "version": data_set.version, "since": now}
        c.execute(insert(data_set_version).values(**row, body=body))
    elif _lasting(kept) != _lasting(data_set):
        return False
    elif kept != data_set:
        c.execute(
            update(data_set_version).where(_is(data_set.id, data_set.version)).values(body=body)
        )
    return True


def _lasting(data_set: DataSet) -> DataSet:
    """All that a report which was handed in depends on."""
    plain = (replace(each, words=(), counted=(), help="") for each in data_set.elements)
    return replace(data_set, elements=tuple(plain))


def find(c: Connection, data_set_id: str, version: int) -> DataSet | None:
    query = select(data_set_version.c.body).where(_is(data_set_id, version))
    body = c.execute(query).scalar()
    return None if body is None else read_body(body)


def _is(data_set_id: str, version: int) -> ColumnElement[bool]:
    kept = data_set_version.c
    return (kept.data_set == data_set_id) & (kept.version == version)
