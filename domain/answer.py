"""Answers: what people write, send or choose, as the value that a question takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.data_set import DataElement, Option, Value, ValueType
from domain.number import NumberError, parse_number
from domain.place import NoPlace, read_place
from domain.text import fold

LONGEST_TEXT = 500

_YES = frozenset({"co", "co roi", "da co", "roi", "dung", "dung roi", "vang", "yes", "ok"})
_NO = frozenset({"khong", "khong co", "chua", "chua co", "ko", "k", "hong", "khong phai", "no"})
_POLITE = frozenset({"da", "a", "ah", "nhe", "nha", "em", "minh", "to"})


class BadValue(Exception):
    """An answer that a question cannot take; `why` is the key of a sentence about it."""

    def __init__(self, why: str, **values: Any) -> None:
        super().__init__(why)
        self.why = why
        self.values = values


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that is an answer, with what was written under it."""

    file_id: int
    caption: str = ""

    @classmethod
    def of(cls, value: str) -> "Photo":
        file_id, _, caption = value.partition(" ")
        return cls(int(file_id), caption)

    @property
    def value(self) -> str:
        return f"{self.file_id} {self.caption}".strip()


def read_value(text: str, element: DataElement) -> Value:
    """The value in what somebody wrote; raises BadValue."""
    match element.type:
        case ValueType.WHOLE | ValueType.DECIMAL:
            return _number(text, element)
        case ValueType.YES_NO:
            return _yes_or_no(text)
        case ValueType.CHOICE:
            return _option(text, element.options).id
        case ValueType.PLACE:
            return _place(text)
        case ValueType.PHOTO:
            raise BadValue("photo_please")
        case ValueType.TEXT:
            if not text or len(text) > LONGEST_TEXT:
                raise BadValue("text_length", limit=LONGEST_TEXT)
            return text


def _number(text: str, element: DataElement) -> Decimal:
    try:
        return bounded(parse_number(text).value, element)
    except NumberError as bad:
        raise BadValue(bad.fault) from bad


def bounded(value: Decimal, element: DataElement) -> Decimal:
    """The number, if it can be an answer to that question; raises BadValue."""
    if element.type is ValueType.WHOLE and value != value.to_integral_value():
        raise BadValue("not_whole")
    if value > element.most:
        raise BadValue("too_big", most=element.most)
    if value < element.least:
        raise BadValue("too_small", least=element.least)
    return value


def _yes_or_no(text: str) -> Decimal:
    words = [word for word in fold(text).split() if word not in _POLITE]
    plain = " ".join(words)
    if plain in _YES:
        return Decimal(1)
    if plain in _NO:
        return Decimal(0)
    raise BadValue("yes_or_no")


def _option(text: str, options: Sequence[Option]) -> Option:
    """The option that is meant: by its name or id, or by words that only its name has."""
    plain = fold(text)
    for option in options:
        if plain in (fold(option.name), fold(option.id)):
            return option
    near = [option for option in options if plain and f" {plain} " in f" {fold(option.name)} "]
    if len(near) != 1:
        raise BadValue("which_option", options=[option.name for option in options])
    return near[0]


def _place(text: str) -> str:
    try:
        return read_place(text)
    except NoPlace:
        raise BadValue("place_please") from None
