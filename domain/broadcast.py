"""Broadcasts: the states that one goes through, what can be done in each, and the quiet hours."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo


class BroadcastState(StrEnum):
    ASKED = "asked"
    """Waits for a second person's approval."""
    PLANNED = "planned"
    """Waits for its time."""
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    """Every row of its ledger is final."""
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    """Taken back after it was sent."""


class Action(StrEnum):
    """What a coordinator can do with a broadcast."""

    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"
    """Send once more what failed."""
    CHASE = "chase"
    """Remind those who have not acknowledged."""
    CANCEL = "cancel"
    """Give up what has not gone."""
    REWORD = "reword"
    """Give the document another text, where it has arrived too."""
    WITHDRAW = "withdraw"
    """Take the document back, where it has arrived too."""


_BEGUN = (
    BroadcastState.RUNNING,
    BroadcastState.PAUSED,
    BroadcastState.FINISHED,
    BroadcastState.CANCELLED,
)
_POSSIBLE: Mapping[Action, Collection[BroadcastState]] = {
    Action.PAUSE: (BroadcastState.RUNNING,),
    Action.RESUME: (BroadcastState.PAUSED,),
    Action.RETRY: (BroadcastState.RUNNING, BroadcastState.FINISHED),
    Action.CHASE: (BroadcastState.RUNNING, BroadcastState.FINISHED),
    Action.CANCEL: (
        BroadcastState.ASKED,
        BroadcastState.PLANNED,
        BroadcastState.RUNNING,
        BroadcastState.PAUSED,
    ),
    Action.REWORD: (*_BEGUN, BroadcastState.ASKED, BroadcastState.PLANNED),
    Action.WITHDRAW: _BEGUN,
}


def possible(action: Action, state: BroadcastState) -> bool:
    """Whether an action makes sense for a broadcast in that state."""
    return state in _POSSIBLE[action]


class Priority(IntEnum):
    """What goes first in the ledger. What is paused is out of the drain's sight."""

    LIVE = 0
    URGENT = 1
    BROADCAST = 2
    PAUSED = 9


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of the night, local time, in which only what is urgent may be sent."""

    begin: time
    end: time
    zone: ZoneInfo

    def at(self, moment: datetime) -> bool:
        """Whether a moment lies in the quiet hours."""
        clock = moment.astimezone(self.zone).time()
        if self.begin <= self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end

    def over(self, moment: datetime) -> datetime:
        """The first moment from then on that is not quiet."""
        if not self.at(moment):
            return moment
        local = moment.astimezone(self.zone)
        day = local.date() if local.time() < self.end else local.date() + timedelta(days=1)
        return datetime.combine(day, self.end, self.zone)


def series(confirmation: str) -> str:
    """What broadcasts have in common that go to each group once: `practice:12` of those confirmed
    by `practice:12:3` and `practice:12:1`; "" of one that stands alone.
    """
    return confirmation.rpartition(":")[0]
