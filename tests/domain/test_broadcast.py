from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from domain.broadcast import Action, BroadcastState, QuietHours, possible, series

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = QuietHours(time(21), time(6), ZONE)
NOON = QuietHours(time(11, 30), time(13), ZONE)
NEVER = QuietHours(time(6), time(6), ZONE)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("hours", "moment", "over"),
    [
        (NIGHT, "20T20:59", "20T20:59"),
        (NIGHT, "20T21:00", "21T06:00"),
        (NIGHT, "20T23:59", "21T06:00"),
        (NIGHT, "21T00:00", "21T06:00"),
        (NIGHT, "21T05:59", "21T06:00"),
        (NIGHT, "21T06:00", "21T06:00"),
        (NOON, "20T11:29", "20T11:29"),
        (NOON, "20T12:00", "20T13:00"),
        (NOON, "20T13:00", "20T13:00"),
        (NEVER, "20T06:00", "20T06:00"),
    ],
)
def test_what_comes_at_night_waits_for_the_morning(
    hours: QuietHours, moment: str, over: str
) -> None:
    assert hours.over(local(moment)) == local(over)
    assert hours.at(local(moment)) == (moment != over)


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (BroadcastState.ASKED, {"cancel", "reword"}),
        (BroadcastState.PLANNED, {"cancel", "reword"}),
        (BroadcastState.RUNNING, {"pause", "retry", "chase", "cancel", "reword", "withdraw"}),
        (BroadcastState.PAUSED, {"resume", "cancel", "reword", "withdraw"}),
        (BroadcastState.FINISHED, {"retry", "chase", "reword", "withdraw"}),
        (BroadcastState.CANCELLED, {"reword", "withdraw"}),
        (BroadcastState.WITHDRAWN, set()),
    ],
)
def test_an_action_is_possible_only_where_it_makes_sense(
    state: BroadcastState, actions: set[str]
) -> None:
    assert {action.value for action in Action if possible(action, state)} == actions


@pytest.mark.parametrize(
    ("confirmation", "common"),
    [("practice:12:3", "practice:12"), ("practice:12:1", "practice:12"), ("3f5c8a", "")],
)
def test_broadcasts_that_go_to_each_group_once_have_a_series(
    confirmation: str, common: str
) -> None:
    assert series(confirmation) == common
