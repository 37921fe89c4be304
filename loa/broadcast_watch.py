"""Looking on, in a terminal, while the running bot sends a broadcast."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date

from sqlalchemy import Connection

from bot.house import House
from bot.standing import listed, result
from domain.broadcast import BroadcastState
from domain.standing import Part, members
from loa.screen import Screen, plain
from storage import broadcasts, deliveries, standing
from storage.broadcasts import OPEN_STATES, Broadcast
from storage.standing import Scope
from storage.store import Store

Pause = Callable[[], Awaitable[None]]

OVER = (BroadcastState.FINISHED, BroadcastState.CANCELLED, BroadcastState.WITHDRAWN)
SHOWN = 50
"""How many units that could not be reached are named."""


async def watch(
    store: Store, house: House, broadcast_id: int, day: date, screen: Screen, pause: Pause
) -> bool:
    """Show how it goes until it is over; whether it was sent and no unit was lost.

    `pause` is waited for between two looks at the ledger.
    """
    try:
        broadcast = await _ended(store, broadcast_id, screen, pause)
    except asyncio.CancelledError:
        screen.say("cli.watch_left")
        raise
    if broadcast.stuck:
        screen.say("cli.watch_stuck", broadcast_id=broadcast.id)
        return False
    scope = Scope(broadcast, broadcast.unit_id, day)
    text, lost = await store.read(_result, house, scope)
    screen.write(plain(text))
    return broadcast.state is BroadcastState.FINISHED and not lost


def _result(c: Connection, house: House, scope: Scope) -> tuple[str, int]:
    """How it ended in words, with the names of the units that were lost; how many they are."""
    lost = {Part.LOST: members(standing.found(c, scope), Part.LOST)}
    named = listed(c, house, scope, lost, slice(SHOWN))
    return "\n\n".join([result(c, house, scope), *named]), len(lost[Part.LOST])


async def _ended(store: Store, broadcast_id: int, screen: Screen, pause: Pause) -> Broadcast:
    """The broadcast, once nothing of it goes any more, or it could not start."""
    with screen.progress() as bar:
        task = bar.add_task("", total=None)
        while True:
            broadcast = await store.read(broadcasts.get, broadcast_id)
            if broadcast.state in OVER or broadcast.stuck:
                return broadcast
            counts = Counter(await store.read(deliveries.count_states, broadcast_id))
            waiting = sum(counts[state] for state in OPEN_STATES)
            told = screen.text(
                "cli.watch_goes", state=broadcast.state, counts=counts, waiting=waiting
            )
            total = counts.total()
            bar.update(task, description=told, completed=total - waiting, total=total or None)
            await pause()
