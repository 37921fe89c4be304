"""Reads tables out of CSV files and workbooks."""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from itertools import dropwhile, islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from domain.imports import Column, Row, Sheet, spellings
from domain.text import fold

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How XLSX (and ODS) and old XLS files begin."""
DELIMITERS = ",;\t"
SOUGHT = 20
"""The header is among so many lines in which anything stands: offices put titles above it."""

Lines = Iterable[tuple[int, Sequence[str]]]
Again = Callable[[], Lines]
"""Goes through the lines once more, from the beginning."""


class SheetError(ValueError):
    """The file holds no table; `why` is a key to words, which may need `values`, and `line` is 0
    where no line is to blame.
    """

    def __init__(self, why: str, line: int = 0, **values: object) -> None:
        super().__init__(f"{why} at line {line}" if line else why)
        self.why = why
        self.line = line
        self.values = values


@dataclass(frozen=True, slots=True)
class _Table:
    """What may be a table: where its header stands, and which columns that names."""

    tab: str
    lines: Again
    top: int
    named: Collection[str]

    @classmethod
    def found(cls, tab: str, lines: Again, spelt: Mapping[str, str]) -> "_Table":
        """Its header is the first line of those that name the most columns."""
        first = [(top, _named(cells, spelt)) for top, cells in islice(_filled(lines()), SOUGHT)]
        top, named = max(first, key=lambda each: len(each[1]), default=(0, ()))
        return cls(tab, lines, top, named)

    def has(self, columns: Iterable[Column]) -> bool:
        """Whether every column that is needed is there, and a row."""
        there = all(column.name in self.named for column in columns if column.needed)
        return there and any(line > self.top for line, _ in _filled(self.lines()))


def _named(cells: Iterable[str], spelt: Mapping[str, str]) -> Collection[str]:
    """The columns that these cells are headers of."""
    return {spelt[cell] for cell in map(fold, cells) if cell in spelt}


def read_sheet(path: Path, columns: Sequence[Column] = ()) -> Sheet:
    """The table of a CSV file (UTF-8; comma, semicolon or tab), or that of a workbook.

    It is under the line, of any sheet, that names most of `columns`; without them under the first
    line that is not empty. Raises SheetError for what cannot be read, and where no line, or more
    than one sheet, has them; OSError for a file that cannot be opened.
    """
    content, spelt = path.read_bytes(), spellings(columns)
    read = _workbook(content) if content.startswith(WORKBOOKS) else {"": _csv(content, spelt)}
    tables = [_Table.found(tab, lines, spelt) for tab, lines in read.items()]
    fit = [each for each in tables if columns and each.has(columns)]
    best = fit[0] if fit else max(tables, key=lambda each: len(each.named))
    if len(fit) > 1:
        raise SheetError("many_tables", tabs=[each.tab for each in fit])
    if columns and best.top and not best.named:
        wanted = [f"{each.name} ({each.spelt[0]})" for each in columns if each.needed]
        raise SheetError("no_header", sought=SOUGHT, wanted=wanted, tabs=[*filter(None, read)])
    return _sheet(best.lines, best.top)


def read_sheets(path: Path) -> dict[str, Sheet]:
    """The tables of a workbook by the names of its sheets; those without a row are left out.

    Raises SheetError for what is no workbook, OSError for a file that cannot be opened.
    """
    found = {}
    with _opened(path.read_bytes()) as book:
        for name in book.sheet_names:
            lines = _kept(book.get_sheet_by_name(name))
            with suppress(SheetError):
                found[name] = _sheet(lines)
    return found


def _csv(content: bytes, spelt: Mapping[str, str]) -> Again:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError("not_utf8", content.count(b"\n", 0, error.start) + 1) from error
    first = text.lstrip().splitlines()[:SOUGHT] or [""]

    def fits(delimiter: str) -> tuple[int, int]:
        names = (len(_named(line.split(delimiter), spelt)) for line in first)
        return max(names), first[0].count(delimiter)

    return partial(_csv_lines, content, max(DELIMITERS, key=fits))


def _csv_lines(content: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_text_in(content), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise SheetError("broken_quotes", line) from error


def _text_in(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")


def _workbook(content: bytes) -> dict[str, Again]:
    with _opened(content) as book:
        return {name: _kept(book.get_sheet_by_name(name)) for name in book.sheet_names}


def _kept(sheet: CalamineSheet) -> Again:
    """The cells as text alone: a nation's workbook would fill the memory while it is checked."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_text(value) for value in row] for row in sheet.iter_rows())
    return partial(_lines, text.getvalue().encode("utf-8-sig"))


@contextmanager
def _opened(content: bytes) -> Iterator[CalamineWorkbook]:
    """A workbook, which may turn out to be broken in any sheet."""
    try:
        yield CalamineWorkbook.from_filelike(io.BytesIO(content))
    except CalamineError as error:
        raise SheetError("broken_workbook") from error


def _lines(content: bytes) -> Lines:
    return enumerate(csv.reader(_text_in(content)), start=1)


def _text(value: object) -> str:
    """A cell as the text that a person would have typed; days are ISO."""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else str(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _sheet(lines: Again, top: int = 0) -> Sheet:
    """The table whose header is the first line from there on in which anything stands."""
    filled = _filled(lines(), top)
    top, header = next(filled, (0, []))
    named = {index: name for index, name in enumerate(header) if name}
    empty = True
    for _, cells in filled:
        empty = False
        stray = (index for index, cell in enumerate(cells) if cell and index not in named)
        named |= {index: _letter(index) for index in stray}
    if empty:
        raise SheetError("no_rows")
    return Sheet(top, [named[index] for index in sorted(named)], _Rows(lines, top, named))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows that are read anew whenever they are wanted: a nation's would fill the memory."""

    lines: Again
    top: int
    named: Mapping[int, str]

    def __iter__(self) -> Iterator[Row]:
        filled = _filled(self.lines(), self.top + 1)
        for line, cells in filled:
            yield Row(line, {self.named[at]: cell for at, cell in enumerate(cells) if cell})


def _filled(lines: Lines, since: int = 0) -> Iterator[tuple[int, list[str]]]:
    """The lines from one on in which anything stands."""
    for line, cells in dropwhile(lambda each: each[0] < since, lines):
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield line, stripped


def _letter(index: int) -> str:
    """What a worksheet calls a column: A to Z, then AA."""
    before, last = divmod(index, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)
