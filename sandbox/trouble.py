"""What makes platforms hard to live with: one desk for all messengers of the sandbox."""

from collections.abc import Callable

from starlette.responses import Response

from sandbox.faults import Fault, Faults, Target
from sandbox.spoiling import Answer, play
from sandbox.tally import Tallies
from sandbox.world import World


class Trouble:
    """`latency` are the seconds for which every answer is held back."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.faults = Faults()
        self.tallies = Tallies()
        self.latency = 0.0

    async def meet(
        self, target: Target, answer: Answer, refusal: Callable[[Fault], Exception]
    ) -> Response:
        """The answer of a call, or of the fault that strikes it.

        `refusal` is how this platform says a fault of the kinds 429, 500 and revoked; it is
        raised.
        """
        tally = self.tallies.of(target.bot.id)
        tally.calls += 1
        fault = self.faults.strike(target)
        if not fault:
            return await answer()
        tally.faults += 1
        return await play(self._world, fault, target, answer, refusal)

    async def hold(self) -> None:
        """Hold an answer back as long as all of them are."""
        if self.latency:
            await self._world.clock.sleep(self.latency)
