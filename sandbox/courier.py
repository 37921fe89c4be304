"""Brings updates to the bots' own addresses."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import aiohttp

from sandbox.facts import Confirmed, Listening
from sandbox.journal import Entry
from sandbox.queues import Queue, Queues, Update
from sandbox.world import World

_TIMEOUT = aiohttp.ClientTimeout(total=60)

Bring = Callable[[aiohttp.ClientSession, Queue, Update, int], Awaitable[str]]
"""Brings an update, after so many tries; what went wrong in the messenger's words, or nothing."""


class Courier:
    """One task a bot with a webhook; `start` and `close` belong to the server's life.

    Of one bot's updates `at_once` are on their way at a time; with one they come in order.
    `pauses` are the seconds before each further try; when they are over, the update is given up
    and `gave_up` told of the bot.
    """

    def __init__(
        self,
        world: World,
        queues: Queues,
        bring: Bring,
        pauses: Callable[[], Iterable[float]],
        at_once: int = 1,
        gave_up: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._world, self._queues = world, queues
        self._bring, self._pauses = bring, pauses
        self._at_once, self._gave_up = at_once, gave_up
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._under_way: dict[int, dict[int, asyncio.Task[None]]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        for queue in self._queues.all():
            self._attend(queue)
        self._world.listeners.append(self._hear)

    def _hear(self, entry: Entry) -> None:
        if isinstance(entry.fact, Listening) and self._queues.concern(entry.fact):
            self._attend(self._queues.of(entry.fact.bot))

    def _attend(self, queue: Queue) -> None:
        running = self._tasks.get(queue.bot)
        if queue.listening.url and (not running or running.done()):
            self._tasks[queue.bot] = asyncio.create_task(self._deliver(queue))

    async def close(self) -> None:
        carrying = (task for of_bot in self._under_way.values() for task in of_bot.values())
        tasks = [*self._tasks.values(), *carrying]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def _deliver(self, queue: Queue) -> None:
        """Sets out with one update after another, while the bot has an address."""
        while queue.listening.url and not queue.bell.closed:
            queue.drop_expired(self._world.clock.now())
            known = self._under_way.get(queue.bot, {})
            under_way = {each: task for each, task in known.items() if not task.done()}
            self._under_way[queue.bot] = under_way
            fresh = (each for each in queue.waiting if each.id not in under_way)
            update = next(fresh, None) if len(under_way) < self._at_once else None
            if update:
                under_way[update.id] = asyncio.create_task(self._carry(queue, update))
            else:
                await queue.bell.wait()

    async def _carry(self, queue: Queue, update: Update) -> None:
        if await self._brought(queue, update):
            self._world.record(Confirmed(queue.bot, update.id + 1, update.id))
        queue.bell.ring()

    async def _brought(self, queue: Queue, update: Update) -> bool:
        """Try until it is taken or given up; False when it has to wait for another address."""
        assert self._session is not None
        pauses, tries = iter(self._pauses()), 0
        while error := await self._bring(self._session, queue, update, tries):
            tries += 1
            queue.failure = (int(self._world.clock.now()), error)
            if (pause := next(pauses, None)) is None:
                self._gave_up(queue.bot)
                return True
            await self._world.clock.sleep(pause)
            queue.drop_expired(self._world.clock.now())
            if not queue.listening.url or update not in queue.waiting or queue.bell.closed:
                return False
        return True
