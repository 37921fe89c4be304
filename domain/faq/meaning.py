"""What wordings mean, as vectors that a language model makes of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from domain.faq.reading import Abbreviations
from domain.faq.restoring import Restorer, typed_marks
from domain.faq.vectors import Floats

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Gives texts as rows of one length, each pointing where its meaning is."""

_STEPS = 127


class Meanings:
    """The meanings of all wordings; a wording is known by its row, 0, 1, 2….

    A model trained on written language is given each text with its short forms written out and its
    diacritics put back. Meanings are told apart by where they differ from the mean of all given at
    first, which any two sentences share.
    """

    def __init__(
        self,
        wordings: Sequence[str],
        answers: Iterable[str],
        abbreviations: Abbreviations,
        embed: Embed,
    ) -> None:
        self._abbreviations = abbreviations
        self._embed = embed
        self._restorer = Restorer([*wordings, *answers])
        raw = embed([self._written(text) for text in wordings])
        self._mean: NDArray[np.float32] = raw.mean(axis=0) if len(raw) else np.zeros(1, np.float32)
        self._rows = self._apart(raw)

    def add(self, wordings: Sequence[str], known: Mapping[str, int]) -> None:
        """New rows; a wording that is known by a row already means what that one does."""
        for text in wordings:
            self._restorer.learn(text)
        rows = [
            self._rows[[known[text]]] if text in known else self._new(text) for text in wordings
        ]
        self._rows = np.concatenate([self._rows, *rows])

    def foresee(self, wording: str) -> None:
        """Have the meaning of a wording that will be added worked out; this only reads."""
        self._new(wording)

    def of(self, text: str, words: Sequence[str]) -> Floats:
        """The meaning of a question; `words` are those that it was read as."""
        written = " ".join(self._restorer.restore(words, typed_marks(text)))
        meaning: Floats = self._apart(self._embed([written]))[0] / _STEPS
        return meaning

    def cosines(self, meaning: Floats, rows: Sequence[int]) -> Floats:
        """How like each of some rows a meaning is, -1..1."""
        return self._unit(rows) @ meaning

    def crowd(self, rows: Sequence[int]) -> float:
        """The length of some rows' sum: 1 row has 1, 4 alike have 4."""
        return float(np.linalg.norm(self._unit(rows).sum(axis=0))) or np.inf

    def _unit(self, rows: Sequence[int]) -> Floats:
        return self._rows[rows].astype(np.float64) / _STEPS

    def _new(self, wording: str) -> NDArray[np.int8]:
        return self._apart(self._embed([self._written(wording)]))

    def _written(self, text: str) -> str:
        words = self._abbreviations.read(text)
        return " ".join(self._restorer.restore(words, typed_marks(text)))

    def _apart(self, raw: NDArray[np.float32]) -> NDArray[np.int8]:
        """Unit vectors in steps, an eighth of the memory."""
        apart = raw - self._mean
        lengths = np.linalg.norm(apart, axis=1, keepdims=True)
        return np.rint(apart / np.where(lengths, lengths, 1) * _STEPS).astype(np.int8)
