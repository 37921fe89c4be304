"""Approval of reports, level by level up the tree, in the terms of DHIS2."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.rates import Rate
from domain.units import Unit


class ApprovalState(StrEnum):
    MISSING = "missing"
    """Nothing is in."""
    RETURNED = "returned"
    """Sent back to the team, and not corrected yet."""
    READY = "ready"
    WAITING = "waiting"
    """Below it not everything is approved, or its own coordinator has not approved it."""
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A unit under review: its report, if it hands one in itself, and what is in from below.

    `changed_at` is when the report was handed in or last corrected.
    """

    unit: Unit
    rate: Rate
    report_id: int | None = None
    changed_at: datetime | None = None
    returned_because: str | None = None
    approved: bool = False

    @property
    def is_team(self) -> bool:
        """Whether it is its own report that is approved, and not that of units below it."""
        return self.rate.expected == 1 and self.report_id is not None

    @property
    def state(self) -> ApprovalState:
        if self.approved:
            return ApprovalState.APPROVED
        if not self.rate.actual:
            return ApprovalState.MISSING
        if self.returned_because is not None:
            return ApprovalState.RETURNED
        return ApprovalState.READY if self.is_team else ApprovalState.WAITING


def whole_state(children: Iterable[Reviewed], *, in_time: bool) -> ApprovalState:
    """How far a unit is, by its children: ready only when each of them is approved.

    As long as reports can still be on time (`in_time`) a missing one is waited for. Later it holds
    nobody up: a team that stays silent must not keep a province from approving.
    """
    states = {each.state for each in children}
    if in_time or not states - {ApprovalState.MISSING}:
        settled = {ApprovalState.APPROVED}
    else:
        settled = {ApprovalState.APPROVED, ApprovalState.MISSING}
    return ApprovalState.READY if states and states <= settled else ApprovalState.WAITING
