"""Reads tables out of CSV files and workbooks."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from domain.imports import Row, Sheet

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How XLSX (and ODS) and old XLS files begin."""
DELIMITERS = ",;\t"

Lines = Iterable[tuple[int, Sequence[str]]]
Again = Callable[[], Lines]
"""Goes through the lines once more, from the beginning."""


class SheetError(ValueError):
    """The file holds no table; `why` is a key to words, `line` is 0 where no line is to blame."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(f"{why} at line {line}" if line else why)
        self.why = why
        self.line = line


def read_sheet(path: Path) -> Sheet:
    """The table of a CSV file (UTF-8; comma, semicolon or tab) or of a workbook's first sheet.

    Its header is the first line that is not empty. Raises SheetError for what cannot be read,
    OSError for a file that cannot be opened.
    """
    content = path.read_bytes()
    return _sheet(_workbook(content) if content.startswith(WORKBOOKS) else _csv(content))


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


def _csv(content: bytes) -> Again:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError("not_utf8", content.count(b"\n", 0, error.start) + 1) from error
    first = text.lstrip().partition("\n")[0]
    return partial(_csv_lines, content, max(DELIMITERS, key=first.count))


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


def _workbook(content: bytes) -> Again:
    with _opened(content) as book:
        return _kept(book.get_sheet_by_index(0))


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


def _sheet(lines: Again) -> Sheet:
    filled = _filled(lines())
    top, header = next(filled, (0, []))
    named = {index: name for index, name in enumerate(header) if name}
    empty = True
    for _, cells in filled:
        empty = False
        stray = (index for index, cell in enumerate(cells) if cell and index not in named)
        named |= {index: _letter(index) for index in stray}
    if empty:
        raise SheetError("no_rows")
    return Sheet(top, [named[index] for index in sorted(named)], _Rows(lines, named))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows that are read anew whenever they are wanted: a nation's would fill the memory."""

    lines: Again
    named: Mapping[int, str]

    def __iter__(self) -> Iterator[Row]:
        filled = _filled(self.lines())
        next(filled)
        for line, cells in filled:
            yield Row(line, {self.named[at]: cell for at, cell in enumerate(cells) if cell})


def _filled(lines: Lines) -> Iterator[tuple[int, list[str]]]:
    """The lines in which anything stands."""
    for line, cells in lines:
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield line, stripped


def _letter(index: int) -> str:
    """What a worksheet calls a column: A to Z, then AA."""
    before, last = divmod(index, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)
