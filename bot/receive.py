"""How updates reach the road: asked for by a long poll, or kept by a webhook and worked off."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol, runtime_checkable

from domain.channel import AccountLost, Channel, Refused, SendError, TryLater
from domain.message import Ignored, Update
from storage.store import StorageError

log = logging.getLogger(__name__)

POLL_SECONDS = 30
"""How long the platform keeps a poll open when there is nothing new."""
TOGETHER = 25
"""Updates that are worked in one transaction at most: others wait for it, as the drain does."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
REFUSED_PAUSE = 60.0
"""Seconds until the next try when the platform will not give us updates: a person has to act."""

LEFT_SECONDS = 5.0
"""Until it is looked for kept updates that nobody told of: a process may have died over them."""

Pause = Callable[[float], Awaitable[None]]


class BadUpdate(ValueError):
    """An update that cannot be read. `key` is empty when not even that can be."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"update {key or 'without a key'} cannot be read: {why}")
        self.key = key


class Source(Channel, Protocol):
    """A channel whose updates can be read."""

    def parse(self, raw: object) -> Update:
        """What a raw update says; raises BadUpdate."""
        ...


@runtime_checkable
class Polled(Source, Protocol):
    """A source that can be asked for updates."""

    async def updates(self, cursor: int | None, wait_seconds: int) -> Sequence[object]:
        """Raw updates from `cursor` on, each with a key; raises a `SendError`.

        May come back empty. Where the platform repeats itself, it rests by itself.
        """
        ...

    def after(self, update: Update) -> int | None:
        """The cursor that asks for what follows an update; None where there are no cursors."""
        ...

    async def delete_webhook(self) -> None:
        """Have updates kept for `updates`; raises a `SendError`."""
        ...


@runtime_checkable
class Hooked(Source, Protocol):
    """A source that can be told where to send its updates; elsewhere a person sets that."""

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates sent to an https address with the secret; raises a `SendError`."""
        ...


@runtime_checkable
class WithMenu(Source, Protocol):
    """A source that shows a menu of commands."""

    async def set_commands(self, commands: Iterable[tuple[str, str]]) -> None:
        """Show these in the menu, as (slash, help); raises a `SendError`."""
        ...


@runtime_checkable
class Tended(Source, Protocol):
    """A source that has to be looked after, whether anybody sends or not."""

    async def keep_fresh(self) -> None:
        """Do what is due, as renewing tokens; never raises."""
        ...


class Takes(Protocol):
    async def take(self, channel: Channel, update: Update, cursor: int | None = None) -> None:
        """Work an update and move the cursor; raises StorageError when nothing was kept."""
        ...

    async def take_together(
        self, channel: Channel, updates: Sequence[Update], cursor: int | None
    ) -> bool:
        """Work these at once and move the cursor; False when each has to be taken by itself."""
        ...

    def heard(self, account_id: str) -> None:
        """The platform of an account has answered, with updates or without."""
        ...


class WorksKept(Protocol):
    async def work_kept(self, channel: Channel, parse: Callable[[Any], Update]) -> int:
        """Work some of the kept updates; how many. Raises StorageError."""
        ...


class Trouble:
    """Something that does not work for now: told once, and tried again after growing pauses."""

    def __init__(self, account: str, pause: Pause) -> None:
        self._account = account
        self._pause = pause
        self._seconds = 0.0
        self._told = ""

    async def wait(self, what: str, why: object = "", least: float = 0.0) -> None:
        """Log `what`, and why, when `what` is new; pause for at least `least` seconds."""
        if what != self._told:
            log.warning("%s: %s", self._account, f"{what}: {why}" if why else what)
            self._told = what
        self._seconds = min(self._seconds * 2 or FIRST_PAUSE, LONGEST_PAUSE)
        await self._pause(max(self._seconds, least))

    def over(self) -> None:
        if self._told:
            log.info("%s: works again", self._account)
        self._seconds, self._told = 0.0, ""


async def poll(
    channel: Polled, road: Takes, cursor: int | None, pause: Pause = asyncio.sleep
) -> None:
    """Ask for updates and hand them over in order, until cancelled.

    `cursor` is the next update to ask for; `pause` waits that many seconds.
    """
    asking, keeping = Trouble(channel.account, pause), Trouble(channel.account, pause)
    while True:
        try:
            found = await channel.updates(cursor, POLL_SECONDS)
        except SendError as error:
            await asking.wait(f"no updates: {error}", least=_least_pause(error))
            continue
        asking.over()
        road.heard(channel.account)
        updates = [_read(channel, raw) for raw in found]
        for first in range(0, len(updates), TOGETHER):
            cursor = await _take_all(channel, road, updates[first : first + TOGETHER], keeping)


async def work_off(
    channel: Source, road: WorksKept, wake: asyncio.Event, pause: Pause = asyncio.sleep
) -> None:
    """Work the updates that a webhook kept, the old ones at once, until cancelled.

    `wake` is set when there is something new.
    """
    keeping = Trouble(channel.account, pause)
    while True:
        wake.clear()
        try:
            while await road.work_kept(channel, partial(_read_kept, channel)):
                keeping.over()
        except StorageError as error:
            await keeping.wait("kept updates wait for the database", error)
        else:
            keeping.over()
            with suppress(TimeoutError):
                async with asyncio.timeout(LEFT_SECONDS):
                    await wake.wait()


def _read(channel: Source, raw: object) -> Update:
    """What a raw update says; one that cannot be read is logged and ignored."""
    try:
        return channel.parse(raw)
    except BadUpdate as error:
        log.warning("%s: %s", channel.account, error)
        return Ignored(error.key)


def _read_kept(channel: Source, payload: str) -> Update:
    """An update as `web` keeps it: the JSON as it came."""
    return _read(channel, json.loads(payload))


async def _take_all(
    channel: Polled, road: Takes, updates: Sequence[Update], keeping: Trouble
) -> int | None:
    """Work these, together if that goes; the cursor that asks for what follows them."""
    # Telegram begins to count anew after a week of silence, so a cursor may also go back.
    cursor = channel.after(updates[-1])
    if len(updates) > 1 and await road.take_together(channel, updates, cursor):
        keeping.over()
        return cursor
    for update in updates:
        await _take(channel, road, update, channel.after(update), keeping)
    return cursor


async def _take(
    channel: Source, road: Takes, update: Update, cursor: int | None, keeping: Trouble
) -> None:
    while True:
        try:
            await road.take(channel, update, cursor)
        except StorageError as error:
            await keeping.wait("an update waits for the database", error)
        else:
            return keeping.over()


def _least_pause(error: SendError) -> float:
    match error:
        case Refused() | AccountLost():
            return REFUSED_PAUSE
        case TryLater(after=seconds):
            return seconds
        case _:
            return 0.0
