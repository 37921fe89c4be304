"""Looking on, in a terminal, while the running bot sends a broadcast."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date

from loa.screen import Screen, cells
from storage import broadcasts, deliveries
from storage.broadcasts import OPEN_STATES, Broadcast
from storage.store import Store

Pause = Callable[[], Awaitable[None]]

SHOWN = 50
"""How many units that could not be reached are named."""


async def watch(
    store: Store, broadcast: Broadcast, day: date, screen: Screen, pause: Pause
) -> bool:
    """Show how it goes until every row of the ledger is final; whether all groups have it.

    `pause` is waited for between two looks at the ledger.
    """
    try:
        counts = await _ended(store, broadcast.id, screen, pause)
    except asyncio.CancelledError:
        screen.say("cli.watch_left")
        raise
    screen.say("cli.watch_ended", counts=counts)
    lost = await store.read(broadcasts.not_delivered, broadcast.id, broadcast.unit_id, day)
    table = screen.table("cli.header_unit", "cli.header_parent", "cli.header_why")
    for each in lost[:SHOWN]:
        table.add_row(*cells(each.name, each.parent, each.why))
    screen.show(table)
    return counts["sent"] == counts.total()


async def _ended(store: Store, broadcast_id: int, screen: Screen, pause: Pause) -> Counter[str]:
    """How many rows ended in each state, once none is open any more."""
    with screen.progress() as bar:
        task = bar.add_task("", total=None)
        while True:
            counts = Counter(await store.read(deliveries.count_states, broadcast_id))
            waiting = sum(counts[state] for state in OPEN_STATES)
            told = screen.text("cli.watch_goes", counts=counts, waiting=waiting)
            done = counts.total() - waiting
            bar.update(task, description=told, completed=done, total=counts.total())
            if not waiting:
                return counts
            await pause()
