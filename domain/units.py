"""The tree of organisation units: levels are settings, parents and lives are dated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the tree. `under` lists the levels that may be its parent; none for the root."""

    id: str
    name: str
    """What people call it, in Vietnamese."""
    under: tuple[str, ...] = ()
    reports: bool = False
    """Whether its units hand in reports."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation unit; `closed_on` is the first day on which it is no longer there."""

    id: int
    code: str
    name: str
    level: str
    opened_on: date | None = None
    closed_on: date | None = None

    def open_on(self, day: date) -> bool:
        opened = self.opened_on is None or self.opened_on <= day
        return opened and (self.closed_on is None or day < self.closed_on)


@dataclass(frozen=True, slots=True)
class TeamRule:
    """How a team of one level should be made up."""

    level: str
    least: int = 1
    most: int = 0
    """0 is no limit."""
    least_it: int = 0
    """How many members with IT knowledge it needs."""


@dataclass(frozen=True, slots=True)
class TeamSize:
    members: int
    it_members: int


@dataclass(frozen=True, slots=True)
class TeamWarning:
    """What a team lacks, by the rule's own key (`least`, `most`, `least_it`)."""

    rule: str
    limit: int
    found: int


def check_team(size: TeamSize, rule: TeamRule) -> Sequence[TeamWarning]:
    """The ways in which a team departs from its level's rule."""
    warnings = []
    if size.members < rule.least:
        warnings.append(TeamWarning("least", rule.least, size.members))
    if rule.most and size.members > rule.most:
        warnings.append(TeamWarning("most", rule.most, size.members))
    if size.it_members < rule.least_it:
        warnings.append(TeamWarning("least_it", rule.least_it, size.it_members))
    return warnings
