"""How far a broadcast has come: with each unit, in each part of the tree, and while it is sent."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum

LATELY = timedelta(minutes=1)
"""Over how long the rate is taken."""


class Reach(IntEnum):
    """How far it came with a group, by its worst message; with a unit, by its best group."""

    SENT = 0
    WAITING = 1
    UNKNOWN = 2
    CANCELLED = 3
    FAILED = 4
    UNTOLD = 5
    """There is nothing in the ledger: no group, or nobody has passed it on yet."""


LOST = (Reach.UNKNOWN, Reach.CANCELLED, Reach.FAILED)
"""It has ended, and nobody can say that it arrived."""


class Part(StrEnum):
    """A part of the units that can be listed by name."""

    SILENT = "silent"
    """Got it and have not acknowledged."""
    LOST = "lost"
    UNTOLD = "untold"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class Found:
    """How it stands with one unit, and the child of the whole that it belongs to.

    `heard` tells that it acknowledged, `why` what kept a message from arriving.
    """

    unit_id: int
    branch_id: int
    reach: Reach
    heard: bool = False
    why: str = ""

    def belongs(self, part: Part) -> bool:
        match part:
            case Part.SILENT:
                return self.reach is Reach.SENT and not self.heard
            case Part.LOST:
                return self.reach in LOST
            case Part.UNTOLD:
                return self.reach is Reach.UNTOLD
            case Part.ACKNOWLEDGED:
                return self.heard


def members(units: Iterable[Found], part: Part) -> list[Found]:
    """The units of a part, in their order."""
    return [unit for unit in units if unit.belongs(part)]


def reasons(units: Iterable[Found]) -> list[tuple[str, int]]:
    """Why it did not arrive, and with how many units, the most frequent reason first."""
    return Counter(unit.why for unit in members(units, Part.LOST)).most_common()


@dataclass(frozen=True, slots=True)
class Tally:
    """The units of a part of the tree, by Reach, and how many acknowledged."""

    units: int
    sent: int
    waiting: int
    unknown: int
    cancelled: int
    failed: int
    untold: int
    acknowledged: int
    silent: int

    @classmethod
    def of(cls, units: Iterable[Found]) -> "Tally":
        counts = Counter((unit.reach, unit.heard) for unit in units)
        return cls(
            units=counts.total(),
            acknowledged=sum(counts[reach, True] for reach in Reach),
            silent=counts[Reach.SENT, False],
            **{each.name.lower(): counts[each, True] + counts[each, False] for each in Reach},
        )

    @property
    def told(self) -> int:
        """Units that it was sent to, whatever came of it."""
        return self.units - self.untold

    @property
    def lost(self) -> int:
        return self.unknown + self.cancelled + self.failed

    def count(self, part: Part) -> int:
        return int(getattr(self, part.value))


def by_branch(units: Iterable[Found]) -> dict[int, Tally]:
    """The sums of each branch."""
    branches: dict[int, list[Found]] = {}
    for unit in units:
        branches.setdefault(unit.branch_id, []).append(unit)
    return {branch_id: Tally.of(found) for branch_id, found in branches.items()}


@dataclass(frozen=True, slots=True)
class Headway:
    """How many messages of a broadcast there are in each state; `lately` went in the last minute.

    `running` is how long ago it started.
    """

    total: int
    sent: int
    failed: int
    unknown: int
    cancelled: int
    lately: int
    running: timedelta

    @property
    def ended(self) -> int:
        return self.sent + self.failed + self.unknown + self.cancelled

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 says that all is done."""
        return 100 * self.ended // self.total if self.total else 100

    @property
    def per_second(self) -> float:
        seconds = min(self.running, LATELY).total_seconds()
        return self.lately / seconds if seconds > 0 else 0.0

    @property
    def left(self) -> timedelta | None:
        """How much longer it takes at this rate; None when nothing moves."""
        if not self.per_second:
            return None
        return timedelta(seconds=(self.total - self.ended) / self.per_second)


def bar(percent: int, cells: int = 12) -> str:
    """A bar of `cells` signs; full only at 100."""
    full = cells * percent // 100
    return "▓" * full + "░" * (cells - full)
