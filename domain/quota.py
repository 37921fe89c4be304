"""How many messages an account may still send in a month, against how many are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


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


def month_start(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the month of a moment began for people at `zone`."""
    local = moment.astimezone(zone)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
