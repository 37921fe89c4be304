"""Queries on errands: files that somebody waits for, and that are made outside a transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from domain.audit import Act
from storage import audit
from storage.rows import rows_as
from storage.schema import errand


class Kind(StrEnum):
    """What is to be made."""

    PICTURE = "picture"
    SHEET = "sheet"
    REPORTS = "reports"
    OFFICIAL = "official"
    NETWORK = "network"
    NETWORK_SHEET = "network_list"
    DIGEST = "digest"
    CERTIFICATE = "certificate"
    PERSONAL = "personal"


Subject = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Errand:
    """A file, and the chat that waits for it; `subject` names what it is made of."""

    id: int
    kind: Kind
    subject: Subject
    chat_id: int


def give(c: Connection, kind: Kind, subject: Subject, chat_id: int, now: datetime) -> None:
    """Have a file made."""
    row = {"kind": kind, "subject": dict(subject), "chat_id": chat_id, "created_at": now}
    c.execute(insert(errand).values(**row))
    if kind in _EXPORTS:
        exported(c, kind, int(subject["unit"]))


_EXPORTS = {Kind.REPORTS, Kind.OFFICIAL, Kind.SHEET, Kind.NETWORK_SHEET}
"""Those that carry figures or names of others out."""


def exported(c: Connection, what: str, unit_id: int | None) -> None:
    """Note that somebody takes figures or names of a unit out of the house."""
    audit.note(c, Act.EXPORTED, errand, str(what), unit_id=unit_id)


def waiting(c: Connection, limit: int) -> Sequence[Errand]:
    """What is still to be made, the oldest first."""
    query = select(errand.c.id, errand.c.kind, errand.c.subject, errand.c.chat_id)
    return rows_as(Errand, c.execute(query.order_by(errand.c.id).limit(limit)))


def done(c: Connection, errand_id: int) -> bool:
    """Take an errand off the list; False when somebody else has done it."""
    return bool(c.execute(delete(errand).where(errand.c.id == errand_id)).rowcount)
