"""The count of what every bot does, and how much of it is allowed in a time."""

from collections import deque
from dataclasses import dataclass, field


class Window:
    """At most so many messages in any stretch of so many seconds."""

    __slots__ = ("_seconds", "_times")

    def __init__(self, most: float, seconds: float) -> None:
        self._times: deque[float] = deque(maxlen=max(1, int(most)))
        self._seconds = seconds

    def wait(self, now: float) -> float:
        """How many seconds until there is room; 0 when there is."""
        times = self._times
        return max(0.0, times[0] + self._seconds - now) if len(times) == times.maxlen else 0.0

    def count(self, now: float) -> None:
        self._times.append(now)

    def left(self, now: float) -> int:
        """How many more there is room for."""
        within = sum(time > now - self._seconds for time in self._times)
        return (self._times.maxlen or 0) - within


@dataclass(slots=True)
class Tally:
    """What one bot did since the counting began.

    `too_many_bot` and `too_many_chat` are the 429s that it earned, by what was over its limit;
    `faults` the answers spoiled on request. `most_in_a_second` is the most messages in any second.
    """

    calls: int = 0
    messages: int = 0
    paid: int = 0
    too_many_bot: int = 0
    too_many_chat: int = 0
    faults: int = 0
    most_in_a_second: int = 0
    _second: deque[float] = field(default_factory=deque)

    def sent(self, now: float) -> None:
        self.messages += 1
        self._second.append(now)
        while self._second[0] <= now - 1:
            self._second.popleft()
        self.most_in_a_second = max(self.most_in_a_second, len(self._second))

    def shape(self) -> dict[str, int]:
        names = (name for name in self.__slots__ if not name.startswith("_"))
        return {name: getattr(self, name) for name in names}


class Tallies:
    """Those of all bots, of every messenger."""

    def __init__(self) -> None:
        self._tallies: dict[int, Tally] = {}

    def of(self, bot: int) -> Tally:
        if bot not in self._tallies:
            self._tallies[bot] = Tally()
        return self._tallies[bot]

    def all(self) -> dict[int, Tally]:
        return dict(self._tallies)

    def begin(self) -> None:
        """Every count begins anew."""
        self._tallies.clear()
