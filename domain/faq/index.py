"""The search: an entry is as near as its wordings, by their words and by their letters."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from math import exp

import numpy as np

from domain.faq.entry import Entry
from domain.faq.reading import Abbreviations
from domain.faq.spelling import Speller
from domain.faq.vectors import Field, Floats, Ids, Postings, char_features, word_features

# Shares of likeness, chosen with `benchmarks/faq.py` on one set of questions, kept on the others.
_BY_WORDS, _BY_CHARS, _BY_ANSWER = 0.2, 0.3, 0.1
_CANDIDATES, _CANDIDATE_ROWS = 150, 200
_WORDS_READ, _ANSWER_WORDS_READ = 120, 60

Holds = Callable[[Entry], bool]


def _always(entry: Entry) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry found, its score 0..1 (how likely it is the one meant) and its nearest wording."""

    entry: Entry
    score: float
    wording: str


@dataclass(frozen=True, slots=True)
class _Slot:
    """An entry's place in the index: its rows, one a wording, and the words of its answer.

    `crowds` are the lengths of the sums of its rows, by words and by letters.
    """

    entry: Entry
    rows: range
    crowds: tuple[float, float]
    answer: Ids


class Index:
    """Finds the entries that a question means; thousands of entries in a few milliseconds.

    How much a word tells is weighed on the entries given at first: after many changes by `put` and
    `drop` a new index ranks a little better. Of two entries with one id the last is kept.
    """

    def __init__(self, entries: Iterable[Entry], abbreviations: Abbreviations) -> None:
        self._abbreviations = abbreviations
        kept = list({entry.id: entry for entry in entries}.values())
        read = [self._wordings(entry) for entry in kept]
        counts = [len(wordings) for wordings in read]
        self._speller = Speller(chain.from_iterable(read))
        self._words = Postings(read, word_features)
        self._chars = Field(read, char_features)
        self._owner: Ids = np.repeat(np.arange(len(kept), dtype=np.int32), counts)
        self._slots: list[_Slot | None] = []
        self._slot_of: dict[str, int] = {}
        for entry, end, count in zip(kept, np.cumsum(counts).tolist(), counts, strict=True):
            self._place(entry, range(end - count, end))

    def __len__(self) -> int:
        return len(self._slot_of)

    def put(self, entry: Entry) -> None:
        """Adds an entry, in place of the one with the same id."""
        self.drop(entry.id)
        wordings = self._wordings(entry)
        for wording in wordings:
            self._speller.learn(wording)
            self._words.add(wording)
            self._chars.add(wording)
        start = len(self._owner)
        self._owner = np.append(self._owner, np.full(len(wordings), len(self._slots), np.int32))
        self._place(entry, range(start, len(self._owner)))

    def drop(self, entry_id: str) -> None:
        """Removes an entry, where it is there."""
        number = self._slot_of.pop(entry_id, None)
        slot = None if number is None else self._slots[number]
        if number is not None and slot is not None:
            self._slots[number] = None
            for row in slot.rows:
                self._words.hide(row)

    def search(self, text: str, limit: int = 3, holds: Holds = _always) -> list[Hit]:
        """The entries likest to a question, best first; none for a question without words.

        Entries that do not hold are as if they were not there.
        """
        asked = self._speller.mend(self._abbreviations.read(text)[:_WORDS_READ])
        slots = [slot for slot in self._candidates(asked) if holds(slot.entry)]
        if not asked or not slots:
            return []
        likeness, wordings = self._compare(asked, slots)
        known = self._chars.known_share(asked)
        order = np.argsort(-likeness, kind="stable")[: limit + 1].tolist()
        first, second = [*likeness[order].tolist(), 0.0][:2]
        return [
            Hit(slots[at].entry, _score(likeness[at], rival, known), _nearest(slots, wordings, at))
            for at, rival in zip(order[:limit], [second, *[first] * limit], strict=False)
            if likeness[at] > 0
        ]

    def _candidates(self, asked: list[str]) -> list[_Slot]:
        if len(self._slots) <= _CANDIDATES:
            return [slot for slot in self._slots if slot]
        rows = self._words.likest(asked, _CANDIDATE_ROWS)
        found = (self._slots[number] for number in np.unique(self._owner[rows]).tolist())
        return [slot for slot in found if slot]

    def _compare(self, asked: list[str], slots: Sequence[_Slot]) -> tuple[Floats, Floats]:
        """The likeness of each slot, 0..about 1, and of each wording of each slot in turn.

        Half a slot's likeness is its nearest wording's, half that of all its wordings together; the
        words of the answer add a little where the wordings are few.
        """
        rows = [row for slot in slots for row in slot.rows]
        by_words = _BY_WORDS * self._words.cosines(asked, rows)
        by_chars = _BY_CHARS * self._chars.cosines(asked, rows)
        counts = np.array([len(slot.rows) for slot in slots])
        starts = np.cumsum(counts) - counts
        crowds = np.array([slot.crowds for slot in slots])
        together = np.add.reduceat(np.stack([by_words, by_chars], axis=1), starts) / crowds
        nearest = np.maximum.reduceat(by_words + by_chars, starts)
        told = _BY_ANSWER * self._words.shares(asked, [slot.answer for slot in slots]) / counts
        return nearest + together.sum(axis=1) + told, by_words + by_chars

    def _place(self, entry: Entry, rows: range) -> None:
        answer = self._words.ids(self._abbreviations.read(entry.answer)[:_ANSWER_WORDS_READ])
        crowds = self._words.crowd(rows), self._chars.crowd(rows)
        self._slot_of[entry.id] = len(self._slots)
        self._slots.append(_Slot(entry, rows, crowds, answer))

    def _wordings(self, entry: Entry) -> list[list[str]]:
        return [self._abbreviations.read(text) for text in (entry.question, *entry.wordings)]


def _nearest(slots: Sequence[_Slot], likeness: Floats, at: int) -> str:
    """The wording of one slot that is likest, by the likeness of all slots' wordings in turn."""
    start = sum(len(slot.rows) for slot in slots[:at])
    entry, rows = slots[at].entry, slots[at].rows
    return (entry.question, *entry.wordings)[int(likeness[start : start + len(rows)].argmax())]


def _score(likeness: float, rival: float, known: float) -> float:
    """How likely an entry is meant, by its likeness, its best rival's, and what is known at all.

    A logistic regression of "the first one found is right" over indexes of one, five, eight and
    many wordings an entry, with questions from outside among those asked.
    """
    return 1 / (1 + exp(6.9 - 9.4 * likeness - 3.6 * (likeness - rival) - 2.0 * known))
