"""Queries on people, how the messengers know them, and the roles that they hold."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, and_, func, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from domain.audit import Act
from domain.message import Sender
from domain.people import TEAM_ROLES, Membership, Person, Role
from domain.units import TeamSize
from storage import audit
from storage.prepared import Statement, prepared
from storage.rows import add_row, first_as, rows_as
from storage.schema import chat, course_run, identity, membership, person, quiz_answer
from storage.upsert import insert_new


def find(c: Connection, account_id: str, platform_id: str) -> Person | None:
    """The person whom an account knows by that id."""
    return first_as(Person, _find(c, account_id, platform_id))


@prepared
def _find(c: Connection, account_id: str, platform_id: str) -> Statement:
    return (
        select(person.c.id, person.c.name)
        .join(identity, identity.c.person_id == person.c.id)
        .where(identity.c.account_id == account_id, identity.c.platform_id == platform_id)
    )


def add(c: Connection, account_id: str, sender: Sender, now: datetime) -> Person:
    """A person whom an account meets for the first time."""
    person_id = add_row(c, person, name=sender.name, created_at=now)
    add = insert(identity).values(account_id=account_id, platform_id=sender.id)
    c.execute(add.values(person_id=person_id))
    return Person(person_id, sender.name)


def known_as(c: Connection, person_id: int, account_id: str) -> str:
    """What an account calls the person; empty when it does not know them."""
    mine = (identity.c.person_id == person_id) & (identity.c.account_id == account_id)
    return c.execute(select(identity.c.platform_id).where(mine)).scalar() or ""


def rename(c: Connection, person_id: int, name: str) -> Person:
    c.execute(update(person).where(person.c.id == person_id).values(name=name))
    return Person(person_id, name)


def get(c: Connection, person_id: int) -> Person:
    return Person(
        *c.execute(select(person.c.id, person.c.name).where(person.c.id == person_id)).one()
    )


def roles(c: Connection, person_id: int) -> Sequence[Membership]:
    """The roles that a person holds now, the highest unit first."""
    return [Membership(row.unit_id, Role(row.role)) for row in _roles(c, person_id)]


@prepared
def _roles(c: Connection, person_id: int) -> Statement:
    query = select(membership.c.unit_id, membership.c.role).where(
        membership.c.person_id == person_id, membership.c.until.is_(None)
    )
    return query.order_by(membership.c.id)


def give_role(c: Connection, person_id: int, unit_id: int, role: Role, day: date) -> bool:
    """Give a role from that day on; False when the person holds it already."""
    row = {"person_id": person_id, "unit_id": unit_id, "role": role.value, "since": day}
    new = insert_new(c, membership, **row)
    if new:
        on = {"unit_id": unit_id, "other_id": person_id}
        audit.note(c, Act.ROLE_GIVEN, membership, role.value, **on)
    return new


def unclaimed(c: Connection, unit_id: int, role: Role) -> Sequence[Person]:
    """Listed holders of a role in a unit whom no messenger knows yet."""
    query = (
        select(person.c.id, person.c.name)
        .join(membership, membership.c.person_id == person.c.id)
        .outerjoin(identity, identity.c.person_id == person.c.id)
        .where(
            membership.c.unit_id == unit_id,
            membership.c.role == role.value,
            membership.c.until.is_(None),
            identity.c.person_id.is_(None),
        )
    )
    return rows_as(Person, c.execute(query.order_by(person.c.name, person.c.id)))


def become(c: Connection, guest_id: int, listed_id: int) -> None:
    """Let the listed person be known by what the messengers knew the guest by, and keep what the
    guest has learnt.

    A guest has next to nothing else; two people who both have a past are made one by `links.link`.
    """
    for table in (identity, chat, quiz_answer):
        c.execute(update(table).where(table.c.person_id == guest_id).values(person_id=listed_id))
    begun = update(course_run).where(course_run.c.started_by == guest_id)
    c.execute(begun.values(started_by=listed_id))


def holders(c: Connection, unit_id: int, wanted: Collection[Role]) -> Sequence[Person]:
    """Who holds one of these roles in this very unit."""
    query = (
        select(person.c.id, person.c.name)
        .join(membership, membership.c.person_id == person.c.id)
        .where(
            membership.c.unit_id == unit_id,
            membership.c.until.is_(None),
            membership.c.role.in_(wanted),
        )
        .distinct()
    )
    return rows_as(Person, c.execute(query.order_by(person.c.id)))


def team_size(c: Connection, unit_id: int) -> TeamSize:
    """How many people are in the unit's team, and how many of them know IT."""
    members = select(membership.c.person_id).where(of_team(unit_id)).distinct().subquery()
    query = select(func.count(), func.count().filter(person.c.it_knowledge.is_(True))).select_from(
        members.join(person, person.c.id == members.c.person_id)
    )
    return TeamSize(*c.execute(query).one())


def of_team(unit_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a row of `membership` is a role in a unit's team, held now."""
    return and_(
        membership.c.unit_id == unit_id,
        membership.c.until.is_(None),
        membership.c.role.in_(TEAM_ROLES),
    )
