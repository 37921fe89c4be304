"""A slip of the finger or a short form in a question, mended with the words that the FAQ knows."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from domain.faq.runs import Runs
from domain.faq.vectors import Words

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ONSET = "(?:ngh|ng|nh|ch|tr|th|ph|kh|gh|gi|qu|[bcdghklmnprstvx])?"
_RIME = """(?:
    a(?:ng|nh|ch|[nmptciuoy])? | e(?:ng|nh|ch|[nmptcou])? | i(?:ng|nh|ch|[nmptcua])?
    | o(?:ng|[nmptcio])? | u(?:ng|[nmptcaiu])? | y(?:nh|ch)? | ie(?:ng|[nmptcu]) | ye(?:ng|[nmtu])
    | oa(?:ng|nh|ch|[nmtcpiyo])? | oe[not]? | oo(?:ng|c) | ua(?:ng|[ntyi])? | ue(?:nh|ch)?
    | uo(?:ng|[nmtciu])? | uy(?:nh|ch|[nutpa])? | uye[nt])"""
_INITIALS = re.compile("[^aeiouy]{4,}")
_SYLLABLE = re.compile(_ONSET + _RIME, re.VERBOSE)


class Speller:
    """Mends words that stand nowhere in the FAQ.

    A known word that is a letter more, less, swapped or other away takes the place of one that is
    no Vietnamese syllable (a Telex mark left over is such a letter), and of one that is where it
    is known beside the same neighbour. Two words typed as one are parted. Consonants that begin
    the words of a known run are written out: "hddt" as "hoa don dien tu".
    """

    def __init__(self, wordings: Iterable[Words], answers: Iterable[Words] = ()) -> None:
        self._known: Counter[str] = Counter()
        self._runs = Runs()
        for answer in answers:
            self.know(answer)
        for wording in wordings:
            self.learn(wording)

    def learn(self, wording: Words) -> None:
        """Takes the words of one wording, and their order, as right."""
        self.know(wording)
        self._runs.learn(wording)

    def know(self, words: Words) -> None:
        """Takes words as right."""
        self._known.update(words)

    def mend(self, asked: Words) -> list[str]:
        """The words asked, those unknown replaced by what they are meant to be."""
        mended: list[str] = []
        for word, following in zip(asked, [*asked, ""][1:], strict=True):
            if self._is_strange(word):
                mended += self._meant(word, mended[-1] if mended else "", following)
            else:
                mended.append(word)
        return mended

    def _is_strange(self, word: str) -> bool:
        typed = 2 <= len(word) <= 14 and word.isascii() and word.isalpha()
        return typed and word not in self._known

    def _meant(self, word: str, before: str, after: str) -> list[str]:
        if _SYLLABLE.fullmatch(word):
            return [self._nearest(word, before, after, sides=1) or word]
        for cut in range(2, len(word) - 1):
            if self._runs.count(word[:cut], word[cut:]):
                return [word[:cut], word[cut:]]
        nearest = self._nearest(word, before, after, sides=0)
        if nearest or not _INITIALS.fullmatch(word):
            return [nearest or word]
        return self._runs.begun_by(word) or [word]

    def _nearest(self, word: str, before: str, after: str, sides: int) -> str:
        """The likeliest of the words a slip away known on so many sides; empty without one."""

        def fitness(known: str) -> tuple[int, int, int, str]:
            beside = self._runs.count(before, known), self._runs.count(known, after)
            return sum(map(bool, beside)), sum(beside), self._known[known], known

        near = (fitness(slip) for slip in _slips(word) if slip in self._known)
        return max((fit for fit in near if fit[0] >= sides), default=(0, 0, 0, ""))[-1]


def _slips(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail[1:]
            yield head + letter + tail
