"""What a team hears at once of its own report: how it stands by its own past and its neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean, median

from domain.data_set import FIGURES, Answers, DataElement, DataSet, RollUp

FEWEST = 3
"""With fewer neighbours' reports their median would tell what a single one said."""

Numbers = Mapping[str, Sequence[Decimal]]
"""Numbers by element."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A number of a report; `usual` is the mean of the unit's last `periods` reports, None without
    any, `middle` the median of its neighbours, None where too few have reported.
    """

    element: DataElement
    value: Decimal
    periods: int
    usual: Decimal | None
    middle: Decimal | None


def standing(data_set: DataSet, answers: Answers, past: Numbers, near: Numbers) -> Standing | None:
    """How the largest number of a report stands; None when there is nothing to hold it against.

    The largest is what the team did most: what it heard of its work should be of that.
    """
    found = [
        _stands(element, value, past.get(element.id, ()), near.get(element.id, ()))
        for element in data_set.elements
        if element.type in FIGURES and element.roll_up is RollUp.SUM
        if isinstance(value := answers.get(element.id), Decimal) and value > 0
    ]
    told = [each for each in found if each.usual is not None or each.middle is not None]
    return max(told, key=lambda each: each.value, default=None)


def _stands(
    element: DataElement, value: Decimal, past: Sequence[Decimal], near: Sequence[Decimal]
) -> Standing:
    usual = _rounded(mean(past)) if past else None
    middle = _rounded(median(near)) if len(near) >= FEWEST else None
    return Standing(element, value, len(past), usual, middle)


def _rounded(number: Decimal) -> Decimal:
    """With one digit behind the point, or none where it is nought."""
    return Decimal(f"{number:.1f}".removesuffix(".0"))
