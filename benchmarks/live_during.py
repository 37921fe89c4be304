"""How soon a member is answered during a broadcast: `python -m benchmarks.live_during`.

A broadcast goes out at full rate, at ten times Telegram's limits. Meanwhile members ask, one after
another, questions that the FAQ knows: through the long poll, the road in, the ledger and the drain.
The time runs from when the question is said until the member's phone shows the answer.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.platform import (
    BOT,
    PER_SECOND,
    SPEED,
    Platform,
    introduce,
    new_ledger,
    percentile,
    running_platform,
    running_sender,
    say,
    verdict,
)
from bot.faq import load_faq

BAR = 1.0
PATIENCE = 30
PAUSE = 0.1
LAST_SECONDS = 3
MEMBERS = 200


async def ask(platform: Platform, person: int, question: str) -> float:
    """Seconds until the member sees the answer; raises TimeoutError when none comes."""
    start = time.perf_counter()
    said = await platform.act("say", person=person, bot=BOT, text=question)
    path = f"/chats/{said['chat']}/messages?after={said['seq']}&wait={PATIENCE}"
    if not (await platform.ask(path))["messages"]:
        raise TimeoutError(f"no answer in {PATIENCE} s")
    return time.perf_counter() - start


async def ask_during(platform: Platform, groups: int) -> list[float]:
    """Ask until the broadcast is about to end; how long each answer took, in seconds."""
    people, questions = await platform.people(MEMBERS), [entry.question for entry in load_faq()]
    took: list[float] = []
    while (await platform.tally())["messages"] < groups - LAST_SECONDS * PER_SECOND:
        person, question = people[len(took) % MEMBERS], questions[len(took) % len(questions)]
        took.append(await ask(platform, person, question))
        await asyncio.sleep(PAUSE)
    return took


async def measure(groups: int) -> bool:
    introduce(f"members' questions while {groups:,} groups get a document")
    flags = ("--per-second", str(PER_SECOND), "--listen")
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.db"
        async with running_platform("--limits", "--speed", str(SPEED)) as platform:
            async with new_ledger(ledger, await platform.groups(groups)):
                pass
            async with running_sender(ledger, platform.url, *flags) as sending:
                took = await ask_during(platform, groups)
                sent = await sending.result()
            tally = await platform.tally()
    half, late, last = (percentile(took, share) for share in (0.5, 0.99, 1.0))
    rate = tally["messages"] / sent.seconds
    refused = tally["too_many_bot"] + tally["too_many_chat"]
    say(f"{len(took)} questions beside {rate:.0f} messages/s; 429s caused by us: {refused}")
    say(f"answered after {half:.3f} s (p50), {late:.3f} s (p99), {last:.3f} s (max)")
    return verdict(f"p99 {late:.3f} s, at most {BAR:.0f}", holds=late <= BAR)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.live_during")
    parser.add_argument("--groups", type=int, default=18_000)
    return 0 if asyncio.run(measure(parser.parse_args().groups)) else 1


if __name__ == "__main__":
    sys.exit(main())
