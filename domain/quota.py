"""How many messages an account may still send in a month, against how many are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

WARNED_AT, GUARDED_AT = 80, 95
"""Percent of a quota: from the first on people are told, from the second on broadcasts wait."""


@dataclass(frozen=True, slots=True)
class Quota:
    """A budget of messages, and how much of it is left."""

    total: int
    left: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An account that cannot send what is wanted this month; both in messages."""

    account: str
    left: int
    needed: int


def shortfalls(
    quotas: Mapping[str, int], used: Mapping[str, int], needed: Mapping[str, int]
) -> list[Shortfall]:
    """The accounts whose quota does not suffice, by name; one without a quota always does."""
    return [
        Shortfall(account, left, wanted)
        for account, wanted in sorted(needed.items())
        if account in quotas and wanted > (left := max(0, quotas[account] - used.get(account, 0)))
    ]


def month_of(moment: datetime, zone: tzinfo) -> date:
    """The first day of the month that people at `zone` have at a moment."""
    return moment.astimezone(zone).date().replace(day=1)


def percent(used: int, total: int) -> int:
    """How much of a quota is used; of none, 0."""
    return 100 * used // total if total > 0 else 0
