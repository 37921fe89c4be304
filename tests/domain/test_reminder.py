from datetime import datetime, timedelta

import pytest

from domain.reminder import round_due

DAY = timedelta(hours=24)
AFTER = (DAY, 3 * DAY)


@pytest.mark.parametrize(
    ("hours", "rounds", "due"),
    [
        (0, 0, None),
        (23, 0, None),
        (24, 0, 1),
        (47, 0, 1),
        (48, 0, None),
        (24, 1, None),
        (71, 1, None),
        (72, 1, 2),
        (72, 0, 2),
        (72, 2, None),
        (95, 1, 2),
        (96, 1, None),
    ],
)
def test_a_reminder_is_due_for_a_day(
    now: datetime, hours: int, rounds: int, due: int | None
) -> None:
    assert round_due(now, AFTER, rounds, now + timedelta(hours=hours)) == due


def test_without_spans_nothing_is_due(now: datetime) -> None:
    assert round_due(now, (), 0, now + DAY) is None
