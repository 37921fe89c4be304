"""How many messages each bot has left this month."""

from collections import Counter

from sandbox.clock import month
from sandbox.facts import Posted
from sandbox.journal import Entry
from sandbox.world import World
from sandbox.zalo_bot.rules import Rules


class Budget:
    """Counts in Vietnam's months. Listens to the world, in replay too."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._out: Counter[tuple[int, str]] = Counter()
        self._in: Counter[tuple[int, str]] = Counter()
        world.listeners.append(self._hear)

    def _hear(self, entry: Entry) -> None:
        if isinstance(entry.fact, Posted) and self._world.is_bot(entry.fact.message.sender):
            self._out[entry.fact.message.sender, month(entry.at)] += 1

    def heard(self, bot: int, at: float) -> None:
        """A bot was told of a message."""
        self._in[bot, month(at)] += 1

    def left(self, bot: int, rules: Rules) -> int:
        sent, heard = self.spent(bot)
        return max(0, rules.monthly - sent - (heard if rules.counts == "both" else 0))

    def spent(self, bot: int) -> tuple[int, int]:
        """Messages sent and heard this month."""
        key = bot, month(self._world.clock.now())
        return self._out[key], self._in[key]
