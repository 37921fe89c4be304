"""Diacritics put back into what was typed without them, as the FAQ itself would write them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import log

from domain.faq.reading import read_words
from domain.text import has_diacritics, nfc

_WORD = re.compile(r"[^\W_]+")
_WEIGHT_OF_ONE = 0.5
"""How many sightings of a pair of words weigh as much as those of the second word alone."""

_START = ""


def marked_words(text: str) -> list[str]:
    """The words of a text in lower case, their marks kept."""
    return _WORD.findall(nfc(text).lower())


def typed_marks(text: str) -> Mapping[str, str]:
    """How the words of a text were typed, by their folded form; empty for one without any mark.

    Who sets marks at all means the words without one to have none.
    """
    if not has_diacritics(text):
        return {}
    return {folded: word for word in marked_words(text) for folded in read_words(word)}


class Restorer:
    """Knows how folded words are written with marks, from texts that have them.

    The likeliest writing of a whole question is found by pairs of neighbouring words (Viterbi).
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._seen: Counter[str] = Counter()
        self._sightings = 0
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._written: defaultdict[str, set[str]] = defaultdict(set)
        for text in texts:
            self.learn(text)

    def learn(self, text: str) -> None:
        """Take in one more text; one without any mark teaches nothing."""
        if not has_diacritics(text):
            return
        words = marked_words(text)
        self._seen.update([_START, *words])
        self._sightings += 1 + len(words)
        self._pairs.update(pairwise([_START, *words]))
        for word in words:
            for folded in read_words(word):
                self._written[folded].add(word)

    def restore(self, folded: Sequence[str], typed: Mapping[str, str]) -> list[str]:
        """The words as they are written; those typed with marks stay, unknown ones too."""
        paths: dict[str, tuple[float, list[str]]] = {_START: (0.0, [])}
        for word in folded:
            paths = {
                written: max(
                    (score + self._likely(before, written), [*path, written])
                    for before, (score, path) in paths.items()
                )
                for written in self._writings(word, typed)
            }
        return max(paths.values())[1]

    def _writings(self, word: str, typed: Mapping[str, str]) -> Iterable[str]:
        if word in typed:
            return (typed[word],)
        return sorted(self._written.get(word, ())) or (word,)

    def _likely(self, before: str, word: str) -> float:
        alone = (self._seen[word] + 0.1) / (self._sightings + 1)
        pair = self._pairs[before, word] + _WEIGHT_OF_ONE * alone
        return log(pair / (self._seen[before] + _WEIGHT_OF_ONE))
