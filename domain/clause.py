"""A sentence as clauses of words, numbers and names of data elements."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from domain.data_set import DataElement
from domain.faq.reading import Abbreviations
from domain.faq.spelling import Speller
from domain.number import Fault, Found, Number, find_numbers
from domain.text import fold, nfc

LINK = ":"
"""Stands for any sign that ties a name to its number: "VNeID: 5", "VNeID - 5", "VNeID = 5"."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name an element; more than one where they may mean either."""

    elements: frozenset[str]


@dataclass(frozen=True, slots=True)
class Count:
    """A number, or why it is none, as it was `said`."""

    number: Number | Fault
    said: str

    @property
    def value(self) -> Decimal | None:
        return self.number.value if isinstance(self.number, Number) else None

    @property
    def is_moment(self) -> bool:
        """Whether it may be a day or an hour: "16/11", "19h30"."""
        return _MOMENT.fullmatch(self.said.lower()) is not None


Item = str | Mention | Count


@dataclass(frozen=True, slots=True)
class Clause:
    """What stands between two signs; `end` is the second, a line end at the last."""

    items: tuple[Item, ...]
    end: str

    @property
    def words(self) -> str:
        """Its folded words outside of names and numbers, a space before and behind each."""
        kept = (each for each in self.items if isinstance(each, str) and each != LINK)
        return f" {' '.join(kept)} "

    @property
    def heard(self) -> str:
        """The same with its numbers in it, as they were said."""
        said = (fold(each.said) if isinstance(each, Count) else each for each in self.items)
        return f" {' '.join(each for each in said if isinstance(each, str) and each != LINK)} "


_SIGN = re.compile(r"(?P<end>[,;.!?\n/]+)|(?P<link>[:=|(+→]|[-–](?!\w)|(?<!\w)[-–])")
_ORDINAL = re.compile(
    r"^[^\S\n]*(?:\d{1,2}[.)/]|\d{1,2}\ufe0f?\u20e3|[a-zđ]\)|[-–+*•]|[IVX]+\.)(?!\d)[^\S\n]*(?=\D)",
    re.MULTILINE | re.IGNORECASE,
)
_SPOKEN_ORDINAL = re.compile(
    r"(?:^|(?<=[.;,:]\s))(?:một|hai|ba|bốn|năm|sáu|mot|bon|nam|sau)(?= (?:là|la)\b)",
    re.MULTILINE | re.IGNORECASE,
)
_INLINE_ORDINAL = re.compile(r"(?<!\S)(\d)[.)]\s*(?=[^\W\d])")
# "không gian mạng", "không dùng tiền mặt": no word of number.
_NOT_NONE = re.compile(
    r"\b(?:không|khong|ko|k)(?= (?:gian|(?:dùng |dung )?(?:tiền|tien) (?:mặt|mat))\b)",
    re.IGNORECASE,
)
_MOMENT = re.compile(r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{1,2}[h:]\d{0,2}")


class Glossary:
    """The words of a data set's elements, by which its numbers are told apart in a sentence."""

    def __init__(self, elements: Iterable[DataElement], abbreviations: Abbreviations) -> None:
        self._abbreviations = abbreviations
        self._speller = Speller([])
        self._names: dict[tuple[str, ...], frozenset[str]] = {}
        self.counted: dict[str, tuple[tuple[str, ...], ...]] = {}
        for element in elements:
            for phrase in map(_sounds, map(self._learn, element.words)):
                self._names[phrase] = self._names.get(phrase, frozenset()) | {element.id}
            self.counted[element.id] = tuple(map(self._learn, element.counted))
        self._longest = max(map(len, self._names), default=0)

    def clauses(self, sentence: str) -> list[Clause]:
        """The clauses of a sentence in their order."""
        text = _NOT_NONE.sub("phi", _without_ordinals(nfc(sentence)))
        clauses, items = [], list[Item]()
        for item, end in self._pieces(text):
            items += item
            if end:
                clauses.append(Clause(tuple(items), end))
                items = []
        return [each for each in (*clauses, Clause(tuple(items), "\n")) if each.items]

    def _pieces(self, text: str) -> Iterator[tuple[Sequence[Item], str]]:
        """Items and the sign that ends their clause, if one does."""
        place = 0
        for found in find_numbers(text):
            yield from self._signs(text[place : found.start])
            yield self._count(found, text), ""
            place = found.end
        yield from self._signs(text[place:])

    def _signs(self, text: str) -> Iterator[tuple[Sequence[Item], str]]:
        place = 0
        for sign in _SIGN.finditer(text):
            yield self._named(self._read(text[place : sign.start()])), ""
            yield ([LINK], "") if sign["link"] else ([], sign["end"][0])
            place = sign.end()
        yield self._named(self._read(text[place:])), ""

    def _count(self, found: Found, text: str) -> Sequence[Item]:
        """A number; behind a nought what there is none of, which stands inside of it."""
        said = text[found.start : found.end]
        count = Count(found.number, said)
        unit = found.number.unit if isinstance(found.number, Number) else ""
        if unit.startswith("%"):
            return [count, "%"]
        return [count, *self._named(self._read(unit))] if unit and unit in said else [count]

    def _named(self, read: list[str]) -> list[Item]:
        """The same words, names in them as mentions, the longest first."""
        items, place = list[Item](), 0
        while place < len(read):
            length = self._name_at(read, place)
            name = _sounds(read[place : place + length])
            items.append(Mention(self._names[name]) if length else read[place])
            place += length or 1
        return items

    def _name_at(self, read: list[str], place: int) -> int:
        for length in range(min(self._longest, len(read) - place), 0, -1):
            if _sounds(read[place : place + length]) in self._names:
                return length
        return 0

    def _learn(self, phrase: str) -> tuple[str, ...]:
        read = self._read(phrase)
        self._speller.learn(read)
        return tuple(read)

    def _read(self, text: str) -> list[str]:
        """The words written out, a slip mended, and none twice in a row ("mã mã QR")."""
        mended = self._speller.mend(self._abbreviations.read(_NOT_NONE.sub("phi", text)))
        return [word for word, _ in groupby(mended)]


def _sounds(name: Sequence[str]) -> tuple[str, ...]:
    """Words as many hear them: "xắm" for "sắm"."""
    return tuple(re.sub("^x", "s", word) for word in name)


def _without_ordinals(text: str) -> str:
    """The text without the numbers of a list: "1. …", "a) …", "1. … 2. … 3. …"."""
    text = _SPOKEN_ORDINAL.sub("", _ORDINAL.sub("", text))
    inline = list(_INLINE_ORDINAL.finditer(text))
    if [found[1] for found in inline] != list("123456789"[: len(inline)]) or len(inline) < 2:
        return text
    return _INLINE_ORDINAL.sub("", text)
