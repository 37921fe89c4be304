"""The part of XLSForm's expressions that a data set can say: one comparison, bounds, sums."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

_NAME = r"\$\{\s*([\w.-]+)\s*\}"
_VALUE = r"(?:'([^']*)'|\"([^\"]*)\"|(-?\d+(?:\.\d+)?))"
_COMPARED = re.compile(rf"{_NAME}\s*(<=|>=|!=|=|<|>)\s*{_VALUE}")
_SELECTED = re.compile(rf"selected\(\s*{_NAME}\s*,\s*['\"]([^'\"]*)['\"]\s*\)")
_BOUND = re.compile(r"\.\s*(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)")
_BESIDE = re.compile(rf"\.\s*(<=|>=|!=|=|<|>)\s*({_NAME}(?:\s*\+\s*{_NAME})*)")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


class Inexpressible(ValueError):
    """An expression that says more than a data set can."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a form's questions are called in the data set, and the values of yes and no.

    `answers` are the new names of the options of each question that has any, by their old ones.
    """

    ids: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]]

    def id(self, name: str) -> str:
        if name not in self.ids:
            raise Inexpressible(name)
        return self.ids[name]

    def value(self, name: str, value: str) -> str:
        return self.answers.get(name, {}).get(value, value)


def condition(text: str, names: Names) -> str:
    """`${homes} >= 1`, `${held} = 'hall'` or `selected(…)` as a data set writes it."""
    if found := _SELECTED.fullmatch(text.strip()):
        return f"{names.id(found[1])} = {names.value(found[1], found[2])}"
    found = _COMPARED.fullmatch(text.strip())
    if found is None:
        raise Inexpressible(text)
    value = next(part for part in found.groups()[2:] if part is not None)
    return f"{names.id(found[1])} {found[2]} {names.value(found[1], value)}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a constraint demands: bounds of the number, and rules beside other questions."""

    bounds: Mapping[str, Decimal]
    rules: tuple[str, ...]


def constraint(text: str, element: str, names: Names, *, whole: bool) -> Limits:
    """`. >= 0 and . <= ${homes}` as bounds and rules."""
    bounds, rules = dict[str, Decimal](), list[str]()
    for part in _AND.split(text.strip().strip("()")):
        if found := _BOUND.fullmatch(part.strip(" ()")):
            key, value = _bound(found[1], Decimal(found[2]), whole)
            bounds[key] = value
        elif found := _BESIDE.fullmatch(part.strip(" ()")):
            others = " + ".join(_ids(found[2], names))
            rules.append(f"{element} {found[1]} {others}")
        else:
            raise Inexpressible(part)
    return Limits(bounds, tuple(rules))


def _ids(text: str, names: Names) -> Iterator[str]:
    return (names.id(name) for name in re.findall(_NAME, text))


def _bound(sign: str, value: Decimal, whole: bool) -> tuple[str, Decimal]:
    """A bound that is itself allowed; among decimals there is no number next to another."""
    if sign in ("<", ">") and not whole:
        raise Inexpressible(sign)
    match sign:
        case ">=":
            return "least", value
        case ">":
            return "least", value + 1
        case "<=":
            return "most", value
        case _:
            return "most", value - 1
