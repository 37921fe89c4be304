"""The table of a broadcast, a row for each unit, as XLSX or CSV."""

import csv
import html
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.words import Words
from storage import standing
from storage.standing import Branch, Line, Scope

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNIT_COLUMNS = (
    *("code", "name", "parent", "reach", "why", "sent_at", "acknowledged_at", "by"),
    *("tries", "repeated"),
)
SUM_COLUMNS = (
    *("name", "units", "sent", "waiting", "unknown", "cancelled", "failed", "untold"),
    *("acknowledged", "silent"),
)
WIDTHS = {"name": 28, "parent": 24, "reach": 18, "why": 34, "by": 24}
"""Characters; other columns take 16."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run (OWASP, CSV Injection)."""

Cell = str | int | datetime | None


@dataclass(frozen=True, slots=True)
class BroadcastTable:
    """What a table is made from; moments are written in `zone`."""

    words: Words
    zone: ZoneInfo
    lines: Sequence[Line]
    branches: Sequence[Branch]

    @classmethod
    def read(cls, c: Connection, words: Words, zone: ZoneInfo, scope: Scope) -> "BroadcastTable":
        branches = standing.branches(c, standing.found(c, scope))
        return cls(words, zone, standing.lines(c, scope), branches)

    def xlsx(self) -> bytes:
        """A workbook of two sheets: the units, and the sums by branch."""
        # Imported here, because most processes never write one.
        import xlsxwriter  # type: ignore[import-untyped]  # it comes without types

        file = io.BytesIO()
        with xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": True}) as book:
            for sheet, columns, rows in (
                ("units", UNIT_COLUMNS, self._units()),
                ("sums", SUM_COLUMNS, self._sums()),
            ):
                heads = [self._head(column) for column in columns]
                page = book.add_worksheet(self._say(f"table.sheet_{sheet}"))
                _dress(book, page, columns, heads)
                _fill(book, page, rows)

        return file.getvalue()

    def csv(self) -> bytes:
        """The units, as UTF-8 with a mark at the start, by which Excel knows it."""
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(self._head(column) for column in UNIT_COLUMNS)
        writer.writerows([_plain(cell) for cell in row] for row in self._units())
        return file.getvalue().encode("utf-8-sig")

    def _head(self, column: str) -> str:
        return self._say(f"table.{column}")

    def _units(self) -> Iterable[Sequence[Cell]]:
        for line in self.lines:
            yield (
                line.code,
                line.name,
                line.parent,
                self._say(f"table.reach_{line.reach.name.lower()}"),
                self._say("status.reason", why=line.why) if line.why else "",
                self._local(line.sent_at),
                self._local(line.heard_at),
                line.by,
                line.tries,
                self._say("table.yes") if line.repeated else "",
            )

    def _sums(self) -> Iterable[Sequence[Cell]]:
        for branch in self.branches:
            yield branch.name, *(getattr(branch.tally, column) for column in SUM_COLUMNS[1:])

    def _say(self, key: str, **values: str) -> str:
        """Words as plain text: a cell is no HTML."""
        return html.unescape(self.words(key, **values))

    def _local(self, moment: datetime | None) -> datetime | None:
        """As the clock on the wall shows it, since a cell knows no zone."""
        return moment.astimezone(self.zone).replace(tzinfo=None) if moment else None


def _dress(book: Any, page: Any, columns: Sequence[str], heads: Sequence[str]) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#d7efe4", "border": 1})
    for index, (column, head) in enumerate(zip(columns, heads, strict=True)):
        page.set_column(index, index, WIDTHS.get(column, 16))
        page.write_string(0, index, head, bold)
    page.freeze_panes(1, 0)


def _fill(book: Any, page: Any, rows: Iterable[Sequence[Cell]]) -> None:
    """Write the cells, each as what it is: nothing is taken for a formula."""
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for number, row in enumerate(rows, start=1):
        for index, cell in enumerate(row):
            match cell:
                case str():
                    page.write_string(number, index, cell)
                case int():
                    page.write_number(number, index, cell)
                case datetime():
                    page.write_datetime(number, index, cell, moment)


def _plain(cell: Cell) -> str:
    """A cell as text that no spreadsheet runs."""
    if isinstance(cell, datetime):
        return cell.strftime("%d/%m/%Y %H:%M")
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
