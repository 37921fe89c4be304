"""Whoever can be asked to decide something for a unit."""

from datetime import datetime

from sqlalchemy import Connection

from bot.turn import Turn
from domain.people import Role
from storage import people, reach
from storage.chats import KnownChat

DECIDING = (Role.COORDINATOR, Role.ADMINISTRATOR)


def nearest(turn: Turn, unit_id: int) -> list[KnownChat]:
    """The private chats of those who coordinate the nearest unit in the line that has any."""
    found = (of_unit(turn.c, above, turn.now) for above in turn.line(unit_id))
    return next((chats for chats in found if chats), [])


def of_unit(c: Connection, unit_id: int, now: datetime) -> list[KnownChat]:
    """The private chats of those who coordinate this very unit."""
    holders = people.holders(c, unit_id, DECIDING)
    return list(reach.private_of(c, [person.id for person in holders], now))
