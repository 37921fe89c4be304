"""A broadcast on its way through the communes: each is asked to pass it on, and may add a line."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.broadcast import describe, queue_to, show
from bot.coordinators import of_unit
from bot.house import House
from domain.channel import Choice
from domain.people import Role
from domain.period import local_day
from storage import broadcasts, chats, deliveries, documents, passages, units
from storage.broadcasts import Broadcast
from storage.chats import KnownChat
from storage.deliveries import Letter
from storage.passages import Passage
from storage.rows import AnyRow


def until(house: House, now: datetime) -> datetime:
    """When a broadcast goes on by itself that units are asked now to pass on."""
    return now + timedelta(hours=house.limits.passage_hours)


def ask_to_pass(
    c: Connection, house: House, broadcast: Broadcast, unit_id: int, groups: int, now: datetime
) -> bool:
    """Ask a unit to pass on what it holds; where nobody can be asked it goes on at once: False."""
    heads = _heads(c, unit_id, now)
    for chat in heads:
        show(c, house, broadcast.document_id, chat, now)
        words = house.words(
            "passage.ask",
            **describe(documents.get(c, broadcast.document_id)),
            sender=units.get(c, broadcast.unit_id).name,
            unit=units.get(c, unit_id).name,
            groups=groups,
            due_at=until(house, now),
            hours=house.limits.passage_hours,
        )
        rows = choices(house, broadcast.id, unit_id)
        deliveries.queue(c, Letter(chat.id, words, rows, for_group=True), now)
    if not heads:
        pass_on(c, house, broadcast, unit_id, None, "", now)
    return bool(heads)


def choices(house: House, broadcast_id: int, unit_id: int) -> tuple[tuple[Choice, ...], ...]:
    """What a unit can do with a broadcast that waits for it."""
    return tuple(
        (
            Choice(
                house.words(f"passage.{name}", broadcast_id=broadcast_id),
                f"passage.{name}:{broadcast_id}:{unit_id}",
            ),
        )
        for name in ("pass_on", "add_line")
    )


def _heads(c: Connection, unit_id: int, now: datetime) -> Sequence[KnownChat]:
    """The private chats of the unit's coordinators, else the unit's own groups."""
    return of_unit(c, unit_id, now, {Role.COORDINATOR}) or chats.groups_of(c, unit_id)


def pass_on(
    c: Connection,
    house: House,
    broadcast: Broadcast,
    unit_id: int,
    person_id: int | None,
    line: str,
    now: datetime,
) -> int | None:
    """Let a broadcast go on to all below a unit; to how many groups. None when it went before."""
    if not passages.passed(c, broadcast.id, unit_id, person_id, line, now):
        return None
    groups = passages.groups(c, broadcast, unit_id, local_day(now, house.zone))
    count = queue_to(c, house, broadcast, groups, now, line)
    if not passages.held_by(c, broadcast.id):
        _catch_up(c, house, broadcast, now)
    return count


def _catch_up(c: Connection, house: House, broadcast: Broadcast, now: datetime) -> None:
    """Once nobody holds it, it goes to the groups that nobody passed it on to.

    Such as those of a village that moved meanwhile to a unit that had passed it on; with the line
    of the unit above it.
    """
    day = local_day(now, house.zone)
    assert broadcast.through_level
    passers = passages.passers(c, broadcast.unit_id, broadcast.through_level, day)
    lines = {each.unit_id: each.line for each in passages.with_line(c, broadcast.id)}
    missed: dict[str, list[AnyRow]] = {}
    for group in passages.groups(c, broadcast, None, day):
        missed.setdefault(lines.get(passers.get(group.unit_id, 0), ""), []).append(group)
    for line, groups in missed.items():
        queue_to(c, house, broadcast, groups, now, line)


def pass_by_clock(c: Connection, house: House, due: Passage, now: datetime) -> None:
    """A unit let its time go by: the broadcast goes on without a line."""
    pass_on(c, house, broadcasts.get(c, due.broadcast_id), due.unit_id, None, "", now)
