"""Odd values: answers that a coordinator should look at before they go up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from domain.data_set import FIGURES, Answers, DataElement, DataSet, Rule

SPAN = 8
"""How many of the unit's last periods a value is held against."""
LEAST = 4
"""With fewer of them nothing can be called unusual."""
FAR = Decimal("3.5")
"""Spreads from the median; the bound of Iglewicz and Hoaglin, How to Detect Outliers (1993)."""
_NORMAL = Decimal("1.4826")
"""Times the median deviation is the standard deviation, where values spread normally."""


@dataclass(frozen=True, slots=True)
class Outside:
    """A value beyond what the element takes for right."""

    element: DataElement
    value: Decimal


@dataclass(frozen=True, slots=True)
class Unusual:
    """A value far from the unit's own: `usual` is its median."""

    element: DataElement
    value: Decimal
    usual: Decimal


Oddity = Outside | Unusual | Rule
"""A rule is one that the answers break."""

Past = Mapping[str, Sequence[Decimal]]
"""What the unit answered in its last periods, by element."""


def oddities(data_set: DataSet, answers: Answers, past: Past) -> list[Oddity]:
    """What is odd in a report: outside first, then broken rules, then unlike the unit's past."""
    numbers = [
        (element, value)
        for element in data_set.elements
        if element.type in FIGURES and isinstance(value := answers.get(element.id), Decimal)
    ]
    outside = [Outside(each, value) for each, value in numbers if not _within(each, value)]
    unusual = [
        Unusual(each, value, median(past[each.id]))
        for each, value in numbers
        if _within(each, value) and is_far(value, past.get(each.id, ()))
    ]
    return [*outside, *data_set.broken(answers), *unusual]


def _within(element: DataElement, value: Decimal) -> bool:
    return element.least <= value <= element.most


def is_far(value: Decimal, past: Sequence[Decimal]) -> bool:
    """Whether a value is far from past ones, measured so that one odd value of these hides nothing.

    The spread is taken for at least the square root of the median, by which counts of independent
    events spread: a team that reported 0 for weeks may well report 2.
    """
    if len(past) < LEAST:
        return False
    middle = median(past)
    deviation = median(abs(each - middle) for each in past)
    spread = max(_NORMAL * deviation, max(middle, Decimal(1)).sqrt())
    return abs(value - middle) > FAR * spread
