"""How processes share what each of them could do: evenly, and with little moved."""

from collections import Counter
from collections.abc import Collection, Mapping


def shares(wants: Mapping[int, Collection[str]], held: Mapping[str, int]) -> dict[str, int]:
    """Which process is to have each thing that any of them wants.

    All who see the same come to the same. `wants` are those of each process, `held` tells who has
    a thing by now: it stays there unless another process has two less.
    """
    load = Counter(dict.fromkeys(wants, 0))
    given: dict[str, int] = {}

    def give(thing: str, process: int) -> None:
        given[thing] = process
        load[process] += 1

    def least(thing: str) -> int:
        able = (process for process, wanted in wants.items() if thing in wanted)
        return min(able, key=lambda process: (load[process], process))

    things = sorted({thing for wanted in wants.values() for thing in wanted})
    for thing in things:
        if thing in wants.get(held.get(thing, 0), ()):
            give(thing, held[thing])
    for thing in things:
        if thing not in given:
            give(thing, least(thing))
    for thing in things:
        if load[given[thing]] - load[least(thing)] > 1:
            load[given[thing]] -= 1
            give(thing, least(thing))
    return given
