"""Tables of reports as files for a spreadsheet program: XLSX, and CSV that Excel opens.

A text stays a text: what somebody wrote in a chat is never run as a formula.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]  # it comes without types

Cell = str | Decimal | datetime | None
"""A moment is local and carries no zone, for a spreadsheet knows none."""
Cells = Sequence[Cell]
Writer = Callable[[Cells, Iterable[Cells]], bytes]

FIXED_COLUMNS = 2
"""The columns that name a unit stay in view."""
NARROWEST, WIDEST = 8, 40
"""Of a column, in characters."""


def xlsx(header: Cells, rows: Iterable[Cells]) -> bytes:
    """A workbook of one sheet; its header is bold and stays in view."""
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "align": "left"})
        widths = [NARROWEST] * len(header)
        sheet.freeze_panes(1, FIXED_COLUMNS)
        sheet.write_row(0, 0, header, bold)
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                _write(sheet, line, column, cell, moment)
                widths[column] = max(widths[column], len(spelt(cell)))
        for column, width in enumerate(widths):
            wanted = max(width, len(spelt(header[column])) // 2)
            sheet.set_column(column, column, min(wanted, WIDEST) + 1)
    return made.getvalue()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, line: int, column: int, cell: Cell, moment: object
) -> None:
    match cell:
        case str():
            sheet.write_string(line, column, cell)
        case Decimal():
            sheet.write_number(line, column, cell)
        case datetime():
            sheet.write_datetime(line, column, cell, moment)


def csv_text(header: Cells, rows: Iterable[Cells]) -> bytes:
    """A table in UTF-8 with the mark by which Excel knows it."""
    made = StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(map(_guarded, header))
    for row in rows:
        writer.writerow(map(_guarded, row))
    return made.getvalue().encode("utf-8-sig")


def _guarded(cell: Cell) -> str:
    """A text that a spreadsheet program would run is given an apostrophe, which shows it as text.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    text = spelt(cell)
    return f"'{text}" if isinstance(cell, str) and text[:1] in {*"=+-@\t\r\n"} else text


def spelt(cell: Cell) -> str:
    match cell:
        case datetime():
            return cell.strftime("%d/%m/%Y %H:%M")
        case Decimal():
            return f"{cell:f}"
        case _:
            return cell or ""


WRITERS: dict[str, Writer] = {".xlsx": xlsx, ".csv": csv_text}
"""By what the name of the file ends with."""


def write_whole(path: Path, data: bytes) -> None:
    """Write a file wholly or not at all; raises OSError."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
