"""One slip of the finger in a question, mended with the words that the FAQ knows."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ONSET = "(?:ngh|ng|nh|ch|tr|th|ph|kh|gh|gi|qu|[bcdghklmnprstvx])?"
_RIME = """(?:
    a(?:ng|nh|ch|[nmptciuoy])? | e(?:ng|nh|ch|[nmptcou])? | i(?:ng|nh|ch|[nmptcua])?
    | o(?:ng|[nmptcio])? | u(?:ng|[nmptcaiu])? | y(?:nh|ch)? | ie(?:ng|[nmptcu]) | ye(?:ng|[nmtu])
    | oa(?:ng|nh|ch|[nmtcpiyo])? | oe[not]? | oo(?:ng|c) | ua(?:ng|[ntyi])? | ue(?:nh|ch)?
    | uo(?:ng|[nmtciu])? | uy(?:nh|ch|[nutpa])? | uye[nt])"""
_SYLLABLE = re.compile(_ONSET + _RIME, re.VERBOSE)


class Speller:
    """Mends words that are no Vietnamese syllable and stand nowhere in the FAQ.

    A word is mended when a known one is a letter more, less, swapped or other away (a Telex mark
    left over is such a letter), or when it is two known words typed as one.
    """

    def __init__(self, wordings: Iterable[list[str]]) -> None:
        self._known: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        for wording in wordings:
            self.learn(wording)

    def learn(self, wording: list[str]) -> None:
        """Counts the words of one wording as known."""
        self._known.update(wording)
        self._pairs.update(pairwise(wording))

    def mend(self, asked: list[str]) -> list[str]:
        """The words asked, each unknown one replaced where a known one is a slip away."""
        mended: list[str] = []
        for word, following in zip(asked, [*asked, ""][1:], strict=True):
            if self._is_slip(word):
                mended += self._nearest(word, mended[-1] if mended else "", following)
            else:
                mended.append(word)
        return mended

    def _is_slip(self, word: str) -> bool:
        typed = 3 <= len(word) <= 14 and word.isascii() and word.isalpha()
        return typed and word not in self._known and not _SYLLABLE.fullmatch(word)

    def _nearest(self, word: str, before: str, after: str) -> list[str]:
        for cut in range(2, len(word) - 1):
            if (word[:cut], word[cut:]) in self._pairs:
                return [word[:cut], word[cut:]]
        near = [slip for slip in _slips(word) if slip in self._known]

        def fitness(known: str) -> tuple[int, int, str]:
            pairs = ((before, known) in self._pairs) + ((known, after) in self._pairs)
            return pairs, self._known[known], known

        return [max(near, key=fitness, default=word)]


def _slips(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail[1:]
            yield head + letter + tail
