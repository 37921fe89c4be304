"""Queries on half-done reports: the answers so far, and who is giving them."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.sql.elements import ColumnElement

from domain.data_set import Value
from storage.answers import from_json, to_json
from storage.reports import Form
from storage.rows import first_as
from storage.schema import draft, person
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers kept so far by element; None is a question that was skipped."""

    answers: dict[str, Value | None]
    version: int
    person_id: int
    person_name: str


def load(c: Connection, form: Form) -> Draft | None:
    query = (
        select(draft.c.answers, draft.c.version, draft.c.person_id, person.c.name)
        .join(person, person.c.id == draft.c.person_id)
        .where(_is(form))
    )
    found = first_as(Draft, c.execute(query))
    return found and replace(found, answers=from_json(found.answers))


def save(
    c: Connection,
    form: Form,
    answers: dict[str, Value | None],
    person_id: int,
    now: datetime,
) -> None:
    kept = {"answers": to_json(answers), "person_id": person_id, "updated_at": now}
    row = insert(c, draft).values(
        data_set=form.data_set,
        version=form.version,
        period=form.period,
        unit_id=form.unit_id,
        **kept,
    )
    keys = ["data_set", "period", "unit_id"]
    c.execute(row.on_conflict_do_update(index_elements=keys, set_=kept))


def drop(c: Connection, form: Form) -> None:
    c.execute(delete(draft).where(_is(form)))


def _is(form: Form) -> ColumnElement[bool]:
    return (
        (draft.c.data_set == form.data_set)
        & (draft.c.period == form.period)
        & (draft.c.unit_id == form.unit_id)
    )
