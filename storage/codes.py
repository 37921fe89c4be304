"""Queries on join codes and on the wrong ones that people tried."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from domain.audit import Act
from domain.people import Role
from storage import audit
from storage.schema import join_code, wrong_code

GROUP = "group"
"""What the audit trail calls the one whom a code without a role invites."""


@dataclass(frozen=True, slots=True)
class JoinCode:
    """A code; without a role it binds a group to its unit."""

    code: str
    unit_id: int
    role: Role | None
    expires_at: datetime
    uses_left: int

    def usable(self, now: datetime) -> bool:
        return self.uses_left > 0 and now < self.expires_at


def add(c: Connection, code: JoinCode, created_by: int | None, now: datetime) -> None:
    c.execute(
        insert(join_code).values(
            code=code.code,
            unit_id=code.unit_id,
            role=code.role.value if code.role else None,
            expires_at=code.expires_at,
            uses_left=code.uses_left,
            created_by=created_by,
            created_at=now,
        )
    )
    role = code.role.value if code.role else GROUP
    audit.note(c, Act.INVITED, join_code, role, unit_id=code.unit_id, uses=code.uses_left)


def find(c: Connection, code: str) -> JoinCode | None:
    columns = (
        join_code.c.code,
        join_code.c.unit_id,
        join_code.c.role,
        join_code.c.expires_at,
        join_code.c.uses_left,
    )
    row = c.execute(select(*columns).where(join_code.c.code == code)).first()
    if row is None:
        return None
    role = Role(row.role) if row.role else None
    return JoinCode(row.code, row.unit_id, role, row.expires_at, row.uses_left)


def use(c: Connection, code: str) -> bool:
    """Take one use of a code; False when somebody else took the last one."""
    left = join_code.c.uses_left
    query = update(join_code).where(join_code.c.code == code, left > 0)
    return bool(c.execute(query.values(uses_left=left - 1)).rowcount)


def wrong(c: Connection, person_id: int, now: datetime) -> None:
    c.execute(insert(wrong_code).values(person_id=person_id, at=now))


def wrong_since(c: Connection, person_id: int, since: datetime) -> int:
    """How many wrong codes a person has tried since a moment."""
    query = select(func.count()).where(
        wrong_code.c.person_id == person_id, wrong_code.c.at >= since
    )
    return c.execute(query).scalar_one()
