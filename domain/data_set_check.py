"""What is wrong with a data set whose parts are each as they should be."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from domain.data_set import Comparison, DataElement, DataSet, RollUp, Rule, ValueType
from domain.fault import Fault
from domain.period import PeriodType

LONGEST = {PeriodType.WEEK: 7, PeriodType.MONTH: 31, PeriodType.QUARTER: 92}
"""Days of a period."""

_EQUALITY = {Comparison.EQUAL, Comparison.NOT_EQUAL}
_OF_NUMBERS = {RollUp.MEAN, RollUp.LAST}


def check(data_set: DataSet) -> Iterator[Fault]:
    yield from _times(data_set)
    yield from _repeated("elements", (each.id for each in data_set.elements))
    for index, element in enumerate(data_set.elements):
        before = {each.id: each for each in data_set.elements[:index]}
        for fault in _element(element, before):
            yield fault.under("elements", index)
    numbers = {each.id for each in data_set.elements if each.is_number}
    for index, rule in enumerate(data_set.rules):
        for name in _named(rule):
            if name not in numbers:
                yield Fault(("rules", index, "rule"), "no_number_element", {"name": name})


def _times(data_set: DataSet) -> Iterator[Fault]:
    if data_set.version < 1:
        yield Fault(("version",), "below", {"least": 1})
    longest = LONGEST[data_set.period_type]
    if data_set.due_day == 0 or abs(data_set.due_day) > longest:
        yield Fault(("due_day",), "bad_due_day", {"longest": longest})
    if data_set.timely_days < 0:
        yield Fault(("timely_days",), "below", {"least": 0})
    if data_set.expiry_days and data_set.expiry_days < data_set.timely_days:
        yield Fault(("expiry_days",), "below", {"least": data_set.timely_days})


def _repeated(key: str, ids: Iterable[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, each in enumerate(ids):
        if each in seen:
            yield Fault((key, index, "id"), "repeated", {"id": each})
        seen.add(each)


def _element(element: DataElement, before: Mapping[str, DataElement]) -> Iterator[Fault]:
    if element.least > element.most:
        yield Fault(("most",), "below", {"least": element.least})
    if element.roll_up in _OF_NUMBERS and not element.is_number:
        yield Fault(("roll_up",), "not_for_text")
    yield from _repeated("options", (each.id for each in element.options))
    if (element.type is ValueType.CHOICE) != bool(element.options):
        yield Fault(("options",), "options_of_choice")
    yield from _condition(element, before)


def _condition(element: DataElement, before: Mapping[str, DataElement]) -> Iterator[Fault]:
    condition = element.only_if
    if condition is None:
        return
    other = before.get(condition.element)
    if other is None:
        yield Fault(("only_if",), "not_before", {"name": condition.element})
    elif other.is_number and not isinstance(condition.value, Decimal):
        yield Fault(("only_if",), "needs_number", {"text": condition.value})
    elif not other.is_number and condition.comparison not in _EQUALITY:
        yield Fault(("only_if",), "needs_equality", {"name": other.name})
    elif other.options and condition.value not in [each.id for each in other.options]:
        known = ", ".join(each.id for each in other.options)
        yield Fault(("only_if",), "none_of", {"text": condition.value, "known": known})


def _named(rule: Rule) -> tuple[str, ...]:
    return rule.left if isinstance(rule.right, Decimal) else rule.left + rule.right
