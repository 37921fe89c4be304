"""How a report stands by the unit's own past and its neighbours."""

from decimal import Decimal

import pytest

from domain.data_set import Answers, DataElement, DataSet, RollUp, ValueType
from domain.feedback import standing

DATA_SET = DataSet(
    "weekly",
    1,
    "Báo cáo",
    ("village",),
    (
        DataElement("people", "Người", "?"),
        DataElement("frauds", "Vụ", "?"),
        DataElement("members", "Thành viên", "?", roll_up=RollUp.LAST),
        DataElement("words", "Lời", "?", ValueType.TEXT),
    ),
)


def numbers(*values: int) -> list[Decimal]:
    return [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("past", "near", "told"),
    [
        ([9, 9, 9, 9], [8, 7, 30], (4, "9", "8")),
        ([9, 10], [8, 9, 7, 30], (2, "9.5", "8.5")),
        ([10], [8, 9], (1, "10", None)),
        ([], [8, 9, 10], (0, None, "9")),
    ],
)
def test_the_largest_number_is_held_against_the_past_and_the_neighbours(
    past: list[int], near: list[int], told: tuple[int, str | None, str | None]
) -> None:
    answers: Answers = {
        "people": Decimal(12),
        "frauds": Decimal(1),
        "members": Decimal(50),
        "words": "tốt",
    }
    found = standing(
        DATA_SET,
        answers,
        {"people": numbers(*past), "frauds": numbers(7, 7), "members": numbers(5)},
        {"people": numbers(*near), "members": numbers(5, 5, 5)},
    )
    assert found is not None
    assert found.element.id == "people"
    periods, usual, middle = told
    assert found.periods == periods
    assert found.usual == (None if usual is None else Decimal(usual))
    assert found.middle == (None if middle is None else Decimal(middle))


@pytest.mark.parametrize("answers", [{}, {"people": Decimal(0)}, {"words": "tốt"}])
def test_a_report_without_numbers_has_no_standing(answers: dict[str, Decimal | str]) -> None:
    assert standing(DATA_SET, answers, {"people": numbers(1)}, {}) is None


def test_the_first_report_without_neighbours_has_no_standing() -> None:
    assert standing(DATA_SET, {"people": Decimal(3)}, {}, {"people": numbers(1, 2)}) is None
