"""How soon a member is answered during a broadcast: `python -m benchmarks.live_during`.

Members ask one after another while a broadcast goes out at full rate; see `benchmarks/asking.py`.
"""

import argparse
import asyncio
import sys

from benchmarks.asking import Scene, measure
from benchmarks.platform import introduce

PAUSE = 0.1
MEMBERS = 200


async def ask_in_turn(scene: Scene) -> list[float]:
    """Ask until the broadcast is about to end; how long each answer took, in seconds."""
    took: list[float] = []
    while await scene.goes_on():
        took.append(await scene.ask(len(took)))
        await asyncio.sleep(PAUSE)
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.live_during")
    parser.add_argument("--groups", type=int, default=18_000)
    groups = parser.parse_args().groups
    introduce(f"members' questions while {groups:,} groups get a document")
    return 0 if asyncio.run(measure(groups, MEMBERS, ask_in_turn)) else 1


if __name__ == "__main__":
    sys.exit(main())
