"""The FAQ: as it is shipped in `bot/content/faq/*.yaml`, and as it stands now."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.words import CONTENT
from bot.yaml_file import Unreadable, YamlFile
from domain.entry_choice import EVERYWHERE, KeptEntry, Shelf, Standpoint
from domain.faq import Abbreviations, Embed, Entry, Hit, Index
from storage import entries

MakeIndex = Callable[[Iterable[Entry]], Index]

REBUILT_ABOVE = 200
"""Changes at once from which on a new index is faster than one change after another."""


@dataclass(frozen=True, slots=True)
class FaqRules:
    """How sure Loa must be of what nobody asked it (0..1), and who may add to the FAQ.

    With `second_approval` another coordinator says yes before an answer becomes an entry.
    """

    listen_above: float = 0.97
    second_approval: bool = False


class BadFaq(Exception):
    """An FAQ file that cannot be used; the text names the file, the entry and the fault."""


def load_faq(folder: Path = CONTENT / "faq") -> Sequence[Entry]:
    """Every entry of every topic; raises BadFaq."""
    found: dict[str, Entry] = {}
    for path in sorted(folder.glob("*.yaml")):
        for entry in _read(path):
            if entry.id in found:
                raise BadFaq(f"{path.name}: a second entry named {entry.id}")
            found[entry.id] = entry
    return list(found.values())


def _read(path: Path) -> list[Entry]:
    try:
        table = YamlFile.read(path).data
        return [_entry(table["topic"], row) for row in table["entries"]]
    except (Unreadable, KeyError, TypeError) as error:
        raise BadFaq(f"{path.name}: {error!r}") from error


def _entry(topic: str, row: dict[str, Any]) -> Entry:
    return Entry(
        id=row["id"],
        topic=topic,
        question=row["question"].strip(),
        answer=row["answer"].strip(),
        source=row["source"].strip(),
        wordings=tuple(map(str, row["wordings"])),
        audience=tuple(row.get("audience", ())),
    )


def load_abbreviations(path: Path = CONTENT / "abbreviations.yaml") -> Abbreviations:
    """What people type short; raises ValueError for a row that cannot be."""
    return Abbreviations(YamlFile.read(path).data)


def open_faq(embed: Embed | None = None) -> "Faq":
    """The FAQ as it was shipped, searched by meaning too with `embed`.

    Raises BadFaq and what `load_abbreviations` raises.
    """
    abbreviations = load_abbreviations()
    return Faq(load_faq(), lambda shipped: Index(shipped, abbreviations, embed))


class Faq:
    """The entries that answer now: the shipped ones, and over them what people made. One a process.

    `refresh` brings in what has changed in the database since, by whichever process.
    """

    def __init__(self, shipped: Sequence[Entry], make: MakeIndex) -> None:
        self.shipped = shipped
        self.make = make
        self.start_over()

    def start_over(self) -> None:
        """Forget what was taken in from the database; the next `refresh` brings it again."""
        self._shelf = Shelf(self.shipped)
        self._index = self.make(self._shelf.families())
        self.version = 0
        """The newest change that was taken in."""

    def refresh(self, c: Connection) -> None:
        """Take in what is new; one row is read where nothing is."""
        # What this transaction itself changed may yet be undone: ask before it writes an entry.
        version = entries.version(c)
        if version <= self.version:
            return
        changed = entries.changed_since(c, self.version)
        if version <= self.version:
            return  # while this waited for the rows, another turn took in newer ones
        self.version = version
        families = {family for kept in changed for family in self._shelf.put(kept)}
        if len(families) > REBUILT_ABOVE:
            self._index = self.make(self._shelf.families())
            return
        for family in families:
            self._place(family)

    def _place(self, family: str) -> None:
        entry = self._shelf.family(family)
        if entry:
            self._index.put(entry)
        else:
            self._index.drop(family)

    @property
    def by_meaning(self) -> bool:
        """Whether a question's meaning counts, which takes long to work out."""
        return self._index.by_meaning

    def foresee(self, text: str) -> None:
        """Have a question's meaning worked out, so that `search` only looks it up."""
        self._index.foresee(text)

    def coming(self, c: Connection) -> list[KeptEntry]:
        """What `refresh` would take in now; where that makes a new index, all that people made."""
        if entries.version(c) <= self.version:
            return []
        changed = entries.changed_since(c, self.version)
        return changed if len(changed) <= REBUILT_ABOVE else entries.changed_since(c, 0)

    def foresee_changes(self, coming: Sequence[KeptEntry]) -> None:
        """Have the meanings of what is coming worked out, so that `refresh` only looks them up."""
        if len(coming) > REBUILT_ABOVE:
            shelf = Shelf(self.shipped)
            for kept in coming:
                shelf.put(kept)
            self.make(shelf.families())
            return
        for entry in filter(None, map(self._shelf.changed, coming)):
            self._index.foresee_entry(entry)

    def search(self, text: str, limit: int = 3, at: Standpoint = EVERYWHERE) -> list[Hit]:
        """The entries likest to a question that hold where it is asked, best first."""
        hits = self._index.search(text, limit, lambda entry: bool(self._choose(entry, at)))
        return [replace(hit, entry=self._choose(hit.entry, at) or hit.entry) for hit in hits]

    def _choose(self, family: Entry, at: Standpoint) -> Entry | None:
        return self._shelf.choose(family.id, at)

    def get(self, entry_id: str) -> Entry | None:
        """An entry as it is now, wherever it holds."""
        return self._shelf.get(entry_id)

    def kept(self, entry_id: str) -> KeptEntry:
        """What people made of an entry; nothing yet of one that is as it was shipped."""
        return self._shelf.kept(entry_id)

    def all(self) -> Iterator[tuple[Entry, KeptEntry]]:
        return self._shelf.all()

    def families(self) -> Iterator[list[tuple[Entry, KeptEntry]]]:
        """The entries by the question that they answer, each with what people made of it."""
        return self._shelf.by_family()

    def holding(self, at: Standpoint) -> list[Entry]:
        """The entries that answer somebody there, one of each family."""
        chosen = (self._choose(family, at) for family in self._shelf.families())
        return [entry for entry in chosen if entry]

    def root(self, entry_id: str, replaces: str) -> str:
        """The family of the entry that is replaced; raises CircularReplacement."""
        return self._shelf.root(entry_id, replaces)
