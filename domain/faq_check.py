"""What is amiss among the entries: doubles, contradictions, missing sources, lost wordings."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.entry_choice import KeptEntry
from domain.faq import Entry
from domain.text import fold

Known = tuple[Entry, KeptEntry]
Winner = Callable[[str, KeptEntry], Entry | None]
"""The entry that is found first by a wording where an entry holds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing amiss: `why` is a key to words, `other` the second entry, `text` the wording."""

    why: str
    entry_id: str
    other_id: str = ""
    text: str = ""


def check_faq(families: Iterable[Sequence[Known]], winner: Winner) -> list[Finding]:
    """All findings, by entry; a family are the answers of different units to one question."""
    known = [list(family) for family in families]
    found = [*_doubles(known)]
    for family in known:
        found += [*_contradictions(family), *_sourceless(family), *_lost(family, winner)]
    return found


def _doubles(families: Sequence[Sequence[Known]]) -> Iterator[Finding]:
    """The same wording in entries of two questions, or twice in one unit."""
    asked: defaultdict[str, list[tuple[int, Known]]] = defaultdict(list)
    for number, family in enumerate(families):
        for known in family:
            entry = known[0]
            for text in {fold(each) for each in (entry.question, *entry.wordings)}:
                asked[text].append((number, known))
    for text, places in asked.items():
        (number, (first, kept)), *others = places
        for other_number, (other, other_kept) in others:
            if other_number != number or other_kept.unit_id == kept.unit_id:
                yield Finding("double", first.id, other.id, text)


def _contradictions(family: Sequence[Known]) -> Iterator[Finding]:
    first, *others = (entry for entry, _ in family)
    for other in others:
        if fold(other.answer) != fold(first.answer):
            yield Finding("contradiction", first.id, other.id, first.question)


def _sourceless(family: Sequence[Known]) -> Iterator[Finding]:
    for entry, _ in family:
        if not entry.source.strip():
            yield Finding("no_source", entry.id, text=entry.question)


def _lost(family: Sequence[Known], winner: Winner) -> Iterator[Finding]:
    own = {entry.id for entry, _ in family}
    for entry, kept in family:
        for text in (entry.question, *entry.wordings):
            won = winner(text, kept)
            if won and won.id not in own:
                yield Finding("lost_wording", entry.id, won.id, text)
