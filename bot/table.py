"""The table of a broadcast, a row for each unit, as XLSX or CSV."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.sheet import Cells, Page, csv_text, xlsx
from bot.words import Words
from storage import standing
from storage.standing import Branch, Line, Scope

UNIT_COLUMNS = (
    *("code", "name", "parent", "reach", "why", "sent_at", "acknowledged_at", "by"),
    *("tries", "repeated"),
)
SUM_COLUMNS = (
    *("name", "units", "sent", "waiting", "unknown", "cancelled", "failed", "untold"),
    *("acknowledged", "silent"),
)


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
        return xlsx(
            Page(self.words.plain("table.sheet_units"), self._heads(UNIT_COLUMNS), self._units()),
            Page(self.words.plain("table.sheet_sums"), self._heads(SUM_COLUMNS), self._sums()),
        )

    def csv(self) -> bytes:
        """The units, as UTF-8 with a mark at the start, by which Excel knows it."""
        return csv_text(self._heads(UNIT_COLUMNS), self._units())

    def _heads(self, columns: Sequence[str]) -> list[str]:
        return [self.words.plain(f"table.{column}") for column in columns]

    def _units(self) -> Iterable[Cells]:
        for line in self.lines:
            yield (
                line.code,
                line.name,
                line.parent,
                self.words.plain(f"table.reach_{line.reach.name.lower()}"),
                self.words.plain("status.reason", why=line.why) if line.why else "",
                self._local(line.sent_at),
                self._local(line.heard_at),
                line.by,
                line.tries,
                self.words.plain("table.yes") if line.repeated else "",
            )

    def _sums(self) -> Iterable[Cells]:
        for branch in self.branches:
            yield branch.name, *(getattr(branch.tally, column) for column in SUM_COLUMNS[1:])

    def _local(self, moment: datetime | None) -> datetime | None:
        """As the clock on the wall shows it, since a cell knows no zone."""
        return moment.astimezone(self.zone).replace(tzinfo=None) if moment else None
