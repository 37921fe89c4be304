"""Finding a document: what the words that somebody typed have to do with it.

All words are compared folded, so with or without diacritics and punctuation. A number is found
by its beginning: "793 bttt" finds 793/BTTTT-THH, and so does "793bttt".
"""

import re
from collections.abc import Sequence
from enum import IntEnum

from domain.text import fold, shorten, words

FILLERS = frozenset(
    fold(word)
    for word in ("về", "của", "tìm", "kiếm", "xem", "cho", "các", "những", "nào", "ở", "trong")
) | {"cong van", "van ban"}
"""What people write around the words that they mean."""

_FILLER = re.compile(rf"\b(?:{'|'.join(sorted(FILLERS, key=len, reverse=True))})\b")
_BEFORE_NUMBER = re.compile(r"\bso (?=\d)")
_MOST = 12
"""Words that are looked for: more only make a search slow."""


class Match(IntEnum):
    """How well a document's own description fits, the best first."""

    NUMBER = 1
    PHRASE = 2
    WORDS = 3


def wanted(text: str) -> list[str]:
    """The folded words that somebody looks for: "văn bản số 793 về tổ" gives 793, to."""
    return _FILLER.sub(" ", _BEFORE_NUMBER.sub("", fold(text))).split()[:_MOST]


def searched(number: str, issuer: str, summary: str, topic: str) -> str:
    """What `wanted` words are looked for in, each after a space."""
    return f" {fold(f'{number} {issuer} {summary} {topic}')} {_squeezed(number)} "


def folded_page(text: str) -> str:
    """A page as words are looked for in it, each between two spaces."""
    return f" {fold(text)} "


def match(number: str, folded: str, sought: Sequence[str]) -> Match | None:
    """How the sought words fit a document with that number, `searched` as `folded`."""
    hits = [_is_of_number(number, word) for word in sought]
    if not all(hit or f" {word} " in folded for hit, word in zip(hits, sought, strict=True)):
        return None
    if any(hit and word[0].isdigit() for hit, word in zip(hits, sought, strict=True)):
        return Match.NUMBER
    return Match.PHRASE if f" {' '.join(sought)} " in folded else Match.WORDS


def _is_of_number(number: str, word: str) -> bool:
    """Whether a word begins a word of the number; digits only as a whole."""
    return any(_begins(each, word) for each in (*words(number), _squeezed(number)))


def _begins(whole: str, word: str) -> bool:
    after = whole[len(word) : len(word) + 1]
    return whole.startswith(word) and not (word[-1].isdigit() and after.isdigit())


def _squeezed(number: str) -> str:
    return fold(number).replace(" ", "")


def passage(text: str, sought: Sequence[str], most: int = 160) -> str:
    """The place of a page where the sought words stand, in at most `most` characters."""
    shown = text.split()
    known = [(word, place) for place, token in enumerate(shown) for word in words(token)]
    plain = [word for word, _ in known]
    ends = range(len(plain) - len(sought) + 1)
    whole = (i for i in ends if plain[i : i + len(sought)] == list(sought))
    one = (i for i, word in enumerate(plain) if word in sought)
    found = next(whole, next(one, 0))
    begin = max(known[found][1] - 5, 0) if known else 0
    return ("… " if begin else "") + shorten(" ".join(shown[begin:]), most)
