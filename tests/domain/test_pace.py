from datetime import UTC, datetime, timedelta

import pytest

from domain.pace import Pace


@pytest.mark.parametrize("burst", [1, 2, 3, 12])
def test_half_a_burst_may_go_when_it_is_waited_for(burst: int) -> None:
    pace = Pace(timedelta(seconds=1), burst)
    now = datetime(2026, 11, 20, tzinfo=UTC)
    free_at = pace.spend(None, now, burst)
    assert pace.grant(free_at, pace.next(free_at, now), burst) == (burst + 1) // 2
    assert pace.next(None, now) == now
