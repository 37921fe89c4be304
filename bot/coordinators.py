"""Whoever can be asked to decide something for a unit."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.turn import Turn
from domain.people import DECIDING, Role
from storage import people, reach
from storage.chats import KnownChat


def nearest(turn: Turn, unit_id: int) -> Sequence[KnownChat]:
    """The private chats of those who coordinate the nearest unit in the line that has any."""
    found = (of_unit(turn.c, above, turn.now) for above in turn.line(unit_id))
    return next((chats for chats in found if chats), [])


def others(turn: Turn, unit_id: int) -> Sequence[KnownChat]:
    """The private chats of all others in the unit's line who may decide with this person."""
    line = turn.line(unit_id)
    holders = {each.id for above in line for each in people.holders(turn.c, above, DECIDING)}
    return reach.private_of(turn.c, holders - {turn.person.id}, turn.now)


def of_unit(
    c: Connection, unit_id: int, now: datetime, roles: Collection[Role] = DECIDING
) -> Sequence[KnownChat]:
    """The private chats of those who coordinate this very unit, or have these roles in it."""
    holders = people.holders(c, unit_id, roles)
    return reach.private_of(c, [person.id for person in holders], now)
