"""How fast to send: one moment a chat and an account says when the next message may go.

The generic cell rate algorithm. `free_at` can be stored, so pacing survives a restart, and moving
it forward is all that a platform's "retry after" needs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """One message every `gap`, and up to `burst` messages at once after a silence."""

    gap: timedelta
    burst: int = 1

    @property
    def _lead(self) -> timedelta:
        return self.gap * (self.burst - 1)

    def _even(self, free_at: datetime | None, now: datetime) -> datetime:
        """When the next message would go at an even rate; bursts run ahead of that."""
        return now if free_at is None else max(free_at + self._lead, now)

    def grant(self, free_at: datetime | None, now: datetime, wanted: int) -> int:
        """How many of `wanted` messages may go now."""
        if not self.gap:
            return wanted
        spare = now + self._lead - self._even(free_at, now)
        return min(wanted, spare // self.gap + 1) if spare >= timedelta(0) else 0

    def spend(self, free_at: datetime | None, now: datetime, sent: int) -> datetime:
        """The moment from which the next message may go, after `sent` messages."""
        return self._even(free_at, now) + self.gap * sent - self._lead

    def next(self, free_at: datetime | None, now: datetime) -> datetime:
        """When half a burst may go: sooner is more work for each message, and later is a loss."""
        return now if free_at is None else free_at + self.gap * ((self.burst - 1) // 2)


def pause(free_at: datetime | None, now: datetime, seconds: float) -> datetime:
    """The moment from which the next message may go, when the platform asked for silence."""
    until = now + timedelta(seconds=seconds)
    return until if free_at is None else max(free_at, until)
