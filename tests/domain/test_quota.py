from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from domain.quota import Shortfall, month_of, shortfalls


def test_only_an_account_whose_quota_is_too_small_falls_short() -> None:
    quotas = {"a": 2000, "b": 100, "c": 100}
    used = {"a": 1880, "b": 100}
    needed = {"c": 100, "b": 1, "a": 1745, "free": 10**6}
    assert shortfalls(quotas, used, needed) == [Shortfall("a", 120, 1745), Shortfall("b", 0, 1)]


def test_what_was_sent_above_the_quota_leaves_nothing() -> None:
    assert shortfalls({"a": 10}, {"a": 15}, {"a": 1}) == [Shortfall("a", 0, 1)]


def test_a_month_begins_at_local_midnight() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    still_october = datetime(2026, 10, 31, 16, 59, tzinfo=UTC)
    november = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)
    assert month_of(still_october, zone) == date(2026, 10, 1)
    assert month_of(november, zone) == date(2026, 11, 1)
