"""Reminders: when those who have not acknowledged are reminded, and how often."""

from collections.abc import Sequence
from datetime import datetime, timedelta

LATE = timedelta(hours=24)
"""A reminder missed while the machine was off still goes out up to this much later."""


def round_due(
    finished_at: datetime, after: Sequence[timedelta], rounds: int, now: datetime
) -> int | None:
    """The reminder that is due, counted from 1, when `rounds` of them have gone; else None.

    `after` are the spans from the end of the broadcast, in rising order. Of several that were
    missed only the last one goes.
    """
    passed = [finished_at + span for span in after if finished_at + span <= now]
    return len(passed) if len(passed) > rounds and now < passed[-1] + LATE else None
