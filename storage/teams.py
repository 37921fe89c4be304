"""Queries on the make-up of teams."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from domain.people import TEAM_ROLES
from domain.units import TeamRule, TeamSize, TeamWarning, check_team
from storage.schema import membership, person, team, unit
from storage.units import open_on


@dataclass(frozen=True, slots=True)
class OddTeam:
    """A team that departs from its level's rule."""

    code: str
    name: str
    warnings: Sequence[TeamWarning]


def odd_teams(c: Connection, rules: Sequence[TeamRule], day: date) -> list[OddTeam]:
    """Open units with a founding decision or members that break their level's rule, by code."""
    by_level = {rule.level: rule for rule in rules}
    found = []
    for row in c.execute(_sizes(list(by_level), day)):
        code, name, level, members, it_members = row
        warnings = check_team(TeamSize(members, it_members), by_level[level])
        if warnings:
            found.append(OddTeam(code, name, warnings))
    return found


def _sizes(levels: Sequence[str], day: date) -> Select[*tuple[Any, ...]]:
    """Code, name, level, members and members who know IT of each team of these levels."""
    members = (
        select(membership.c.unit_id, membership.c.person_id, person.c.it_knowledge)
        .join(person, person.c.id == membership.c.person_id)
        .where(membership.c.until.is_(None), membership.c.role.in_(TEAM_ROLES))
        .distinct()
        .subquery()
    )
    knowing = func.count(members.c.person_id).filter(members.c.it_knowledge.is_(True))
    return (
        select(unit.c.code, unit.c.name, unit.c.level, func.count(members.c.person_id), knowing)
        .outerjoin(members, members.c.unit_id == unit.c.id)
        .outerjoin(team, team.c.unit_id == unit.c.id)
        .where(unit.c.level.in_(levels), open_on(day))
        .where(or_(team.c.unit_id.is_not(None), members.c.person_id.is_not(None)))
        .group_by(unit.c.id)
        .order_by(unit.c.code)
    )
