"""The audit trail: who used which right, on what, when and from where.

Rows are only ever added, and dropped when they are old enough. Who acts is said once for a unit of
work by `act_as`; what nobody does, such as the clock's work, leaves no row. A row names people and
things by number alone, so that it may stay when a person is forgotten.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, insert, or_, select

from domain.audit import Act, Actor
from storage import units
from storage.rows import rows_as
from storage.schema import audit, chat, membership, person, unit
from storage.units import subtrees

_ACTOR = "actor"


def act_as(c: Connection, actor: Actor | None) -> None:
    """From here on, what this unit of work does is that actor's, or nobody's."""
    c.execution_options(**{_ACTOR: actor})


def note(
    c: Connection,
    act: Act,
    on: Table | None = None,
    key: int | str = "",
    *,
    unit_id: int | None = None,
    other_id: int | None = None,
    **detail: str | int,
) -> None:
    """Write down that the actor did something to a row; without a table, to all that is kept.

    `unit_id` is the unit on which it was done; where it is not given the row's, and where that has
    none the actor's. `detail` are codes and counts, never words that somebody wrote.
    """
    actor: Actor | None = c.get_execution_options().get(_ACTOR)
    if actor is None:
        return
    if unit_id is None and on is not None and {"id", "unit_id"} <= set(on.c.keys()):
        unit_id = c.execute(select(on.c.unit_id).where(on.c.id == key)).scalar()
    row = {
        "at": actor.at,
        "act": act.value,
        "person_id": actor.person_id,
        "operator": actor.operator,
        "account_id": actor.account_id,
        "chat_id": actor.chat_id,
        "unit_id": unit_id or _home(c, actor),
        "other_id": other_id,
        "subject": f"{on.name}:{key}" if on is not None else "",
        "detail": detail,
    }
    c.execute(insert(audit).values(**row))


def _home(c: Connection, actor: Actor) -> int | None:
    """The unit for which an actor stands; of the operator's the top, where there is but one."""
    if actor.person_id is None:
        tops = units.roots(c, actor.at.date())
        return tops[0].id if len(tops) == 1 else None
    mine = (membership.c.person_id == actor.person_id) & membership.c.until.is_(None)
    query = select(membership.c.unit_id).where(mine).order_by(membership.c.id)
    return c.execute(query.limit(1)).scalar()


@dataclass(frozen=True, slots=True)
class Line:
    """One row to be read. `who` is a person's name, or the operator's; `other` a person's name."""

    id: int
    at: datetime
    act: str
    name: str | None
    operator: str
    account_id: str | None
    chat_kind: str | None
    chat_title: str | None
    unit: str | None
    other: str | None
    subject: str
    detail: Mapping[str, Any]

    @property
    def who(self) -> str:
        return self.name or self.operator


@dataclass(frozen=True, slots=True)
class Search:
    """Which rows are wanted: on these units and below, all without them; of these acts or people,
    all without both; older than the row `before`.
    """

    tops: Collection[int] = ()
    acts: Collection[str] = ()
    people: Collection[int] = ()
    before: int | None = None


_OTHER = person.alias("other")


def lines(c: Connection, search: Search, day: date, limit: int | None = None) -> Sequence[Line]:
    """The newest rows first."""
    query = (
        select(
            audit.c.id,
            audit.c.at,
            audit.c.act,
            person.c.name,
            audit.c.operator,
            audit.c.account_id,
            chat.c.kind,
            chat.c.title,
            unit.c.name,
            _OTHER.c.name,
            audit.c.subject,
            audit.c.detail,
        )
        .outerjoin(person, person.c.id == audit.c.person_id)
        .outerjoin(chat, chat.c.id == audit.c.chat_id)
        .outerjoin(unit, unit.c.id == audit.c.unit_id)
        .outerjoin(_OTHER, _OTHER.c.id == audit.c.other_id)
    )
    found = _wanted(query, search, day).order_by(audit.c.id.desc()).limit(limit)
    return rows_as(Line, c.execute(found))


def _wanted(query: Select[Any], search: Search, day: date) -> Select[Any]:
    if search.tops:
        query = query.where(audit.c.unit_id.in_(select(subtrees(search.tops, day).c.id)))
    if search.acts or search.people:
        query = query.where(
            or_(
                audit.c.act.in_(search.acts),
                audit.c.person_id.in_(search.people),
                audit.c.other_id.in_(search.people),
            )
        )
    if search.before is not None:
        query = query.where(audit.c.id < search.before)
    return query


def names(c: Connection, search: Search, day: date) -> Mapping[int, str]:
    """The people of whom the wanted rows speak: their names by number."""
    mine = _wanted(select(audit.c.person_id, audit.c.other_id), search, day).subquery()
    spoken_of = select(mine.c.person_id).union(select(mine.c.other_id))
    query = select(person.c.id, person.c.name).where(person.c.id.in_(spoken_of))
    return dict(c.execute(query).all())
