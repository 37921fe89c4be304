"""Answers: what people write, send or choose, as the value that a question takes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.data_set import DataElement, Option, Value, ValueType
from domain.number import NumberError, parse_number
from domain.place import NoPlace, read_place
from domain.text import fold

LONGEST_TEXT = 500

_YES = frozenset(
    {"co", "co roi", "da co", "roi", "dung", "dung roi", "phai", "vang", "u", "dong y", "yes", "ok"}
)
_NO = frozenset({"khong", "khong co", "chua", "chua co", "ko", "k", "hong", "khong phai", "no"})
_NOTHING = _NO | {f"{no}{what}" for no in _NO for what in (" gi", " gi ca", " co gi", " co gi ca")}
_NOT = frozenset({"khong", "ko", "k", "kg", "hong", "chua", "no"})
_KNOWING = "biet nho ro nua lam chac co gi dau het ca"
_BESIDE = "phai dung co can cau nao cac nay het ca gi y cai tren deu dau"
_REFUSING = _NOT.union(_BESIDE.split())
_UNSURE = _NOT.union(_KNOWING.split())
_PICKED = re.compile(
    r"(?:(?:da|vang|em|minh|chon|lay) )*"
    r"(?:(?:(?:cau|muc|y) )?(?:so )?(?P<number>\d+)|cau (?:thu )?(?P<in_words>\d+|[a-z ]+?))"
    r"(?: (?:a|ah|nhe|nha|tren|do))*"
)
_ORDINALS = {"mot": "1", "nhat": "1", "dau": "1", "dau tien": "1", "hai": "2", "ba": "3"}
_POLITE = frozenset({"da", "a", "ah", "nhe", "nha", "em", "minh", "to", "di", "luon"})
_ASSENT = frozenset({"ok", "oke", "okie", "vang", "u", "uh", "um", "duoc", "dc", "thi"})


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


def bare(text: str) -> str:
    """The folded words of a text but those of politeness."""
    return " ".join(word for word in fold(text).split() if word not in _POLITE)


def kernel(text: str) -> str:
    """The bare words of a text behind the assent that it begins with: "ok giữ nhé" is "giu"."""
    said = bare(text).split()
    while len(said) > 1 and said[0] in _ASSENT:
        said.pop(0)
    return " ".join(said)


def without_politeness(text: str) -> str:
    """A text without the words of politeness that it ends with: "3 nhé ạ" is "3"."""
    said = text.split()
    while said and fold(said[-1]) in _POLITE:
        said.pop()
    return " ".join(said)


def says_yes(text: str) -> bool:
    """Whether a text is no more than a yes: "dạ đúng rồi ạ"."""
    return bare(text) in _YES


def says_no(text: str) -> bool:
    """Whether a text is no more than a no to what was offered: "ko phải câu nào cả"."""
    rest = bare(text).split()
    return bool(_NOT.intersection(rest)) and _REFUSING.issuperset(rest)


def says_unsure(text: str) -> bool:
    """Whether a text is no more than that one does not know: "em không nhớ rõ ạ"."""
    said = bare(text).split()
    return bool(_NOT.intersection(said)) and _UNSURE.issuperset(said)


def picked_number(text: str) -> str:
    """The number in words that do no more than pick one: "5", "câu 5 ạ", "em chọn câu thứ hai"."""
    found = _PICKED.fullmatch(fold(text))
    number = found["number"] or found["in_words"] if found else ""
    number = _ORDINALS.get(number, number)
    return number if number.isdecimal() else ""


def says_nothing(text: str) -> bool:
    """Whether a text is no more than a no: "dạ không có gì ạ"."""
    return bare(text) in _NOTHING


def _yes_or_no(text: str) -> Decimal:
    if says_yes(text):
        return Decimal(1)
    if bare(text) in _NO:
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
