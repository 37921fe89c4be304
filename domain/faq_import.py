"""Which rows of a sheet of entries can be imported, and what is wrong or doubtful in them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from domain.entry_choice import KeptEntry, new_id
from domain.faq import Entry
from domain.imports import Column, Findings, Problem, Row, Sheet, spellings
from domain.text import clean, fold, words

COLUMNS = (
    Column("id", ("ma", "ma muc")),
    Column("question", ("cau hoi",), needed=True),
    Column("wordings", ("cach hoi khac",)),
    Column("answer", ("tra loi", "cau tra loi"), needed=True),
    Column("topic", ("chu de", "chuyen de")),
    Column("audience", ("doi tuong",)),
    Column("source", ("nguon",)),
    Column("unit_code", ("ma don vi",)),
    Column("replaces", ("thay cho", "thay cho muc")),
    Column("valid_from", ("hieu luc tu",)),
    Column("valid_until", ("hieu luc den",)),
    Column("files", ("tep", "tep kem theo")),
)
QUESTION_LENGTH, ANSWER_LENGTH, SHORT_LENGTH, ID_LENGTH = 300, 3000, 200, 60
LEAST_WORDS = 2

_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_SEPARATOR = re.compile(r"\s*[\n|]\s*")

Near = Callable[[str], Entry | None]
"""The entry with which a question would be answered now, if there is one."""


@dataclass(frozen=True, slots=True)
class KnownFaq:
    """The FAQ before the import: entries as they are, as they were shipped, what people made.

    `file_ids` are the files of its entries by the names that an export gives them.
    """

    entries: Mapping[str, Entry]
    shipped: Mapping[str, Entry]
    kept: Mapping[str, KeptEntry]
    unit_ids: Mapping[str, int]
    file_ids: Mapping[str, int]
    near: Near


@dataclass(frozen=True, slots=True)
class CheckedEntries:
    """The entries as they will be; what is wrong, and what is doubtful but can be imported."""

    entries: Sequence[KeptEntry]
    problems: Sequence[Problem]
    doubts: Sequence[Problem]


def check_entries(sheet: Sheet, known: KnownFaq, today: date) -> CheckedEntries:
    """What a sheet says of entries.

    A row without an id is a new entry, or the known one that asks the very same in the same unit;
    an empty cell of a known entry leaves what is there. Wordings stand each in a line of its own or
    between "|".
    """
    reader = _Reader(known, today)
    rows = reader.found.rows(sheet, COLUMNS)
    reader.doubts.rows(sheet, COLUMNS)
    whole = _whole_cells(sheet)
    read = [(row.line, reader.read(row, whole[row.line])) for row in rows]
    entries = reader.replacing(read)
    return CheckedEntries(entries, reader.found.problems, reader.doubts.problems)


@dataclass(slots=True)
class _Reader:
    known: KnownFaq
    today: date
    found: Findings = field(default_factory=Findings)
    doubts: Findings = field(default_factory=Findings)
    lines: dict[str, int] = field(default_factory=dict)
    """The line of each entry by its id."""
    asked: dict[tuple[int | None, str], int] = field(default_factory=dict)
    """The line of each question by its unit."""
    names: dict[tuple[int | None, str], str] = field(init=False)
    """The id of each known question by its unit."""
    taken: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.taken = set(self.known.entries)
        self.names = {
            (self._before(each.id).unit_id, fold(each.question)): each.id
            for each in self.known.entries.values()
        }

    def _before(self, entry_id: str) -> KeptEntry:
        return self.known.kept.get(entry_id, KeptEntry(entry_id))

    def read(self, row: Row, whole: Mapping[str, str]) -> KeptEntry:
        question = self.found.text(row, "question", QUESTION_LENGTH, needed=True)
        if question and len(words(question)) < LEAST_WORDS:
            self.found.add(row.line, "question", "no_question")
        unit_id = self._unit(row)
        entry_id = self._id(row, question, unit_id)
        before = self._before(entry_id)
        kept = replace(
            before,
            question=question or None,
            answer=self._answer(row, whole),
            topic=self.found.text(row, "topic", SHORT_LENGTH) or before.topic,
            source=self.found.text(row, "source", SHORT_LENGTH) or before.source,
            audience=_listed(row.cells.get("audience", ""), ",") or before.audience,
            wordings=_listed(whole.get("wordings", ""), "") or before.wordings,
            unit_id=before.unit_id if unit_id is None else unit_id,
            replaces=row.cells.get("replaces") or before.replaces,
            valid_from=self.found.day(row, "valid_from", self.today) or before.valid_from,
            valid_until=self.found.day(row, "valid_until", self.today) or before.valid_until,
            files=self._files(row, whole) or before.files,
            dropped=False,
        )
        self._check(row, kept)
        return _as_shipped(kept, self.known.shipped.get(entry_id))

    def _id(self, row: Row, question: str, unit_id: int | None) -> str:
        written = self.found.text(row, "id", ID_LENGTH)
        if written and not _ID.fullmatch(written):
            self.found.add(row.line, "id", "odd_id")
        same = self.names.get((unit_id, fold(question)), "")
        entry_id = written or same or new_id(question, self.taken)
        if entry_id in self.lines:
            self.found.add(row.line, "id", "repeated_id", other=self.lines[entry_id])
        self.lines.setdefault(entry_id, row.line)
        self.taken.add(entry_id)
        return entry_id

    def _answer(self, row: Row, whole: Mapping[str, str]) -> str | None:
        self.found.text(row, "answer", ANSWER_LENGTH, needed=True)
        return whole.get("answer") or None

    def _files(self, row: Row, whole: Mapping[str, str]) -> tuple[int, ...]:
        """The files that a row names; one that no entry has yet cannot come from a sheet."""
        names = _listed(whole.get("files", ""), "")
        for name in names:
            if name not in self.known.file_ids:
                self.doubts.add(row.line, "files", "unknown_file", value=name)
        return tuple(self.known.file_ids[name] for name in names if name in self.known.file_ids)

    def _unit(self, row: Row) -> int | None:
        code = row.cells.get("unit_code")
        if code and code not in self.known.unit_ids:
            self.found.add(row.line, "unit_code", "unknown_unit", value=code)
        return self.known.unit_ids.get(code or "")

    def _check(self, row: Row, kept: KeptEntry) -> None:
        if kept.id in self.known.shipped and kept.unit_id is not None:
            self.found.add(row.line, "unit_code", "shipped_everywhere", value=kept.id)
        if kept.valid_from and kept.valid_until and kept.valid_until < kept.valid_from:
            self.found.add(row.line, "valid_until", "ends_before", day=kept.valid_from)
        elif kept.valid_until and kept.valid_until < self.today:
            self.doubts.add(row.line, "valid_until", "expired", day=kept.valid_until)
        shipped = self.known.shipped.get(kept.id)
        if not kept.source and not (shipped and shipped.source):
            self.doubts.add(row.line, "source", "no_source")
        self._check_question(row, kept)

    def _check_question(self, row: Row, kept: KeptEntry) -> None:
        key = (kept.unit_id, fold(kept.question or ""))
        other = self.asked.setdefault(key, row.line)
        if other != row.line:
            self.doubts.add(row.line, "question", "asked_twice", other=other)
        near = self.known.near(kept.question or "")
        if near and near.id not in (kept.id, kept.replaces):
            self.doubts.add(row.line, "question", "near_entry", value=near.id, like=near.question)

    def replacing(self, read: Sequence[tuple[int, KeptEntry]]) -> list[KeptEntry]:
        """The entries, each replacing one that replaces none; a circle is a problem."""
        replaces = {entry_id: kept.replaces for entry_id, kept in self.known.kept.items()}
        replaces |= {kept.id: kept.replaces for _, kept in read}
        entries = []
        for line, kept in read:
            root = _root(kept.id, replaces)
            if kept.replaces and kept.replaces not in self.taken:
                self.found.add(line, "replaces", "unknown_entry", value=kept.replaces)
            elif root is None:
                self.found.add(line, "replaces", "circular", value=kept.replaces)
            entries.append(replace(kept, replaces=None if root == kept.id else root))
        return entries


def _root(entry_id: str, replaces: Mapping[str, str | None]) -> str | None:
    """The entry at the end of what replaces what; None where there is no end."""
    seen, at = {entry_id}, entry_id
    while (following := replaces.get(at)) is not None:
        if following in seen:
            return None
        seen.add(following)
        at = following
    return at


def _as_shipped(kept: KeptEntry, shipped: Entry | None) -> KeptEntry:
    """Without what is as it was shipped, so that a newer version of that is not covered up."""
    if shipped is None:
        return kept
    known = {fold(text) for text in shipped.wordings}
    return replace(
        kept,
        question=_unless(kept.question, shipped.question),
        answer=_unless(kept.answer, shipped.answer),
        topic=_unless(kept.topic, shipped.topic),
        source=_unless(kept.source, shipped.source),
        audience=None if kept.audience == shipped.audience else kept.audience,
        wordings=tuple(text for text in kept.wordings if fold(text) not in known),
    )


def _unless(text: str | None, shipped: str) -> str | None:
    return None if text is None or text.split() == shipped.split() else text


def _listed(text: str, separator: str) -> tuple[str, ...]:
    parts = text.split(separator) if separator else _SEPARATOR.split(text)
    return tuple(part.strip() for part in parts if part.strip())


def _whole_cells(sheet: Sheet) -> dict[int, dict[str, str]]:
    """The cells of each row with their lines kept apart, as an answer needs them."""
    spelt = spellings(COLUMNS)
    return {
        row.line: {spelt.get(fold(head), head): clean(text) for head, text in row.cells.items()}
        for row in sheet.rows
    }
