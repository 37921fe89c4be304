"""What bots have still to hear: one queue for each bot of a messenger."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from sandbox.clock import Bell
from sandbox.facts import Confirmed, Edited, Fact, Listening, Messenger, Posted
from sandbox.journal import Entry
from sandbox.world import World

Json = dict[str, object]
Told = Callable[[Fact], Iterable[tuple[int, str, Json]]]
"""Who is told what of a fact: bot, kind of update, content."""

_FIRST_UPDATE = 100_000_001
_KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Update:
    id: int
    at: float
    kind: str
    content: Json


@dataclass(slots=True)
class Queue:
    """A bot's updates that are not confirmed yet, oldest first.

    Kinds `on_request` are left out unless the bot has asked for them. `poller` numbers the calls
    that wait: only the last one may go on. `failure` is the webhook's last one: when (Unix
    seconds) and what.
    """

    bot: int
    listening: Listening
    on_request: frozenset[str] = frozenset()
    waiting: deque[Update] = field(default_factory=deque)
    next_id: int = _FIRST_UPDATE
    poller: int = 0
    failure: tuple[int, str] | None = None
    bell: Bell = field(default_factory=Bell)

    def wants(self, kind: str) -> bool:
        allowed = self.listening.allowed
        return kind not in self.on_request if allowed is None else kind in allowed

    def put(self, at: float, kind: str, content: Json) -> None:
        self.waiting.append(Update(self.next_id, at, kind, content))
        self.next_id += 1
        self.bell.ring()

    def drop(self, since: int, below: int) -> None:
        """Those with ids from `since` on and below `below`."""
        reached = tuple(takewhile(lambda each: each.id < below, self.waiting))
        for update in reached:
            if update.id >= since:
                self.waiting.remove(update)

    def drop_expired(self, now: float) -> None:
        """An update is kept for 24 hours, as Telegram does."""
        while self.waiting and self.waiting[0].at < now - _KEPT_SECONDS:
            self.waiting.popleft()


class Queues:
    """Those of one messenger. They hear the world, in replay too, and so need no journal."""

    def __init__(
        self,
        world: World,
        messenger: Messenger,
        told: Told,
        on_request: frozenset[str] = frozenset(),
    ) -> None:
        self._world, self._messenger = world, messenger
        self._told, self._on_request = told, on_request
        self._queues: dict[int, Queue] = {}
        world.listeners.append(self._hear)

    def of(self, bot: int) -> Queue:
        if bot not in self._queues:
            self._queues[bot] = Queue(bot, Listening(bot), self._on_request)
        return self._queues[bot]

    def all(self) -> Iterator[Queue]:
        return iter(self._queues.values())

    def close(self) -> None:
        for queue in self._queues.values():
            queue.bell.close()

    def concern(self, fact: Fact) -> bool:
        """Whether a fact is of this messenger."""
        chat = fact.message.chat if isinstance(fact, Posted | Edited) else getattr(fact, "chat", "")
        if room := self._world.chats.get(chat):
            return room.messenger == self._messenger
        number = getattr(fact, "bot", None)
        bot = self._world.bots.get(number) if isinstance(number, int) else None
        return bot is not None and bot.messenger == self._messenger

    def _hear(self, entry: Entry) -> None:
        if not self.concern(entry.fact):
            return
        match entry.fact:
            case Listening() as fact:
                self.of(fact.bot).listening = fact
                self.of(fact.bot).bell.ring()
            case Confirmed(bot, below, since):
                self.of(bot).drop(since, below)
            case fact:
                for bot, kind, content in self._told(fact):
                    if self.of(bot).wants(kind):
                        self.of(bot).put(entry.at, kind, content)
