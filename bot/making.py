"""What the files are made from that somebody waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from bot import certificate, digest, network, paper, personal
from bot.house import House
from bot.picture import SHOWN, Bar, Picture, png, worst_first
from bot.sheet import XLSX
from bot.standing import scope_of
from bot.table import BroadcastTable
from domain.message import FileKind
from domain.standing import Found, Tally
from scheduler.errands import Making, file_name
from storage import broadcasts, documents, standing, units
from storage.errands import Errand, Kind
from storage.standing import Scope


@dataclass(frozen=True, slots=True)
class Workshop:
    """Knows how each kind of errand is done."""

    house: House
    folder: Path
    """Where the bytes of files are kept."""

    def prepare(self, c: Connection, errand: Errand, now: datetime) -> Making | None:
        """What the file of an errand is made from; None when there is nothing to show."""
        match Kind(errand.kind):
            case Kind.PICTURE | Kind.SHEET:
                return self._of_broadcast(c, errand, now)
            case Kind.REPORTS:
                return paper.table(c, self.house, errand.subject)
            case Kind.OFFICIAL:
                return paper.official(c, self.house, errand.subject, now, self.folder)
            case Kind.NETWORK:
                return network.drawing(c, self.house, errand.subject)
            case Kind.NETWORK_SHEET:
                return network.table(c, self.house, errand.subject)
            case Kind.DIGEST:
                return digest.making(c, self.house, errand.subject)
            case Kind.CERTIFICATE:
                return certificate.making(c, self.house, errand.subject)
            case Kind.PERSONAL:
                return personal.making(c, self.house, errand.subject, now)

    def _of_broadcast(self, c: Connection, errand: Errand, now: datetime) -> Making | None:
        broadcast = broadcasts.get(c, int(errand.subject["broadcast"]))
        scope = scope_of(self.house, broadcast, int(errand.subject["unit"]), now)
        if errand.kind == Kind.SHEET:
            return self._table(c, scope, now)
        found = standing.found(c, scope)
        several = len({unit.branch_id for unit in found}) > 1
        return self._picture(c, scope, found, now) if several else None

    def sorry(self, errand: Errand) -> str:
        keys = {Kind.CERTIFICATE: "study.failed", Kind.PERSONAL: "privacy.failed"}
        return self.house.words(keys.get(Kind(errand.kind), "status.sheet_failed"))

    def picture(
        self, c: Connection, scope: Scope, found: Sequence[Found], now: datetime
    ) -> Picture:
        """How a broadcast stands in each branch, ready to be drawn."""
        bars = [Bar.of(each.name, each.tally) for each in standing.branches(c, found)]
        shown = min(len(bars), SHOWN)
        names, say = _names(c, scope), self.house.words.plain
        return Picture(
            title=say("progress.picture_title", **names),
            sums=say("progress.picture_sums", tally=Tally.of(found), at=now),
            note=say("progress.picture_worst", shown=shown, count=len(bars)),
            legend=(
                say("progress.picture_acknowledged"),
                say("progress.picture_sent"),
                say("progress.picture_lost"),
                say("progress.picture_waiting"),
            ),
            bars=worst_first(bars),
        )

    def _picture(
        self, c: Connection, scope: Scope, found: Sequence[Found], now: datetime
    ) -> Making:
        names = _names(c, scope)
        text = self.house.words("progress.picture", **names, at=now)
        make = partial(png, self.picture(c, scope, found, now))
        name = file_name(names["doc_number"], "png")
        return Making(name, "image/png", FileKind.PHOTO, text, make)

    def _table(self, c: Connection, scope: Scope, now: datetime) -> Making:
        names = _names(c, scope)
        text = self.house.words("status.sheet_ready", **names, at=now)
        table = BroadcastTable.read(c, self.house.words, self.house.zone, scope)
        name = file_name(names["doc_number"], "xlsx")
        return Making(name, XLSX, FileKind.DOCUMENT, text, table.xlsx)


def _names(c: Connection, scope: Scope) -> dict[str, str]:
    document = documents.get(c, scope.broadcast.document_id)
    return {"doc_number": document.number, "unit": units.get(c, scope.top_id).name}
