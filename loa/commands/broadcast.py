"""`loa broadcast`: what was sent, how it stands, and its table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Connection

from bot.house import House
from bot.launch import stuck
from bot.standing import overview, scope_of
from bot.table import BroadcastTable
from loa.commands import end_with, settings_of
from loa.commands.operator import operated
from loa.roof import make_house
from loa.screen import Screen, cells, plain
from loa.settings import Settings
from loa.whole_file import write_whole
from storage import broadcasts, documents, errands, standing, units
from storage.broadcasts import Broadcast
from storage.errands import Kind
from storage.store import StorageError

app = typer.Typer(no_args_is_help=True, help="What was sent, and how it stands.")

LISTED = 50
COLUMNS = ("id", "document", "unit", "state", "at", "sent")

Number = Annotated[int, typer.Argument(metavar="ID", help="A number from `loa broadcast list`.")]
File = Annotated[Path, typer.Argument(dir_okay=False, help="The file to write: .xlsx or .csv.")]


@app.command("list")
def list_(context: typer.Context) -> None:
    """List the newest broadcasts."""
    _open(context, Desk.list)


@app.command()
def show(context: typer.Context, number: Number) -> None:
    """Show how a broadcast stands, by branch, and who is missing."""
    _open(context, lambda desk: desk.show(number))


@app.command()
def export(context: typer.Context, number: Number, file: File) -> None:
    """Write the table of a broadcast, a row for each unit, as XLSX or CSV."""
    _open(context, lambda desk: desk.export(number, file))


@dataclass(frozen=True, slots=True)
class Desk:
    """A terminal with a view of the database; what is done there says whether it could be."""

    c: Connection
    house: House
    screen: Screen
    now: datetime

    def list(self) -> bool:
        found = broadcasts.newest(self.c, LISTED)
        if not found:
            self.screen.say("terminal.none")
        table = self.screen.table(*(f"terminal.head_{column}" for column in COLUMNS))
        for each in found:
            table.add_row(*cells(*self._row(each)))
        self.screen.show(table)
        return True

    def _row(self, broadcast: Broadcast) -> tuple[str, ...]:
        headway = standing.headway(self.c, broadcast, self.now)
        return (
            str(broadcast.id),
            documents.get(self.c, broadcast.document_id).number,
            units.get(self.c, broadcast.unit_id).name,
            self.screen.text(f"status.state_{'stuck' if broadcast.stuck else broadcast.state}"),
            self.screen.text("terminal.moment", at=broadcast.created_at),
            f"{headway.sent}/{headway.total}",
        )

    def show(self, number: int) -> bool:
        broadcast = self._known(number)
        if broadcast is None:
            return False
        scope = scope_of(self.house, broadcast, broadcast.unit_id, self.now)
        found = overview(self.c, self.house, scope)
        self.screen.write(plain(found.text))
        if why := stuck(self.c, self.house, broadcast, self.now):
            self.screen.write(plain(why))
        for branch in found.branches:
            self.screen.say("status.branch", name=branch.name, tally=branch.tally)
        return True

    def export(self, number: int, file: Path) -> bool:
        if file.suffix.lower() not in (".xlsx", ".csv"):
            self.screen.say("terminal.which_file", name=file.name)
            return False
        broadcast = self._known(number)
        if broadcast is None:
            return False
        scope = scope_of(self.house, broadcast, broadcast.unit_id, self.now)
        table = BroadcastTable.read(self.c, self.house.words, self.house.zone, scope)
        try:
            write_whole(file, table.csv() if file.suffix.lower() == ".csv" else table.xlsx())
        except OSError as error:
            self.screen.say("terminal.not_written", name=file.name, error=error.strerror)
            return False
        errands.exported(self.c, Kind.SHEET, broadcast.unit_id)
        self.screen.say("terminal.written", name=file.name, count=len(table.lines))
        return True

    def _known(self, number: int) -> Broadcast | None:
        """The broadcast with that number; says so when there is none."""
        found = broadcasts.find(self.c, number)
        if found is None:
            self.screen.say("terminal.unknown", number=number)
        return found


def _open(context: typer.Context, work: Callable[[Desk], bool]) -> None:
    """Do something at the desk, and leave with 1 when it could not be done."""
    end_with(_at_desk(settings_of(context), work))


async def _at_desk(settings: Settings, work: Callable[[Desk], bool]) -> bool:
    house, now = make_house(settings), datetime.now(UTC)
    screen = Screen(Console(), house.words)
    try:
        async with operated(settings) as store:
            return await store.write(lambda c: work(Desk(c, house, screen, now)))
    except StorageError as error:
        screen.say("terminal.no_database", error=str(error))
        return False
