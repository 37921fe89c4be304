"""What the files are made from that somebody waits for: the picture and table of a broadcast."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.house import House
from bot.picture import SHOWN, Bar, Picture, png, worst_first
from bot.standing import scope_of
from bot.table import XLSX, BroadcastTable
from domain.message import FileKind
from domain.standing import Found, Tally
from scheduler.errands import Making
from storage import broadcasts, documents, standing, units
from storage.errands import Errand, Kind
from storage.standing import Scope


@dataclass(frozen=True, slots=True)
class Workshop:
    """Knows how each kind of errand is done."""

    house: House

    def prepare(self, c: Connection, errand: Errand, now: datetime) -> Making | None:
        """What the file of an errand is made from; None when there is nothing to show."""
        broadcast = broadcasts.get(c, errand.broadcast_id)
        scope = scope_of(self.house, broadcast, errand.unit_id, now)
        if errand.kind == Kind.SHEET:
            return self._table(c, scope, now)
        found = standing.found(c, scope)
        several = len({unit.branch_id for unit in found}) > 1
        return self._picture(c, scope, found, now) if several else None

    def sorry(self, errand: Errand) -> str:
        return self.house.words("status.sheet_failed")

    def picture(
        self, c: Connection, scope: Scope, found: Sequence[Found], now: datetime
    ) -> Picture:
        """How a broadcast stands in each branch, ready to be drawn."""
        bars = [Bar.of(each.name, each.tally) for each in standing.branches(c, found)]
        shown = min(len(bars), SHOWN)
        names = _names(c, scope)
        return Picture(
            title=self._say("picture_title", **names),
            sums=self._say("picture_sums", tally=Tally.of(found), at=now),
            note=self._say("picture_worst", shown=shown, count=len(bars)),
            legend=(
                self._say("picture_acknowledged"),
                self._say("picture_sent"),
                self._say("picture_lost"),
                self._say("picture_waiting"),
            ),
            bars=worst_first(bars),
        )

    def _say(self, key: str, **values: object) -> str:
        """Words as plain text: a picture is no HTML."""
        return html.unescape(self.house.words(f"progress.{key}", **values))

    def _picture(
        self, c: Connection, scope: Scope, found: Sequence[Found], now: datetime
    ) -> Making:
        names = _names(c, scope)
        text = self.house.words("progress.picture", **names, at=now)
        make = partial(png, self.picture(c, scope, found, now))
        return Making(_file_name(names, "png"), "image/png", FileKind.PHOTO, text, make)

    def _table(self, c: Connection, scope: Scope, now: datetime) -> Making:
        names = _names(c, scope)
        text = self.house.words("status.sheet_ready", **names, at=now)
        table = BroadcastTable.read(c, self.house.words, self.house.zone, scope)
        return Making(_file_name(names, "xlsx"), XLSX, FileKind.DOCUMENT, text, table.xlsx)


def _names(c: Connection, scope: Scope) -> dict[str, str]:
    document = documents.get(c, scope.broadcast.document_id)
    return {"doc_number": document.number, "unit": units.get(c, scope.top_id).name}


def _file_name(names: dict[str, str], ending: str) -> str:
    """As `12-KH-UBND.xlsx`, which every system takes."""
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in names["doc_number"])
    return f"{safe}.{ending}"
