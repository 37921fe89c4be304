from datetime import timedelta

import pytest

from domain.standing import Headway, bar


def headway(sent: int, lately: int, running: float) -> Headway:
    return Headway(1000, sent, 0, 0, 0, lately, timedelta(seconds=running))


@pytest.mark.parametrize(
    ("percent", "shown"),
    [(0, "░░░░"), (24, "░░░░"), (25, "▓░░░"), (99, "▓▓▓░"), (100, "▓▓▓▓")],
)
def test_a_bar_is_full_only_at_the_end(percent: int, shown: str) -> None:
    assert bar(percent, 4) == shown


@pytest.mark.parametrize(("sent", "percent"), [(0, 0), (9, 0), (500, 50), (999, 99), (1000, 100)])
def test_a_percentage_never_runs_ahead(sent: int, percent: int) -> None:
    assert headway(sent, 0, 1).percent == percent


@pytest.mark.parametrize(
    ("sent", "lately", "running", "rate", "left"),
    [
        (400, 300, 600, 5.0, 120),
        (100, 100, 10, 10.0, 90),
        (400, 0, 600, 0.0, None),
        (0, 0, 0, 0.0, None),
    ],
)
def test_the_rate_is_that_of_the_last_minute(
    sent: int, lately: int, running: float, rate: float, left: int | None
) -> None:
    found = headway(sent, lately, running)
    assert found.per_second == rate
    assert found.left == (None if left is None else timedelta(seconds=left))


def test_a_broadcast_to_nobody_is_done() -> None:
    assert Headway(0, 0, 0, 0, 0, 0, timedelta(0)).percent == 100
