"""Wordings as weighted sets of features, compared by cosine."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Floats = NDArray[np.float64]
Words = Sequence[str]
Features = Callable[[Words], Collection[str]]


class Field:
    """One kind of feature of all wordings; a wording is known by its row, 0, 1, 2….

    A feature weighs the more the fewer entries use it, in a row or in the one text that each may
    have `beside` them. The weights are those of the entries given at first; a feature that comes
    later weighs as the rarest.
    """

    def __init__(
        self, entries: Sequence[Sequence[Words]], features: Features, beside: Sequence[Words] = ()
    ) -> None:
        self._features = features
        used = Counter(
            feature
            for rows, text in zip(entries, beside or [()] * len(entries), strict=True)
            for feature in set().union(*map(features, [*rows, text]))
        )
        self._ids = {feature: number for number, feature in enumerate(used)}
        among = np.fromiter(used.values(), dtype=np.float64, count=len(used))
        self._rarest = float(np.log(1 + len(entries))) + 1
        self._squares: Floats = (self._rarest - np.log(1 + among)) ** 2
        self._vectors = [self.ids(features(row)) for rows in entries for row in rows]
        self._lengths: Floats = np.array([self._length(vector) for vector in self._vectors])

    def ids(self, features: Iterable[str]) -> Ids:
        """The numbers of the features that are known, each once."""
        known = {self._ids[feature] for feature in features if feature in self._ids}
        return np.fromiter(known, dtype=np.int32, count=len(known))

    def learn(self, words: Words) -> Ids:
        """The features of a text that is no row, from now on known."""
        features = self._features(words)
        new = [feature for feature in set(features) if feature not in self._ids]
        if new:
            self._ids |= {feature: len(self._ids) + at for at, feature in enumerate(new)}
            self._squares = np.append(self._squares, np.full(len(new), self._rarest**2))
        return self.ids(features)

    def add(self, words: Words) -> None:
        """A new row."""
        self._vectors.append(self.learn(words))
        self._lengths = np.append(self._lengths, self._length(self._vectors[-1]))

    def hide(self, row: int) -> None:
        """Makes a row unlike everything."""
        self._lengths[row] = np.inf

    def cosines(self, readings: Sequence[Words], rows: Sequence[int]) -> Floats:
        """How like each of some rows a text is by the features that are known, 0..1.

        Of a text that may be read in several ways it is the mean of them.
        """
        weights = np.zeros(len(self._squares))
        for words in readings:
            asked = self.ids(self._features(words))
            weights[asked] += self._squares[asked] / (self._length(asked) * len(readings))
        return self._sums(weights, [self._vectors[row] for row in rows]) / self._lengths[rows]

    def crowd(self, rows: Sequence[int]) -> float:
        """The length of some rows' sum, each taken with length 1: 1 row has 1, 4 alike have 4."""
        ids = np.concatenate([self._vectors[row] for row in rows])
        shares = [np.sqrt(self._squares[self._vectors[row]]) / self._lengths[row] for row in rows]
        _, places = np.unique(ids, return_inverse=True)
        return float(np.linalg.norm(np.bincount(places, np.concatenate(shares)))) or np.inf

    def shares(self, words: Words, vectors: Sequence[Ids]) -> Floats:
        """How much of a text's known features each of some vectors holds, 0..1."""
        asked, weights = self.ids(self._features(words)), np.zeros(len(self._squares))
        weights[asked] = self._squares[asked]
        return self._sums(weights, vectors) / max(float(weights.sum()), 1.0)

    def together(self, rows: Sequence[int], more: Ids) -> Ids:
        """The features of some rows and some more, each once."""
        return np.unique(np.concatenate([more, *(self._vectors[row] for row in rows)]))

    def known_share(self, words: Words) -> float:
        """How much of the weight of a text's features the entries know, 0..1."""
        features = set(self._features(words))
        ids = self.ids(features)
        known = float(self._squares[ids].sum())
        unknown = (len(features) - len(ids)) * self._rarest**2
        return known / (known + unknown) if ids.size or unknown else 0.0

    def _sums(self, weights: Floats, vectors: Sequence[Ids]) -> Floats:
        """Of each vector what its features weigh together."""
        owner = np.repeat(np.arange(len(vectors)), [len(vector) for vector in vectors])
        shared = np.bincount(owner, weights[np.concatenate(vectors)], minlength=len(vectors))
        return shared.astype(np.float64, copy=False)

    def _length(self, ids: Ids) -> float:
        return float(np.sqrt(self._squares[ids].sum())) or np.inf


class Postings(Field):
    """A field that also knows the rows of each feature, so that all rows are compared at once."""

    def __init__(
        self, entries: Sequence[Sequence[Words]], features: Features, beside: Sequence[Words] = ()
    ) -> None:
        super().__init__(entries, features, beside)
        rows_of: defaultdict[int, list[int]] = defaultdict(list)
        for row, vector in enumerate(self._vectors):
            for number in vector.tolist():
                rows_of[number].append(row)
        self._rows_of: dict[int, Ids] = {
            number: np.array(rows, dtype=np.int32) for number, rows in rows_of.items()
        }

    def add(self, words: Words) -> None:
        """A new row."""
        super().add(words)
        row = np.array([len(self._vectors) - 1], dtype=np.int32)
        for number in self._vectors[-1].tolist():
            self._rows_of[number] = np.append(self._rows_of.get(number, row[:0]), row)

    def likest(self, words: Words, most: int) -> Ids:
        """The rows likest to a text, at most so many, in no order; none that shares nothing."""
        likeness = np.zeros(len(self._vectors), dtype=np.float32)
        for number in self.ids(self._features(words)).tolist():
            if number in self._rows_of:
                likeness[self._rows_of[number]] += self._squares[number]
        likeness /= self._lengths
        near = _above(likeness, most)
        best = np.argpartition(likeness[near], -most)[-most:] if len(near) > most else slice(None)
        return near[best].astype(np.int32)


def word_features(words: Words) -> list[str]:
    """The words, and each two that stand side by side."""
    return [*words, *(f"{first} {second}" for first, second in pairwise(words))]


def char_features(words: Words) -> set[str]:
    """The runs of 2 to 4 characters of each word, its edges included."""
    return {run for word in words for run in _runs(word)}


@lru_cache(maxsize=20_000)
def _runs(word: str) -> tuple[str, ...]:
    edged = f" {word[:40]} "
    return tuple(
        edged[at : at + size] for size in (2, 3, 4) for at in range(max(len(edged) - size, 0) + 1)
    )


def _above(likeness: NDArray[np.float32], most: int) -> NDArray[np.intp]:
    """The likest rows, so many or more: they are soon found, and few enough to be ordered."""
    for share in (0.5, 0.25):
        near = np.flatnonzero(likeness > share * likeness.max())
        if len(near) >= most:
            return near
    return np.flatnonzero(likeness)
