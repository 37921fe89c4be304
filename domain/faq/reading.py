"""A question as words that can be compared: folded, its short forms written out."""

import re
from collections.abc import Mapping
from functools import lru_cache

from domain.text import words

_LONGEST = 2000
"""Characters of a question that are read: more than any question, whatever is pasted after it."""

_FINAL_Y = re.compile(r"(?<=^[hklmstv])y$|(?<=^qu)y$")


class Abbreviations:
    """What people type short, and what it stands for: {"sđt": "số điện thoại", …}.

    Both sides are compared folded. Raises ValueError for two rows that fold to one short form and
    stand for different things, and for a row with an empty side.
    """

    def __init__(self, table: Mapping[str, str] | None = None) -> None:
        self._rows: dict[tuple[str, ...], list[str]] = {}
        for short, meaning in (table or {}).items():
            key, value = tuple(read_words(short)), read_words(meaning)
            if not key or not value:
                raise ValueError(f"{short!r}: {meaning!r} has an empty side")
            if self._rows.setdefault(key, value) != value:
                raise ValueError(f"{short!r} stands for {meaning!r} and for something else")
        self._longest = max(map(len, self._rows), default=0)

    def read(self, text: str) -> list[str]:
        """The folded words of a text with every short form written out, the longest row first."""
        typed = read_words(text)
        read: list[str] = []
        while typed:
            length, meaning = self._row(typed)
            read += meaning
            del typed[:length]
        return read

    def _row(self, typed: list[str]) -> tuple[int, list[str]]:
        for length in range(min(self._longest, len(typed)), 0, -1):
            meaning = self._rows.get(tuple(typed[:length]))
            if meaning:
                return length, meaning
        return 1, typed[:1]


def read_words(text: str) -> list[str]:
    """Folded words in which "kỹ" and "kĩ" are one."""
    return [_one_spelling(word) for word in words(text[:_LONGEST])]


# A word of many texts is kept once: an index of thousands of entries is read as a whole.
@lru_cache(maxsize=20_000)
def _one_spelling(word: str) -> str:
    return _FINAL_Y.sub("i", word)
