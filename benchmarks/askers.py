"""How soon a hundred who ask at once are answered: `python -m benchmarks.askers`.

While a broadcast goes out at full rate (see `benchmarks/asking.py`) all askers begin in the same
moment; each waits for the answer, reads it, and asks the next question, until the broadcast is
about to end.
"""

import argparse
import asyncio
import sys
from functools import partial
from itertools import count

from benchmarks.asking import Scene, measure
from benchmarks.platform import introduce


async def ask_at_once(scene: Scene, reading: float) -> list[float]:
    """How long each answer took, in seconds; whoever has one reads it for `reading` seconds."""
    took: list[float] = []

    async def converse(number: int) -> None:
        for turn in count():
            took.append(await scene.ask(number + turn * len(scene.people)))
            await asyncio.sleep(reading)
            if not await scene.goes_on():
                return

    await asyncio.gather(*(converse(number) for number in range(len(scene.people))))
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.askers")
    parser.add_argument("--groups", type=int, default=18_000)
    parser.add_argument("--askers", type=int, default=100)
    parser.add_argument("--reading", type=float, default=5.0, help="seconds")
    given = parser.parse_args()
    introduce(f"{given.askers} askers at once while {given.groups:,} groups get a document")
    asking = partial(ask_at_once, reading=given.reading)
    return 0 if asyncio.run(measure(given.groups, given.askers, asking)) else 1


if __name__ == "__main__":
    sys.exit(main())
