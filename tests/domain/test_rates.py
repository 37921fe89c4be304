from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from domain.data_set import DataElement, DataSet, RollUp
from domain.period import Period, PeriodType
from domain.rates import Part, Rate, Tally, percent, ranked, surveys_in, whole
from domain.units import Unit

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKLY = DataSet("weekly", 1, "Báo cáo", ("village",), (DataElement("a", "A", "?"),))


def test_nothing_expected_is_no_share() -> None:
    assert Rate().share == Rate().timely_share == 0


@pytest.mark.parametrize(
    ("rate", "shown"), [(Rate(3, 2), 66), (Rate(200, 199), 99), (Rate(2, 2), 100)]
)
def test_only_all_is_a_hundred_percent(rate: Rate, shown: int) -> None:
    assert percent(rate.share) == shown


def test_rates_and_answers_of_parts_add_up() -> None:
    first = Part(Rate(2, 1, 1, 0), {"a": Tally(Decimal(3), 1)})
    second = Part(Rate(3, 3, 2, 1), {"a": Tally(Decimal(4), 2), "b": Tally(Decimal(1), 1)})
    together = Part(Rate(5, 4, 3, 1), {"a": Tally(Decimal(7), 3), "b": Tally(Decimal(1), 1)})
    assert whole([first, second]) == together
    assert together.rate.missing == 1


@pytest.mark.parametrize(
    ("roll_up", "value"),
    [
        (RollUp.SUM, Decimal(10)),
        (RollUp.LAST, Decimal(10)),
        (RollUp.MEAN, Decimal("3.33")),
        (RollUp.COUNT, Decimal(3)),
    ],
)
def test_each_way_of_rolling_up(roll_up: RollUp, value: Decimal) -> None:
    assert Tally(Decimal(10), 3).value(roll_up) == value


def test_the_mean_of_nothing_is_no_fault() -> None:
    assert Tally().value(RollUp.MEAN) == 0


def test_units_that_stand_alike_share_a_place() -> None:
    rates = {"A": Rate(4, 2, 2), "B": Rate(2, 2, 0), "C": Rate(2, 2, 2), "D": Rate(2, 1, 1)}
    units = [(Unit(n, code, code, "commune"), rates[code]) for n, code in enumerate(rates)]
    places = [(place, unit.code) for place, unit, _ in ranked(units)]
    assert places == [(1, "C"), (2, "B"), (3, "A"), (3, "D")]


@pytest.mark.parametrize(
    ("span", "first", "last", "count"),
    [
        ("202611", "2026W45", "2026W48", 4),
        ("202610", "2026W40", "2026W44", 5),
        ("202701", "2026W53", "2027W04", 5),
        ("2026Q4", "2026W40", "2026W52", 13),
        ("2026W53", "2026W53", "2026W53", 1),
    ],
)
def test_a_week_belongs_where_it_is_due(span: str, first: str, last: str, count: int) -> None:
    found = [survey.period.id for survey in surveys_in(WEEKLY, Period.parse(span), ZONE)]
    assert (found[0], found[-1], len(found)) == (first, last, count)


def test_every_week_belongs_to_one_month() -> None:
    months = [Period(PeriodType.MONTH, 2026, number) for number in range(1, 13)]
    weeks = [survey.period for month in months for survey in surveys_in(WEEKLY, month, ZONE)]
    assert len(weeks) == len(set(weeks)) == 52
    assert weeks == sorted(weeks)
