"""When people work, and what that makes of a due day and of a wait."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import example, given
from hypothesis import strategies as st

from domain.calendar import Calendar
from domain.data_set import DataElement, DataSet
from domain.period import Period, PeriodType

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
VIETNAM = Calendar(ZONE, country_holidays("VN"))
SWAPPED = Calendar(
    ZONE,
    country_holidays("VN"),
    off=frozenset({date(2026, 12, 18)}),
    worked=frozenset({date(2026, 12, 19), date(2027, 1, 1)}),
)
ELEMENT = DataElement("a", "A", "A?")


def weekly(due_day: int) -> DataSet:
    return DataSet("weekly", 1, "Báo cáo", ("village",), (ELEMENT,), due_day=due_day)


def monthly(due_day: int) -> DataSet:
    levels = ("village",)
    return DataSet("m", 1, "Tháng", levels, (ELEMENT,), PeriodType.MONTH, due_day=due_day)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-20", True),
        ("2026-11-21", False),
        ("2026-11-22", False),
        ("2026-02-16", False),  # the eve of Tết
        ("2026-02-20", False),
        ("2026-02-23", True),
        ("2026-04-27", False),  # for the Kings' day, which is a Sunday
        ("2027-01-01", False),
    ],
)
def test_the_country_s_holidays_and_weekends_are_free(day: str, works: bool) -> None:
    assert VIETNAM.works(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "works"), [(date(2026, 12, 18), False), (date(2026, 12, 19), True)]
)
def test_a_day_is_swapped_for_another(day: date, works: bool) -> None:
    assert SWAPPED.works(day) is works
    assert VIETNAM.works(day) is not works


@pytest.mark.parametrize(
    ("calendar", "data_set", "period", "day"),
    [
        (VIETNAM, weekly(5), "2026W47", "2026-11-20"),
        (VIETNAM, weekly(2), "2026W48", "2026-11-23"),  # the Tuesday is a holiday
        (VIETNAM, weekly(5), "2026W53", "2026-12-31"),
        (SWAPPED, weekly(5), "2026W53", "2027-01-01"),
        (VIETNAM, weekly(5), "2027W01", "2027-01-08"),
        (VIETNAM, weekly(6), "2026W47", "2026-11-21"),  # a Saturday is meant
        (SWAPPED, weekly(5), "2026W51", "2026-12-17"),
        (VIETNAM, weekly(5), "2026W08", "2026-02-23"),  # Tết from Monday to Friday
        (VIETNAM, weekly(5), "2027W05", "2027-02-03"),  # Tết from Thursday on
        (VIETNAM, monthly(-1), "202611", "2026-11-30"),
        (VIETNAM, monthly(-1), "202610", "2026-10-30"),  # the 31st is a Saturday
        (VIETNAM, monthly(1), "202611", "2026-11-02"),  # the 1st is a Sunday, and the first day
    ],
)
def test_teams_are_asked_on_a_working_day(
    calendar: Calendar, data_set: DataSet, period: str, day: str
) -> None:
    assert calendar.ask_on(data_set, Period.parse(period)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("data_set", "period", "day"),
    [
        (weekly(5), "2026W47", "2026-11-23"),
        (weekly(5), "2026W53", "2027-01-04"),
        (weekly(5), "2026W07", "2026-02-23"),  # the Monday is the eve of Tết
        (weekly(5), "2026W08", "2026-03-02"),  # asked for on the Monday after its end
        (monthly(-1), "202611", "2026-12-07"),
        (monthly(-1), "202610", "2026-11-02"),
    ],
)
def test_sums_are_told_on_the_monday_after(data_set: DataSet, period: str, day: str) -> None:
    told = VIETNAM.digest_at(data_set, Period.parse(period), time(8))
    assert told == datetime.combine(date.fromisoformat(day), time(8), ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("begin", "hours", "end"),
    [
        ("2026-11-18 16:00", 24, "2026-11-19 16:00"),
        ("2026-11-20 16:00", 7, "2026-11-20 23:00"),
        ("2026-11-20 16:00", 8, "2026-11-23 00:00"),
        ("2026-11-20 16:00", 24, "2026-11-23 16:00"),
        ("2026-11-21 10:00", 1, "2026-11-23 01:00"),
        ("2026-02-13 16:00", 24, "2026-02-23 16:00"),  # over Tết
        ("2026-11-21 10:00", 0, "2026-11-23 00:00"),
    ],
)
def test_days_off_do_not_count(begin: str, hours: int, end: str) -> None:
    assert VIETNAM.later(at(begin), timedelta(hours=hours)) == at(end)


MOMENTS = st.datetimes(
    datetime(2026, 1, 20),  # noqa: DTZ001 - the zone is given below
    datetime(2026, 3, 20),  # noqa: DTZ001
    timezones=st.just(ZONE),
)
SPANS = st.integers(0, 200).map(lambda hours: timedelta(hours=hours))


SATURDAY = datetime(2026, 2, 14, tzinfo=ZONE)


@given(begin=MOMENTS, now=MOMENTS, span=SPANS)
@example(begin=SATURDAY - timedelta(days=5), now=SATURDAY, span=timedelta(days=5))
@example(begin=SATURDAY, now=SATURDAY + timedelta(hours=9), span=timedelta())
def test_earlier_is_the_last_moment_from_which_the_span_is_over(
    begin: datetime, now: datetime, span: timedelta
) -> None:
    over = VIETNAM.later(begin, span) <= now
    assert over is (begin <= VIETNAM.earlier(now, span))
