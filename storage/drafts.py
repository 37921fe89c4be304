"""Queries on half-done reports: the answers so far, and who is giving them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from domain.data_set import Value
from storage.answers import from_json, to_json
from storage.prepared import Statement, prepared
from storage.reports import Form, of_form
from storage.rows import first_as
from storage.schema import draft, person
from storage.upsert import put


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers kept so far by element; None is a question that was skipped."""

    answers: dict[str, Value | None]
    version: int
    person_id: int
    person_name: str


def load(c: Connection, form: Form) -> Draft | None:
    found = first_as(Draft, _load(c, *form.key))
    return found and replace(found, answers=from_json(found.answers))


@prepared
def _load(c: Connection, data_set: str, period: str, unit_id: int) -> Statement:
    return (
        select(draft.c.answers, draft.c.version, draft.c.person_id, person.c.name)
        .join(person, person.c.id == draft.c.person_id)
        .where(of_form(draft, data_set, period, unit_id))
    )


def save(
    c: Connection,
    form: Form,
    answers: dict[str, Value | None],
    person_id: int,
    now: datetime,
) -> None:
    _save(c, *form.key, form.version, to_json(answers), person_id, now)


@prepared
def _save(
    c: Connection,
    data_set: str,
    period: str,
    unit_id: int,
    version: int,
    answers: dict[str, Any],
    person_id: int,
    now: datetime,
) -> Statement:
    keys = {"data_set": data_set, "period": period, "unit_id": unit_id}
    kept = {"answers": answers, "person_id": person_id, "updated_at": now}
    return put(c, draft, keys, kept, version=version)


def drop(c: Connection, form: Form) -> None:
    _drop(c, *form.key)


@prepared
def _drop(c: Connection, data_set: str, period: str, unit_id: int) -> Statement:
    return delete(draft).where(of_form(draft, data_set, period, unit_id))
