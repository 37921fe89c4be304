"""Queries on the conversations that are open, one a person and chat."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from domain.channel import Choice
from storage.prepared import Statement, prepared
from storage.schema import session
from storage.upsert import put


@dataclass(frozen=True, slots=True)
class Session:
    """Where a conversation stands: the step that the next message goes to, and its data."""

    step: str
    data: dict[str, Any] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    serial: int = 0
    """Counts the questions, so that a button of an old one is known."""


def load(c: Connection, chat_id: int, person_id: int) -> Session | None:
    for row in _load(c, chat_id, person_id):
        return Session(row.step, row.data, tuple(Choice(*each) for each in row.choices), row.serial)
    return None


@prepared
def _load(c: Connection, chat_id: int, person_id: int) -> Statement:
    return select(session.c.step, session.c.data, session.c.choices, session.c.serial).where(
        session.c.chat_id == chat_id, session.c.person_id == person_id
    )


def save(c: Connection, chat_id: int, person_id: int, state: Session, now: datetime) -> None:
    choices = [astuple(choice) for choice in state.choices]
    _save(c, chat_id, person_id, state.step, state.data, choices, state.serial, now)


@prepared
def _save(
    c: Connection,
    chat_id: int,
    person_id: int,
    step: str,
    data: dict[str, Any],
    choices: Sequence[tuple[Any, ...]],
    serial: int,
    now: datetime,
) -> Statement:
    keys = {"chat_id": chat_id, "person_id": person_id}
    values = {"step": step, "data": data, "choices": choices, "serial": serial, "updated_at": now}
    return put(c, session, keys, values)


def close(c: Connection, chat_id: int, person_id: int) -> None:
    c.execute(delete(session).where(session.c.chat_id == chat_id, session.c.person_id == person_id))
