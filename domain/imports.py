"""What every import of a sheet shares: its rows under known columns, and what is wrong in them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from domain.day import parse_day
from domain.text import clean, fold, nfc

folded = lru_cache(maxsize=1000)(fold)
"""`fold` for a column in which a few words come again and again."""


_COUNTING = frozenset({"stt", "tt", "so tt", "so thu tu"})
"""Headers over what only counts the rows, and says nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet: what is written under each header; an empty cell is not there."""

    line: int
    """The line of the file, or the row of the worksheet, from 1."""
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it came in; a column without a header goes by its letter in a worksheet."""

    line: int
    """The line of the header."""
    header: Sequence[str]
    rows: Iterable[Row]
    """They can be gone through again."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that an import knows, and the other ways in which people write its header."""

    name: str
    spelt: Sequence[str]
    """Folded."""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be imported; `column` is the header in the file, `why` a key to words."""

    line: int
    column: str
    why: str
    params: Mapping[str, object] = field(default_factory=dict)


def spellings(columns: Iterable[Column]) -> dict[str, str]:
    """The names of columns by each way in which they are written, folded."""
    return {spelling: c.name for c in columns for spelling in (fold(c.name), *c.spelt)}


class Findings:
    """The problems of a sheet, collected."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._written: dict[str, str] = {}

    def add(self, line: int, column: str, why: str, **params: object) -> None:
        self.problems.append(Problem(line, self._written.get(column, column), why, params))

    def rows(self, sheet: Sheet, columns: Sequence[Column]) -> Iterator[Row]:
        """The sheet's rows, tidied, under the names of `columns`; none when columns are wrong."""
        spelt = spellings(columns)
        names = {header: spelt.get(fold(header)) for header in sheet.header}
        self._check_columns(sheet, columns, names)
        if self.problems:
            return iter(())
        self._written = {name: header for header, name in names.items() if name}
        # One by one: a nation's sheet is too large to be had twice.
        return (Row(row.line, _tidied(row, names)) for row in sheet.rows)

    def _check_columns(
        self, sheet: Sheet, columns: Sequence[Column], names: Mapping[str, str | None]
    ) -> None:
        seen: set[str] = set()
        for header in sheet.header:
            name = names[header]
            if fold(header) in _COUNTING:
                continue
            if name is None:
                known = ", ".join(column.name for column in columns)
                self.add(sheet.line, header, "unknown_column", known=known)
            elif name in seen:
                self.add(sheet.line, header, "repeated_column")
            else:
                seen.add(name)
        for column in columns:
            if column.needed and column.name not in seen:
                self.add(sheet.line, column.name, "missing_column")

    def text(self, row: Row, column: str, most: int, needed: bool = False) -> str:
        """A text of at most `most` characters; it is empty where it is missing or wrong."""
        value = row.cells.get(column, "")
        if needed and not value:
            self.add(row.line, column, "empty")
        if len(value) > most:
            self.add(row.line, column, "too_long", most=most)
            return ""
        return value

    def day(self, row: Row, column: str, today: date) -> date | None:
        value = row.cells.get(column)
        if value is None:
            return None
        try:
            return parse_day(value, today)
        except ValueError:
            self.add(row.line, column, "not_a_day", value=value)
            return None


def without_zeros(code: str) -> str:
    """What is left of a code in figures when a worksheet takes it for a number."""
    return code.lstrip("0") if code.isdecimal() else code


def _tidied(row: Row, names: Mapping[str, str | None]) -> dict[str, str]:
    return {
        name: text
        for header, cell in row.cells.items()
        if (name := names.get(header)) and (text := _tidy(cell))
    }


def _tidy(text: str) -> str:
    """One line of text fit to be kept."""
    # A sheet has a million cells, and nearly all of them hold nothing that `clean` takes away.
    kept = nfc(text) if text.isprintable() else clean(text)
    return " ".join(kept.split())
