"""What the benchmarks of asking during a broadcast share: the broadcast, the members, the figures.

A broadcast goes out at full rate, at ten times Telegram's limits. Meanwhile members ask questions
that the FAQ knows: through the long poll, the road in, the ledger and the drain. A time runs from
when the question is said until the member's phone shows the answer.
"""

import math
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.platform import (
    BOT,
    PER_SECOND,
    SPEED,
    Platform,
    new_ledger,
    percentile,
    refused,
    running_platform,
    running_sender,
    say,
    spread,
    verdict,
)
from bot.faq import load_faq

BAR = 1.0
PATIENCE = 30
LAST_SECONDS = 10
"""The sending process ends with its broadcast: whoever asks must have the answer before."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A broadcast under way, and the members who may ask beside it."""

    platform: Platform
    groups: int
    people: Sequence[int]
    questions: Sequence[str]

    async def goes_on(self) -> bool:
        """Whether the broadcast is not yet about to end."""
        tally = await self.platform.tally()
        return tally["messages"] < self.groups - LAST_SECONDS * PER_SECOND

    async def ask(self, number: int) -> float:
        """Let the members in turn ask one question after another, this one being the n-th.

        Seconds until the member sees the answer; infinite when none comes in PATIENCE seconds.
        """
        person = self.people[number % len(self.people)]
        question = self.questions[number % len(self.questions)]
        start = time.perf_counter()
        said = await self.platform.act("say", person=person, bot=BOT, text=question)
        path = f"/chats/{said['chat']}/messages?after={said['seq']}&wait={PATIENCE}"
        answered = (await self.platform.ask(path))["messages"]
        return time.perf_counter() - start if answered else math.inf


Asking = Callable[[Scene], Awaitable[list[float]]]


async def measure(groups: int, members: int, asking: Asking) -> bool:
    """Ask beside a broadcast to so many groups; whether 99 of 100 answers come within the bar."""
    flags = ("--per-second", str(PER_SECOND), "--listen")
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.db"
        async with running_platform("--limits", "--speed", str(SPEED)) as platform:
            async with new_ledger(ledger, await platform.groups(groups)):
                pass
            people = await platform.people(members)
            scene = Scene(platform, groups, people, [entry.question for entry in load_faq()])
            async with running_sender(ledger, platform.url, *flags) as sending:
                took = await asking(scene)
                sent = await sending.result()
            tally = await platform.tally()
    late, rate = percentile(took, 0.99), tally["messages"] / sent.seconds
    say(f"{len(took)} questions beside {rate:.0f} messages/s; 429s caused by us: {refused(tally)}")
    say(f"answered after {spread(took, '{:.3f} s')}")
    return verdict(f"p99 {late:.3f} s, at most {BAR:.0f}", holds=late <= BAR)
