"""Which words stand beside each other, and which run of words some letters are short for."""

from collections import Counter, defaultdict
from itertools import pairwise
from math import inf

from domain.faq.vectors import Words


class Runs:
    """How often two words were seen side by side."""

    def __init__(self) -> None:
        self._seen: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)

    def learn(self, words: Words) -> None:
        """Take in one more text."""
        for first, second in pairwise(words):
            self._seen[first[0] + second[0]][first, second] += 1

    def count(self, first: str, second: str) -> int:
        """How often the second word followed the first; never where one of them is empty."""
        return self._seen.get(first[:1] + second[:1], Counter())[first, second]

    def begun_by(self, letters: str) -> list[str]:
        """The likeliest run of words that begin with these letters, or none.

        It is as likely as its rarest pair.
        """
        runs = {first: (inf, [first]) for first, _ in self._seen.get(letters[:2], ())}
        for initials in map("".join, pairwise(letters)):
            longer: dict[str, tuple[float, list[str]]] = {}
            for (before, word), seen in self._seen.get(initials, Counter()).items():
                if before in runs:
                    likely, run = runs[before]
                    one = min(likely, seen), [*run, word]
                    longer[word] = max(longer.get(word, one), one)
            runs = longer
        return max(runs.values())[1] if runs else []
