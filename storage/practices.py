"""Queries on good practices: what a team shares, and what a coordinator decides on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select, update

from domain.audit import Act
from domain.message import FileKind
from storage import audit
from storage.files import LOST, KeptFile
from storage.rows import add_row, first_as, rows_as
from storage.schema import file, good_practice, good_practice_photo, person, unit
from storage.units import subtree


class State(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Practice:
    """What a team has shared; its photos are files in the order in which they were sent."""

    id: int
    unit_id: int
    unit_name: str
    by: str
    chat_id: int
    text: str
    state: State


COLUMNS = (
    good_practice.c.id,
    good_practice.c.unit_id,
    unit.c.name,
    person.c.name,
    good_practice.c.chat_id,
    good_practice.c.text,
    good_practice.c.state,
)
_WHOLE = (
    select(*COLUMNS)
    .join(unit, unit.c.id == good_practice.c.unit_id)
    .join(person, person.c.id == good_practice.c.person_id)
)


def share(
    c: Connection,
    unit_id: int,
    person_id: int,
    chat_id: int,
    text: str,
    photos: Sequence[int],
    now: datetime,
) -> int:
    """Keep what a team shares, to be decided on; its number."""
    number = add_row(
        c,
        good_practice,
        unit_id=unit_id,
        person_id=person_id,
        chat_id=chat_id,
        text=text,
        state=State.ASKED,
        created_at=now,
    )
    for position, file_id in enumerate(photos):
        row = {"good_practice_id": number, "position": position, "file_id": file_id}
        c.execute(insert(good_practice_photo).values(**row))
    return number


def find(c: Connection, number: int) -> Practice | None:
    return first_as(Practice, c.execute(_WHOLE.where(good_practice.c.id == number)))


def first_asked(c: Connection, top_id: int, day: date) -> Practice | None:
    """The one of the unit or below it that has waited longest for a decision."""
    tree = subtree(top_id, day)
    query = _WHOLE.join(tree, tree.c.id == good_practice.c.unit_id)
    waiting = query.where(good_practice.c.state == State.ASKED).order_by(good_practice.c.id)
    return first_as(Practice, c.execute(waiting.limit(1)))


def decide(c: Connection, number: int, person_id: int, state: State, now: datetime) -> bool:
    """Approve or refuse it; False when somebody has decided before."""
    waiting = (good_practice.c.id == number) & (good_practice.c.state == State.ASKED)
    decided = {"state": state, "decided_by": person_id, "decided_at": now}
    if not c.execute(update(good_practice).where(waiting).values(**decided)).rowcount:
        return False
    audit.note(c, Act.PRACTICE_DECIDED, good_practice, number, state=state.value)
    return True


def files_of(c: Connection, number: int) -> Sequence[KeptFile]:
    """Its photos, in order."""
    query = (
        select(file.c.id, file.c.kind, file.c.name)
        .join(good_practice_photo, good_practice_photo.c.file_id == file.c.id)
        .where(good_practice_photo.c.good_practice_id == number)
        .order_by(good_practice_photo.c.position)
    )
    return [KeptFile(row.id, FileKind(row.kind), row.name) for row in c.execute(query)]


def photos(c: Connection, number: int) -> Sequence[str]:
    """The names under which the bytes of its photos are kept, as far as they are here."""
    query = (
        select(file.c.sha256)
        .join(good_practice_photo, good_practice_photo.c.file_id == file.c.id)
        .where(
            good_practice_photo.c.good_practice_id == number,
            file.c.sha256.is_not(None),
            file.c.sha256 != LOST,
        )
    )
    return list(c.execute(query.order_by(good_practice_photo.c.position)).scalars())


def approved(
    c: Connection, top_id: int, day: date, since: datetime, until: datetime
) -> Sequence[Practice]:
    """Those of the unit and below it that were approved from one moment to another."""
    tree = subtree(top_id, day)
    query = _WHOLE.join(tree, tree.c.id == good_practice.c.unit_id).where(
        good_practice.c.state == State.APPROVED,
        good_practice.c.decided_at >= since,
        good_practice.c.decided_at < until,
    )
    return rows_as(Practice, c.execute(query.order_by(good_practice.c.decided_at)))
