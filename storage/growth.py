"""Queries on the growth of the network: teams, members and coverage on any day.

The past is counted within the borders of one day: every unit, a closed one too, hangs where it hung
last by then. So a commune that was merged away does not look like growth in another.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    Connection,
    Date,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from domain.growth import Headcount, Network, Node, coverage
from domain.people import TEAM_ROLES
from domain.units import Unit
from storage.schema import membership, unit, unit_parent
from storage.types import BigId
from storage.units import COLUMNS


def networks(
    c: Connection, top_id: int, levels: Collection[str], days: Sequence[date]
) -> list[Network]:
    """The network below a unit on each of these days, in the borders of the last one.

    Teams are the units of `levels`. How far they reach is counted for the first and the last day.
    """
    tree = _tree(top_id, days[-1])
    teams = _teams(tree, levels, days)
    members: dict[date, int] = dict(c.execute(_members(teams, teams.c.day)).all())
    branches: dict[date, dict[int, Headcount]] = defaultdict(dict)
    held = {row[:2]: row[2] for row in c.execute(_members(teams, teams.c.day, teams.c.branch))}
    counted = select(teams.c.day, teams.c.branch, func.count())
    for day, branch, count in c.execute(counted.group_by(teams.c.day, teams.c.branch)):
        branches[day][branch] = Headcount(count, held.get((day, branch), 0))
    nodes = [Node(Unit(*row[1:]), row[0]) for row in c.execute(_nodes(tree))]
    found = []
    for day in days:
        reach = coverage(nodes, levels, day) if day in (days[0], days[-1]) else ()
        teams_there = sum(each.teams for each in branches[day].values())
        whole = Headcount(teams_there, members.get(day, 0))
        found.append(Network(day, whole, branches[day], reach))
    return found


def _tree(top_id: int, borders: date) -> CTE:
    """The unit and all that ever hung below it, as (id, parent, branch, depth).

    The branch is the top's child that it belongs to, the top's own is the top.
    """
    top = (
        select(
            unit.c.id.label("id"),
            cast(null(), BigId).label("parent"),
            unit.c.id.label("branch"),
            func.coalesce(0, 0).label("depth"),
        )
        .where(unit.c.id == top_id)
        .cte("tree", recursive=True)
    )
    child = unit_parent.c.unit_id
    branch = case((top.c.id == top_id, child), else_=top.c.branch)
    below = select(child, top.c.id, branch, top.c.depth + 1).where(
        unit_parent.c.parent_id == top.c.id, _last_link(borders)
    )
    return top.union_all(below)


def _last_link(borders: date) -> ColumnElement[bool]:
    """Whether a row of `unit_parent` is where its unit hung last by that day."""
    later = unit_parent.alias("later")
    moved = exists().where(
        later.c.unit_id == unit_parent.c.unit_id,
        later.c.since > unit_parent.c.since,
        later.c.since <= borders,
    )
    return and_(unit_parent.c.since <= borders, ~moved)


def _teams(tree: CTE, levels: Collection[str], days: Sequence[date]) -> CTE:
    """The teams that are open on each day, as (day, id, branch)."""
    each = union_all(*(select(literal(day, Date()).label("day")) for day in days)).cte("days")
    there = and_(
        or_(unit.c.opened_on.is_(None), unit.c.opened_on <= each.c.day),
        or_(unit.c.closed_on.is_(None), unit.c.closed_on > each.c.day),
    )
    return (
        select(each.c.day, tree.c.id, tree.c.branch)
        .select_from(tree)
        .join(unit, unit.c.id == tree.c.id)
        .join(each, there)
        .where(unit.c.level.in_(levels))
        .cte("teams")
    )


def _members(teams: CTE, *by: ColumnElement[Any]) -> Select[Any]:
    """How many people are in these teams on their days."""
    held = and_(
        membership.c.unit_id == teams.c.id,
        membership.c.role.in_(TEAM_ROLES),
        membership.c.since <= teams.c.day,
        or_(membership.c.until.is_(None), membership.c.until > teams.c.day),
    )
    counted = select(*by, func.count(membership.c.person_id.distinct()))
    return counted.select_from(teams).join(membership, held).group_by(*by)


def _nodes(tree: CTE) -> Select[Any]:
    """Rows of (parent, the columns of Unit), the highest first."""
    query = select(tree.c.parent, *COLUMNS).join(unit, unit.c.id == tree.c.id)
    return query.order_by(tree.c.depth, tree.c.id)
