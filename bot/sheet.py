"""Tables as files for a spreadsheet program: XLSX, and CSV that Excel opens.

A text stays a text: what somebody wrote in a chat is never run as a formula.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | Decimal | date | datetime | None
"""A moment is local and carries no zone, for a spreadsheet knows none."""
Cells = Sequence[Cell]

NARROWEST, WIDEST = 8, 40
"""Of a column, in characters."""
CHART_SIZE = {"width": 900, "height": 420}
"""In dots."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a page's columns: `values` over the first column, as "line" or "column".

    It shows the first `rows` rows, and stands beside the table.
    """

    kind: str
    title: str
    values: Sequence[int]
    rows: int


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of a workbook: its header stays in view, and so do the first `fixed` columns."""

    name: str
    header: Sequence[str]
    rows: Iterable[Cells]
    fixed: int = 0
    chart: Chart | None = None


def xlsx(*pages: Page) -> bytes:
    """A workbook of these pages."""
    # Imported here, because most processes never write one.
    import xlsxwriter  # type: ignore[import-untyped]  # it comes without types

    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        for page in pages:
            sheet = book.add_worksheet(page.name)
            _fill(book, sheet, page)
            if page.chart and page.chart.rows:
                _draw(book, sheet, page, page.chart)
    return made.getvalue()


def _fill(book: Any, sheet: Any, page: Page) -> None:
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "align": "left"})
    day = book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
    widths = [max(NARROWEST, len(head) // 2) for head in page.header]
    sheet.freeze_panes(1, page.fixed)
    sheet.write_row(0, 0, page.header, bold)
    for line, row in enumerate(page.rows, 1):
        for column, cell in enumerate(row):
            _write(sheet, line, column, cell, moment, day)
            widths[column] = max(widths[column], len(spelt(cell)))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width, WIDEST) + 1)


def _write(sheet: Any, line: int, column: int, cell: Cell, moment: object, day: object) -> None:
    match cell:
        case str():
            sheet.write_string(line, column, cell)
        case int() | Decimal():
            sheet.write_number(line, column, cell)
        case datetime():
            sheet.write_datetime(line, column, cell, moment)
        case date():
            sheet.write_datetime(line, column, cell, day)


def _draw(book: Any, sheet: Any, page: Page, wanted: Chart) -> None:
    chart = book.add_chart({"type": wanted.kind})
    for column in wanted.values:
        chart.add_series(
            {
                "name": [page.name, 0, column],
                "categories": [page.name, 1, 0, wanted.rows, 0],
                "values": [page.name, 1, column, wanted.rows, column],
            }
        )
    chart.set_title({"name": wanted.title, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    chart.set_size(CHART_SIZE)
    sheet.insert_chart(1, len(page.header) + 1, chart)


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
        case date():
            return cell.strftime("%d/%m/%Y")
        case Decimal():
            return f"{cell:f}"
        case None:
            return ""
        case _:
            return str(cell)
