"""How much of everything there is, for whoever looks after the whole."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from domain.message import ChatKind
from domain.people import DECIDING
from storage.rows import rows_as
from storage.schema import chat, membership, person, unit
from storage.units import open_on


@dataclass(frozen=True, slots=True)
class Census:
    """`groups` are bound and in reach; `coordinators`, administrators too, have a private chat."""

    units: int
    people: int
    groups: int
    coordinators: int


def take(c: Connection, day: date) -> Census:
    """Count what there is on that day."""
    in_reach = select(chat).where(chat.c.gone_because.is_(None)).subquery()
    units = select(func.count()).select_from(unit).where(open_on(day))
    people = select(func.count()).select_from(person)
    groups = select(func.count()).where(
        in_reach.c.kind == ChatKind.GROUP.value, in_reach.c.unit_id.is_not(None)
    )
    coordinators = (
        select(func.count(membership.c.person_id.distinct()))
        .join(in_reach, in_reach.c.person_id == membership.c.person_id)
        .where(membership.c.role.in_(DECIDING), membership.c.until.is_(None))
    )
    counts = [each.scalar_subquery() for each in (units, people, groups, coordinators)]
    return rows_as(Census, c.execute(select(*counts)))[0]
