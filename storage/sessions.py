"""Queries on the conversations that are open, one a person and chat."""

from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from domain.channel import Choice
from storage.schema import session
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Session:
    """Where a conversation stands: the step that the next message goes to, and its data."""

    step: str
    data: dict[str, Any] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    serial: int = 0
    """Counts the questions, so that a button of an old one is known."""


def load(c: Connection, chat_id: int, person_id: int) -> Session | None:
    row = c.execute(
        select(session.c.step, session.c.data, session.c.choices, session.c.serial).where(
            session.c.chat_id == chat_id, session.c.person_id == person_id
        )
    ).first()
    if row is None:
        return None
    return Session(row.step, row.data, tuple(Choice(*each) for each in row.choices), row.serial)


def save(c: Connection, chat_id: int, person_id: int, state: Session, now: datetime) -> None:
    values = {
        "step": state.step,
        "data": state.data,
        "choices": [list(astuple(choice)) for choice in state.choices],
        "serial": state.serial,
        "updated_at": now,
    }
    query = insert(c, session).values(chat_id=chat_id, person_id=person_id, **values)
    c.execute(query.on_conflict_do_update(index_elements=["chat_id", "person_id"], set_=values))


def close(c: Connection, chat_id: int, person_id: int) -> None:
    c.execute(delete(session).where(session.c.chat_id == chat_id, session.c.person_id == person_id))


def forget(c: Connection, before: datetime) -> int:
    """Drop conversations untouched since a moment; how many."""
    return c.execute(delete(session).where(session.c.updated_at < before)).rowcount
