"""Queries on half-done reports: the answers so far, and who is giving them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.sql.elements import ColumnElement

from storage.reports import Form, Value
from storage.rows import first_as
from storage.schema import draft, person
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers kept so far by element; None is a question that was skipped."""

    answers: dict[str, Value | None]
    person_id: int
    person_name: str


def load(c: Connection, form: Form) -> Draft | None:
    query = (
        select(draft.c.answers, draft.c.person_id, person.c.name)
        .join(person, person.c.id == draft.c.person_id)
        .where(_is(form))
    )
    found = first_as(Draft, c.execute(query))
    return found and Draft(_read(found.answers), found.person_id, found.person_name)


def save(
    c: Connection,
    form: Form,
    answers: dict[str, Value | None],
    person_id: int,
    now: datetime,
) -> None:
    kept = {"answers": _written(answers), "person_id": person_id, "updated_at": now}
    row = insert(c, draft).values(
        data_set=form.data_set, period=form.period, unit_id=form.unit_id, **kept
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


def _written(answers: dict[str, Value | None]) -> dict[str, Any]:
    # JSON has no exact numbers, so they are kept as text under a mark.
    return {
        element: {"number": str(value)} if isinstance(value, Decimal) else value
        for element, value in answers.items()
    }


def _read(answers: dict[str, Any]) -> dict[str, Value | None]:
    return {
        element: Decimal(value["number"]) if isinstance(value, dict) else value
        for element, value in answers.items()
    }
