"""The search: an entry is as near as its wordings, by words, by letters and by what they mean."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from math import exp

import numpy as np

from domain.faq.entry import Entry
from domain.faq.meaning import Embed, Meanings
from domain.faq.reading import Abbreviations, read_words
from domain.faq.spelling import Speller
from domain.faq.vectors import Field, Floats, Ids, Postings, Words, char_features, word_features

# Shares of likeness, chosen with `benchmarks/faq.py` on one set of questions, kept on the others.
_BY_WORDS, _BY_CHARS, _BY_ANSWER = 0.2, 0.3, 0.1
_APART_BY_ANSWER, _APART_BY_ALL_SAID = 0.2, 0.3
_BY_MEANING, _BY_ALL_MEANINGS = 0.1, 0.4
_CANDIDATES, _CANDIDATE_ROWS = 150, 200
_WORDS_READ, _ANSWER_WORDS_READ = 120, 60

Holds = Callable[[Entry], bool]


@dataclass(frozen=True, slots=True)
class _Surety:
    """How likely an entry is meant, by its likeness, its lead, and what is known at all.

    A logistic regression of "the first one found is right" over indexes of one, five, eight and
    many wordings an entry, with questions from outside among those asked; chosen on one set of
    questions with `benchmarks/faq.py`, kept on the others.
    """

    doubt: float
    likeness: float
    lead: float
    known: float

    def score(self, likeness: float, lead: float, known: float) -> float:
        """0..1; `lead` is how much fitter the entry is than the next, or less fit than the best."""
        sure = self.likeness * likeness + self.lead * lead + self.known * known
        return 1 / (1 + exp(self.doubt - sure))


_BY_SIGNS = _Surety(6.5, 9.8, 3.0, 1.5)
_BY_SIGNS_AND_MEANING = _Surety(5.4, 5.6, 3.4, 1.0)


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

    `crowds` are the lengths of the sums of its rows, by words, by letters, and by meanings where
    they are known; `said` are the words of its answer and all its wordings, where they are many.
    """

    entry: Entry
    rows: range
    crowds: tuple[float, ...]
    answer: Ids
    said: Ids


class Index:
    """Finds the entries that a question means; thousands of entries in a few milliseconds.

    How much a word tells is weighed on the entries given at first: after many changes by `put` and
    `drop` a new index ranks a little better. Of two entries with one id the last is kept. With
    `embed` meanings count too: each wording is embedded once, and each question.
    """

    def __init__(
        self, entries: Iterable[Entry], abbreviations: Abbreviations, embed: Embed | None = None
    ) -> None:
        self._abbreviations = abbreviations
        kept = list({entry.id: entry for entry in entries}.values())
        read = [self._wordings(entry) for entry in kept]
        answers = [self._answer(entry) for entry in kept]
        counts = [len(wordings) for wordings in read]
        self._speller = Speller(chain.from_iterable(read), answers)
        self._words = Postings(read, word_features, answers)
        self._chars = Field(read, char_features)
        self._meanings = _meanings(kept, abbreviations, embed) if embed else None
        self._owner: Ids = np.repeat(np.arange(len(kept), dtype=np.int32), counts)
        self._slots: list[_Slot | None] = []
        self._slot_of: dict[str, int] = {}
        ends = np.cumsum(counts).tolist()
        for entry, answer, end, count in zip(kept, answers, ends, counts, strict=True):
            self._place(entry, answer, range(end - count, end))

    def __len__(self) -> int:
        return len(self._slot_of)

    @property
    def by_meaning(self) -> bool:
        """Whether meanings count, which take long to work out."""
        return self._meanings is not None

    def put(self, entry: Entry) -> None:
        """Adds an entry, in place of the one with the same id."""
        known = self._rows_of(entry.id)
        self.drop(entry.id)
        wordings, answer = self._wordings(entry), self._answer(entry)
        self._speller.know(answer)
        for wording in wordings:
            self._speller.learn(wording)
            self._words.add(wording)
            self._chars.add(wording)
        if self._meanings:
            self._meanings.add(_texts(entry), known)
        start = len(self._owner)
        self._owner = np.append(self._owner, np.full(len(wordings), len(self._slots), np.int32))
        self._place(entry, answer, range(start, len(self._owner)))

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
        asked = self._asked(text)
        slots = [slot for slot in self._candidates(asked) if holds(slot.entry)]
        if not asked or not slots:
            return []
        likeness, wordings = self._compare(text, asked, slots)
        told, apart = self._spoken_of(asked, slots)
        likeness += told
        fitness = likeness + apart
        known = self._chars.known_share(asked)
        sure = _BY_SIGNS if self._meanings is None else _BY_SIGNS_AND_MEANING
        order = np.argsort(-fitness, kind="stable")[: limit + 1].tolist()
        first, second = [*fitness[order].tolist(), 0.0][:2]
        return [
            Hit(
                slots[at].entry,
                sure.score(likeness[at], fitness[at] - rival, known),
                _nearest(slots, wordings, at),
            )
            for at, rival in zip(order[:limit], [second, *[first] * limit], strict=False)
            if likeness[at] > 0
        ]

    def foresee(self, text: str) -> None:
        """Have the meaning of a question that may be searched for soon worked out.

        This may run in another thread, beside changes: it only reads.
        """
        if self._meanings:
            self._meanings.of(text, self._asked(text))

    def foresee_entry(self, entry: Entry) -> None:
        """Have the meaning of what is new in an entry worked out before it is put.

        This may run in another thread, beside changes: it only reads.
        """
        if self._meanings:
            known = self._rows_of(entry.id)
            for text in _texts(entry):
                if text not in known:
                    self._meanings.foresee(text)

    def _rows_of(self, entry_id: str) -> dict[str, int]:
        """The wordings of an entry and their rows; none of one that is not there."""
        number = self._slot_of.get(entry_id)
        slot = None if number is None else self._slots[number]
        return dict(zip(_texts(slot.entry), slot.rows, strict=True)) if slot else {}

    def _asked(self, text: str) -> list[str]:
        return self._speller.mend(self._abbreviations.read(text)[:_WORDS_READ])

    def _candidates(self, asked: list[str]) -> list[_Slot]:
        if len(self._slots) <= _CANDIDATES:
            return [slot for slot in self._slots if slot]
        rows = self._words.likest(asked, _CANDIDATE_ROWS)
        found = (self._slots[number] for number in np.unique(self._owner[rows]).tolist())
        return [slot for slot in found if slot]

    def _compare(
        self, text: str, asked: list[str], slots: Sequence[_Slot]
    ) -> tuple[Floats, Floats]:
        """The likeness of each slot, 0..about 1.5, and of each wording of each slot in turn.

        Half a slot's likeness is its nearest wording's, half that of all its wordings together. A
        short form may have been written out for another one, or a word mended that was right:
        letters are compared as they were typed, too.
        """
        rows = [row for slot in slots for row in slot.rows]
        counts = np.array([len(slot.rows) for slot in slots])
        starts = np.cumsum(counts) - counts
        crowds = np.array([slot.crowds for slot in slots])
        readings = [asked, read_words(text)[:_WORDS_READ]]
        by_words = _BY_WORDS * self._words.cosines([asked], rows)
        by_chars = _BY_CHARS * self._chars.cosines(readings, rows)
        signs = np.stack([by_words, by_chars], axis=1)
        whole = (np.add.reduceat(signs, starts) / crowds[:, :2]).sum(axis=1)
        alone = by_words + by_chars
        if self._meanings:
            meant = self._meanings.cosines(self._meanings.of(text, asked), rows)
            alone += _BY_MEANING * meant
            whole += _BY_ALL_MEANINGS * np.add.reduceat(meant, starts) / crowds[:, 2]
        return np.maximum.reduceat(alone, starts) + whole, alone

    def _spoken_of(self, asked: list[str], slots: Sequence[_Slot]) -> tuple[Floats, Floats]:
        """How much of a question each slot speaks of: how like that makes it, how fit beyond that.

        Its answer counts where its wordings are few, all that it says where they are many. What is
        spoken of tells entries apart more than it tells that one is meant: much is said in passing.
        An answer without words, a picture, is taken to tell half as much as the one that tells
        most.
        """
        vectors = [slot.answer for slot in slots] + [slot.said for slot in slots]
        told, said = np.split(self._words.shares(asked, vectors), 2)
        told[[not slot.answer.size for slot in slots]] = told.max() / 2
        few = np.array([1 / len(slot.rows) for slot in slots])
        told *= few
        apart = _APART_BY_ANSWER * told + _APART_BY_ALL_SAID * (1 - few) * said
        return _BY_ANSWER * told, apart

    def _place(self, entry: Entry, words: Words, rows: range) -> None:
        answer = self._words.learn(words)
        fields = (self._words, self._chars, self._meanings)
        crowds = tuple(field.crowd(rows) for field in fields if field)
        said = self._words.together(rows, answer) if len(rows) > 1 else answer[:0]
        self._slot_of[entry.id] = len(self._slots)
        self._slots.append(_Slot(entry, rows, crowds, answer, said))

    def _answer(self, entry: Entry) -> list[str]:
        return self._abbreviations.read(entry.answer)[:_ANSWER_WORDS_READ]

    def _wordings(self, entry: Entry) -> list[list[str]]:
        return [self._abbreviations.read(text) for text in _texts(entry)]


def _texts(entry: Entry) -> tuple[str, ...]:
    return entry.question, *entry.wordings


def _meanings(entries: Sequence[Entry], abbreviations: Abbreviations, embed: Embed) -> Meanings:
    wordings = [text for entry in entries for text in _texts(entry)]
    return Meanings(wordings, [entry.answer for entry in entries], abbreviations, embed)


def _nearest(slots: Sequence[_Slot], likeness: Floats, at: int) -> str:
    """The wording of one slot that is likest, by the likeness of all slots' wordings in turn."""
    start = sum(len(slot.rows) for slot in slots[:at])
    entry, rows = slots[at].entry, slots[at].rows
    return _texts(entry)[int(likeness[start : start + len(rows)].argmax())]
