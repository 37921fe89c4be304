"""Entries as shipped and as people changed them, and which of them holds where somebody asks."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from domain.faq import Entry
from domain.text import fold, words

_ID_LENGTH = 40


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """What people made: a new entry, or changes to a shipped one, where None is "as shipped".

    `wordings` come on top of the shipped ones. It holds in `unit_id` and below, everywhere without;
    `replaces` is the entry for whose question this is the answer there. Where a coordinator hid it,
    in one of the units `hidden_in` and below, it does not answer. `files` go with the answer.
    """

    id: str
    question: str | None = None
    answer: str | None = None
    topic: str | None = None
    source: str | None = None
    audience: tuple[str, ...] | None = None
    wordings: tuple[str, ...] = ()
    unit_id: int | None = None
    replaces: str | None = None
    document_id: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    author_id: int | None = None
    verified_by: int | None = None
    files: tuple[int, ...] = ()
    hidden_in: tuple[int, ...] = ()
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """What an answered question teaches: a wording of the entry `wording_of`, else a new entry."""

    question: str
    answer: str
    topic: str
    source: str
    unit_id: int
    wording_of: str | None = None
    replaces: str | None = None
    document_id: int | None = None
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where somebody asks from: their unit and all above it, the nearest first; and the day.

    Without a day entries are not judged by their dates.
    """

    line: Sequence[int] = ()
    day: date | None = None


EVERYWHERE = Standpoint()


class CircularReplacement(ValueError):
    """An entry would stand in for one that stands in for it."""


@dataclass(frozen=True, slots=True)
class _Placed:
    entry: Entry
    family: str
    kept: KeptEntry = field(default=KeptEntry(""))

    def holds(self, at: Standpoint) -> bool:
        kept = self.kept
        there = kept.unit_id is None or kept.unit_id in at.line
        there = there and not set(kept.hidden_in).intersection(at.line)
        if at.day is None:
            return there
        begun = kept.valid_from is None or kept.valid_from <= at.day
        return there and begun and (kept.valid_until is None or at.day <= kept.valid_until)


class Shelf:
    """All entries, in families: the answers that different units give to one question.

    A family is searched as one entry, by all wordings of its members. An entry is of the family of
    the one that it replaces, else of the one that has the same question, else of its own.
    """

    def __init__(self, shipped: Iterable[Entry]) -> None:
        self._shipped = {entry.id: entry for entry in shipped}
        self._placed: dict[str, _Placed] = {}
        self._members: defaultdict[str, list[str]] = defaultdict(list)
        self._family_of: dict[str, str] = {}
        for entry in self._shipped.values():
            self._place(_Placed(entry, self._family(entry, None)))

    def put(self, kept: KeptEntry) -> set[str]:
        """Take in what people made; the families that are not as before."""
        changed = self._remove(kept.id)
        entry = self.changed(kept)
        if entry is not None:
            placed = _Placed(entry, self._family(entry, kept.replaces), kept)
            self._place(placed)
            changed.add(placed.family)
        return changed

    def changed(self, kept: KeptEntry) -> Entry | None:
        """An entry as it is with what people made; None where it is taken out, or is no entry."""
        return None if kept.dropped else laid_over(kept, self._shipped.get(kept.id))

    def family(self, family: str) -> Entry | None:
        """What a family is searched by; None when no member is left."""
        members = [self._placed[each].entry for each in self._members.get(family, ())]
        if not members:
            return None
        first = next((entry for entry in members if entry.id == family), members[0])
        asked = [text for entry in members for text in (entry.question, *entry.wordings)]
        return replace(first, id=family, wordings=_once(asked, first.question))

    def families(self) -> Iterator[Entry]:
        return (entry for entry in map(self.family, self._members) if entry)

    def choose(self, family: str, at: Standpoint) -> Entry | None:
        """The member of a family that answers somebody: of the nearest unit that has one."""
        held = [self._placed[each] for each in self._members.get(family, ())]
        held = [placed for placed in held if placed.holds(at)]
        far = len(at.line)

        def steps(placed: _Placed) -> int:
            unit_id = placed.kept.unit_id
            return far if unit_id is None else at.line.index(unit_id)

        return min(held, key=steps).entry if held else None

    def get(self, entry_id: str) -> Entry | None:
        placed = self._placed.get(entry_id)
        return placed.entry if placed else None

    def kept(self, entry_id: str) -> KeptEntry:
        """What people made of an entry; nothing yet of one as it was shipped."""
        placed = self._placed.get(entry_id)
        return replace(placed.kept, id=entry_id) if placed else KeptEntry(entry_id)

    def all(self) -> Iterator[tuple[Entry, KeptEntry]]:
        """Every entry, and what people made of it."""
        return ((placed.entry, self.kept(placed.entry.id)) for placed in self._placed.values())

    def by_family(self) -> Iterator[list[tuple[Entry, KeptEntry]]]:
        for members in self._members.values():
            yield [(self._placed[each].entry, self.kept(each)) for each in members]

    def root(self, entry_id: str, replaces: str) -> str:
        """The family that an entry joins which replaces another; raises CircularReplacement."""
        placed = self._placed.get(replaces)
        root = placed.family if placed else replaces
        if entry_id in (root, replaces):
            raise CircularReplacement(f"{entry_id} and {replaces} would replace each other")
        return root

    def _family(self, entry: Entry, replaces: str | None) -> str:
        if replaces is not None:
            placed = self._placed.get(replaces)
            return placed.family if placed else replaces
        return self._family_of.get(fold(entry.question), entry.id)

    def _place(self, placed: _Placed) -> None:
        self._placed[placed.entry.id] = placed
        self._members[placed.family].append(placed.entry.id)
        self._family_of.setdefault(fold(placed.entry.question), placed.family)

    def _remove(self, entry_id: str) -> set[str]:
        placed = self._placed.pop(entry_id, None)
        if placed is None:
            return set()
        members = self._members[placed.family]
        members.remove(entry_id)
        asked = fold(placed.entry.question)
        if self._family_of.get(asked) == placed.family and not any(
            fold(self._placed[each].entry.question) == asked for each in members
        ):
            del self._family_of[asked]
        if not members:
            del self._members[placed.family]
        return {placed.family}


def laid_over(kept: KeptEntry, shipped: Entry | None) -> Entry | None:
    """The entry as it is now; None for a new one that lacks its question or its answer."""
    base = shipped or Entry(kept.id, "", "", "", "")
    entry = Entry(
        id=kept.id,
        topic=base.topic if kept.topic is None else kept.topic,
        question=kept.question or base.question,
        answer=kept.answer or base.answer,
        source=base.source if kept.source is None else kept.source,
        wordings=_once((*base.wordings, *kept.wordings), kept.question or base.question),
        audience=base.audience if kept.audience is None else kept.audience,
    )
    return entry if entry.question and entry.answer else None


def with_wording(kept: KeptEntry, entry: Entry, wording: str) -> KeptEntry:
    """The same with one more wording, unless the entry has it already."""
    if fold(wording) in {fold(text) for text in (entry.question, *entry.wordings)}:
        return kept
    return replace(kept, wordings=(*kept.wordings, wording))


def new_id(question: str, taken: Collection[str]) -> str:
    """A name for an entry, readable, of its question's first words; none that is taken."""
    name = "-".join(words(question))[:_ID_LENGTH].strip("-") or "muc"
    name = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name)
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _once(texts: Iterable[str], without: str) -> tuple[str, ...]:
    """The texts in order, each once as they are compared, and not the one given."""
    found = {fold(without): without}
    for text in texts:
        found.setdefault(fold(text), text)
    return tuple(found.values())[1:]
