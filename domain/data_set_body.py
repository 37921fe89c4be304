"""The body of a data set, as its file and the database keep it: mappings, lists, texts, numbers."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields, replace
from datetime import time
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from domain.data_set import (
    Comparison,
    Condition,
    DataElement,
    DataSet,
    Option,
    RollUp,
    Rule,
    ValueType,
)
from domain.data_set_check import check
from domain.fault import Fault
from domain.period import PeriodType

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_OPTION_ID = re.compile(r"[A-Za-z0-9_.-]{1,40}")  # it travels in a button
_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_COMPARED = re.compile(r"([^<>=!]+?)\s*(<=|>=|!=|=|<|>)\s*([^<>=!]+)")

T = TypeVar("T")
Read = Callable[[object], T]


class BadBody(ValueError):
    """A body that is no data set; `faults` has all that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.why}" for fault in self.faults))


def read_body(body: object) -> DataSet:
    """The data set of a body; raises BadBody with everything that is wrong."""
    data_set = _typed(DataSet(**_DATA_SET(body)))
    if faults := list(check(data_set)):
        raise BadBody(faults)
    return data_set


def _typed(data_set: DataSet) -> DataSet:
    """With the values of conditions as their elements have them: an option may be called "1"."""
    numbers = {each.id for each in data_set.elements if each.is_number}
    elements = (
        replace(each, only_if=replace(each.only_if, value=str(each.only_if.value)))
        if each.only_if and each.only_if.element not in numbers
        else each
        for each in data_set.elements
    )
    return replace(data_set, elements=tuple(elements))


def write_body(part: Any) -> Any:
    """The body of a data set, without what is as it is by default; `read_body` reads it."""
    match part:
        case Decimal():
            return int(part) if part == part.to_integral_value() else str(part)
        case time():
            return part.isoformat("minutes")
        case StrEnum():
            return part.value
        case Condition():
            return f"{part.element} {part.comparison} {part.value}"
        case Rule():
            right = part.right if isinstance(part.right, Decimal) else " + ".join(part.right)
            rule = f"{' + '.join(part.left)} {part.comparison} {right}"
            return {"rule": rule, "message": part.message}
        case tuple():
            return [write_body(each) for each in part]
        case DataSet() | DataElement() | Option():
            given = ((key.name, getattr(part, key.name), key.default) for key in fields(part))
            return {name: write_body(value) for name, value, usual in given if value != usual}
        case _:
            return part


def _wrong(why: str, **values: object) -> BadBody:
    return BadBody([Fault((), why, values)])


def _mapping(keys: Mapping[str, Read[Any]], needed: Collection[str]) -> Read[dict[str, Any]]:
    """Reads a mapping that has these keys and no others."""

    def read(value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong("not_a_mapping", keys=", ".join(keys))
        faults = [_unknown(str(key), keys) for key in value if key not in keys]
        faults += [Fault((key,), "missing") for key in needed if key not in value]
        known = ((key, keys[key], each) for key, each in value.items() if key in keys)
        return dict(_collected(known, faults))

    return read


def _each(read: Read[T]) -> Read[tuple[T, ...]]:
    """Reads a list that is not empty."""

    def read_all(value: object) -> tuple[T, ...]:
        if not isinstance(value, list) or not value:
            raise _wrong("not_a_list")
        numbered = ((index, read, each) for index, each in enumerate(value))
        return tuple(found for _, found in _collected(numbered, []))

    return read_all


def _collected(
    parts: Iterable[tuple[int | str, Read[Any], object]], faults: list[Fault]
) -> list[tuple[Any, Any]]:
    found = []
    for key, read, value in parts:
        try:
            found.append((key, read(value)))
        except BadBody as bad:
            faults += (fault.under(key) for fault in bad.faults)
    if faults:
        raise BadBody(faults)
    return found


def _unknown(key: str, known: Collection[str]) -> Fault:
    near = get_close_matches(key, known, n=1)
    return Fault((key,), "unknown_key", {"near": near[0] if near else "", "keys": ", ".join(known)})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _wrong("not_text")
    if not value.strip():
        raise _wrong("empty")
    return " ".join(value.split())


def _id(value: object) -> str:
    text = _text(value)
    if not _ID.fullmatch(text):
        raise _wrong("not_an_id", text=text)
    return text


def _option_id(value: object) -> str:
    text = _text(value)
    if not _OPTION_ID.fullmatch(text):
        raise _wrong("not_an_option", text=text)
    return text


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise _wrong("not_a_number")
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise _wrong("not_a_number") from None


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong("not_whole")
    return value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong("not_a_switch")
    return value


def _hour(value: object) -> time:
    found = _HOUR.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _wrong("not_an_hour")  # without quotes YAML reads a number in base 60
    return time(int(found[1]), int(found[2]))


def _one_of(kind: type[StrEnum]) -> Read[Any]:
    def read(value: object) -> StrEnum:
        try:
            return kind(str(value))
        except ValueError:
            raise _wrong("none_of", text=value, known=", ".join(kind)) from None

    return read


def _value(value: object) -> Decimal | str:
    try:
        return _number(value)
    except BadBody:
        return _text(value)


def _condition(value: object) -> Condition:
    """`element >= 1`, or the same as a mapping."""
    if isinstance(value, dict):
        return Condition(**_CONDITION(value))
    found = _COMPARED.fullmatch(_text(value))
    if found is None:
        raise _wrong("not_a_condition", text=value)
    return Condition(_id(found[1]), Comparison(found[2]), _value(found[3]))


def _rule(value: object) -> Rule:
    """`{rule: "a + b <= c", message: …}`; on the right a number or elements."""
    row = _RULE(value)
    found = _COMPARED.fullmatch(row["rule"])
    if found is None:
        raise BadBody([Fault(("rule",), "not_a_rule", {"text": row["rule"]})])
    try:
        right: tuple[str, ...] | Decimal = Decimal(found[3])
    except InvalidOperation:
        right = _summed(found[3])
    return Rule(_summed(found[1]), Comparison(found[2]), right, row["message"])


def _summed(text: str) -> tuple[str, ...]:
    return tuple(_id(part.strip()) for part in text.split("+"))


def _texts(value: object) -> tuple[str, ...]:
    return _each(_text)([value] if isinstance(value, str) else value)


_CONDITION = _mapping(
    {"element": _id, "comparison": _one_of(Comparison), "value": _value},
    ("element", "comparison", "value"),
)
_RULE = _mapping({"rule": _text, "message": _text}, ("rule", "message"))
_OPTION = _mapping({"id": _option_id, "name": _text}, ("id", "name"))
_ELEMENT = _mapping(
    {
        "id": _id,
        "name": _text,
        "question": _text,
        "type": _one_of(ValueType),
        "help": _text,
        "least": _number,
        "most": _number,
        "optional": _switch,
        "options": _each(lambda value: Option(**_OPTION(value))),
        "only_if": _condition,
        "roll_up": _one_of(RollUp),
        "words": _texts,
        "counted": _texts,
    },
    ("id", "name", "question"),
)
_DATA_SET = _mapping(
    {
        "id": _id,
        "version": _whole,
        "name": _text,
        "levels": _texts,
        "period_type": _one_of(PeriodType),
        "due_day": _whole,
        "hour": _hour,
        "timely_days": _whole,
        "expiry_days": _whole,
        "elements": _each(lambda value: DataElement(**_ELEMENT(value))),
        "rules": _each(_rule),
    },
    ("id", "version", "name", "levels", "elements"),
)
