"""Checks of the processes that there are: whether each part that is needed has one."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, make_url

from domain.broadcast import Priority
from loa.checkup.finding import Finding, good, warning
from loa.part import Part
from loa.settings import Settings
from storage import broadcasts
from storage.figures import Figures
from storage.roll_call import played
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for a process: messages, the oldest written at `since`, updates that came, and
    broadcasts whose time has come.
    """

    messages: int
    since: datetime | None
    updates: int
    broadcasts: int

    def __bool__(self) -> bool:
        return bool(self.messages or self.updates or self.broadcasts)


def read_waiting(c: Connection, figures: Figures, now: datetime) -> Waiting:
    """What was paused waits for people."""
    queues = [each for each in figures.queues if each.priority is not Priority.PAUSED]
    return Waiting(
        sum(each.count for each in queues),
        min((each.since for each in queues), default=None),
        sum(each.count for each in figures.inboxes),
        len(broadcasts.due(c, now)),
    )


async def playing(store: Store, settings: Settings, *, here: bool) -> Collection[str]:
    """The parts that a process plays; `here` is whether one has the port of this machine.

    The one on an SQLite file plays all of them, and has it.
    """
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        return Part.ALL.parts if here else ()
    return await store.read(played, Part.ALL.parts)


def check_parts(
    settings: Settings, present: Collection[str], waiting: Waiting
) -> Iterator[Finding]:
    """Before Loa runs, and while nothing waits for it, there is nothing to tell."""
    absent = [part for part in _needed(settings) if part not in present]
    if not absent:
        yield good("parts")
    elif present:
        for part in absent:
            yield warning("no_part", part=part, waiting=waiting)
    elif waiting:
        yield warning("no_process", waiting=waiting)


def _needed(settings: Settings) -> list[Part]:
    """Who is not written to by webhook needs nobody to let anything in."""
    hooked = any(account.receive == "webhook" for account in settings.accounts)
    return [part for part in Part.ALL.parts if hooked or part is not Part.WEB]
