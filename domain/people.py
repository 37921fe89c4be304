"""People, their roles, and what a role may do."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    MEMBER = "member"
    DEPUTY = "deputy"
    LEADER = "leader"
    COORDINATOR = "coordinator"
    EXPERT = "expert"
    ADMINISTRATOR = "administrator"


TEAM_ROLES = (Role.LEADER, Role.DEPUTY, Role.MEMBER)
DECIDING = (Role.COORDINATOR, Role.ADMINISTRATOR)
"""Those who decide something for a unit."""


class Right(StrEnum):
    """Something that not everybody may do, always on a unit."""

    INVITE = "invite"
    BIND_GROUP = "bind_group"
    ANNOUNCE = "announce"
    SEE_STATUS = "see_status"
    ANSWER = "answer"
    REPORT = "report"
    UNLOCK = "unlock"
    APPROVE = "approve"
    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    LEAVE = "leave"
    TRAIN = "train"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Membership:
    """A role that a person holds in a unit."""

    unit_id: int
    role: Role


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str


_BELOW: dict[Role, Collection[Right]] = {
    Role.ADMINISTRATOR: frozenset(Right),
    Role.COORDINATOR: frozenset(Right),
    Role.EXPERT: {Right.ANSWER},
}
"""What a role may do in its unit and in all units below it."""

_OWN: dict[Role, Collection[Right]] = {
    Role.LEADER: {
        Right.INVITE,
        Right.BIND_GROUP,
        Right.REPORT,
        Right.ACKNOWLEDGE,
        Right.LEAVE,
    },
    Role.DEPUTY: {Right.REPORT, Right.ACKNOWLEDGE},
    Role.MEMBER: {Right.REPORT, Right.ACKNOWLEDGE},
}
"""What a role may do in its own unit only."""

_GIVES: dict[Role, Collection[Role]] = {
    Role.ADMINISTRATOR: frozenset(Role),
    Role.COORDINATOR: {*TEAM_ROLES, Role.COORDINATOR, Role.EXPERT},
    Role.LEADER: {Role.MEMBER, Role.DEPUTY},
}
"""The roles that a role may invite others to."""


def allowed(held: Iterable[Membership], right: Right, line: Collection[int], unit_id: int) -> bool:
    """Whether these roles give a right on a unit.

    `line` is the unit and all units above it, as ids.
    """
    return any(
        (m.unit_id in line and right in _BELOW.get(m.role, ()))
        or (m.unit_id == unit_id and right in _OWN.get(m.role, ()))
        for m in held
    )


def places(held: Iterable[Membership], right: Right) -> list[int]:
    """The units in which one of these roles itself gives a right, each once."""
    of_it = (m for m in held if right in _BELOW.get(m.role, ()) or right in _OWN.get(m.role, ()))
    return list(dict.fromkeys(m.unit_id for m in of_it))


def may_give(held: Iterable[Membership], role: Role, line: Collection[int], unit_id: int) -> bool:
    """Whether these roles may invite somebody to a role in a unit."""
    return any(
        role in _GIVES.get(m.role, ())
        and (m.unit_id == unit_id or (m.unit_id in line and m.role in _BELOW))
        for m in held
    )
