from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.period import Period, PeriodType

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
KINDS = st.sampled_from(PeriodType)


@pytest.mark.parametrize(
    ("kind", "day", "id_", "first", "last"),
    [
        (PeriodType.WEEK, date(2026, 11, 20), "2026W47", date(2026, 11, 16), date(2026, 11, 22)),
        (PeriodType.WEEK, date(2027, 1, 1), "2026W53", date(2026, 12, 28), date(2027, 1, 3)),
        (PeriodType.WEEK, date(2027, 1, 4), "2027W01", date(2027, 1, 4), date(2027, 1, 10)),
        (PeriodType.MONTH, date(2028, 2, 29), "202802", date(2028, 2, 1), date(2028, 2, 29)),
        (PeriodType.MONTH, date(2026, 12, 31), "202612", date(2026, 12, 1), date(2026, 12, 31)),
        (PeriodType.QUARTER, date(2026, 11, 20), "2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_day_lies_in_its_period(
    kind: PeriodType, day: date, id_: str, first: date, last: date
) -> None:
    period = Period.of(kind, day)
    assert (period.id, period.first, period.last) == (id_, first, last)


@given(KINDS, DAYS)
def test_periods_follow_on_each_other(kind: PeriodType, day: date) -> None:
    period = Period.of(kind, day)
    assert period.first <= day <= period.last
    assert period.next().previous() == period
    assert (period.next().first - period.last).days == 1
    assert Period.parse(period.id) == period
    assert period.previous() < period < period.next()


@pytest.mark.parametrize("text", [" 2026w7 ", "2026W07"])
def test_an_id_is_read_as_people_write_it(text: str) -> None:
    assert Period.parse(text).id == "2026W07"


@pytest.mark.parametrize(
    "text",
    ["", "mai", "2026W0", "2026W54", "2025W53", "202613", "202600", "2026Q5", "2026", "26W7"],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Period.parse(text or " ")
