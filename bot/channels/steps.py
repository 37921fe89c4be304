"""One message of ours that takes several of the platform's."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence

from domain.channel import Lost, Sent, TryLater

REMEMBERED = 1000
"""Messages that have gone in part."""

Step = Callable[[], Awaitable[Sent]]


class Steps:
    """What is sent again after `TryLater` or `Lost` goes on where it stopped."""

    def __init__(self) -> None:
        self._begun: OrderedDict[Hashable, list[Sent]] = OrderedDict()

    async def take(self, key: Hashable, steps: Sequence[Step]) -> list[Sent]:
        """Take the steps of one message that are still to take; all that was sent, in order.

        `key` tells the message from all others. Raises what a step raises.
        """
        done = self._begun.pop(key, [])
        try:
            for step in steps[len(done) :]:
                done.append(await step())
        except (TryLater, Lost):
            self._begun[key] = done
            if len(self._begun) > REMEMBERED:
                self._begun.popitem(last=False)
            raise
        return done
