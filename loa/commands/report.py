"""`loa report`: what the teams reported."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from sqlalchemy import Connection

from bot.data_sets import load_data_sets
from bot.handlers.report import WEEKLY, lines
from bot.handlers.totals import survey_of
from bot.words import number
from domain.data_set import DataSet, ValueType, week_of
from domain.period import Week
from domain.units import Unit
from loa.commands import opened, settings_of
from loa.commands.choosing import UnitCode, WeekOption, unit_or_top
from loa.report_sheet import WRITERS, Cells, write_whole
from loa.screen import Screen, cells
from loa.settings import Settings
from storage import reports, units
from storage.reports import Filed, Rate

app = typer.Typer(no_args_is_help=True, help="The weekly report: see it, take it away as a table.")

SHOWN = 50
"""How many units without a report are named in a terminal."""


def _sheet_file(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in WRITERS:
        raise typer.BadParameter(f"{text!r} ends neither with .xlsx nor with .csv")
    return path


SheetFile = Annotated[
    Path,
    typer.Argument(
        parser=_sheet_file,
        metavar="FILE",
        help="The file to write, .xlsx or .csv; one that is there is replaced.",
    ),
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report: the data set, the week, and the unit at the top (none: the only one)."""

    data_set: DataSet
    week: Week
    code: str | None

    @classmethod
    def of(cls, zone: ZoneInfo, code: str | None, week: Week | None) -> "Wanted":
        now = week_of(datetime.now(UTC), zone)
        return cls(load_data_sets()[WEEKLY], week or now, code)


@app.command("show")
def show(context: typer.Context, unit: UnitCode = None, week: WeekOption = None) -> None:
    """Show how many reports are in, by unit, their sums, and who has not reported."""
    settings = settings_of(context)
    wanted = Wanted.of(settings.timezone, unit, week)
    screen = Screen.open(settings.timezone, Console())
    asyncio.run(show_report(settings, wanted, screen))


@app.command("export")
def export(
    context: typer.Context, file: SheetFile, unit: UnitCode = None, week: WeekOption = None
) -> None:
    """Write the reports as a table: a row for each unit that should report, and their sums.

    XLSX keeps codes such as 08 whole; Excel takes the 0 away when it opens a CSV.
    """
    settings = settings_of(context)
    wanted = Wanted.of(settings.timezone, unit, week)
    screen = Screen.open(settings.timezone, Console())
    good = asyncio.run(export_report(settings, wanted, file, screen))
    raise typer.Exit(0 if good else 1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the reports of a subtree stand."""

    unit: Unit
    rate: Rate
    branches: Sequence[tuple[str, Rate]]
    totals: Mapping[str, Decimal]
    missing: Sequence[Unit]


async def show_report(settings: Settings, wanted: Wanted, screen: Screen) -> None:
    """Tell how the reports stand; raises typer.BadParameter for a unit that there is not."""
    async with opened(settings) as store:
        standing = await store.read(_standing, wanted)
    screen.say(
        "cli.report_title", name=wanted.data_set.name, unit=standing.unit.name, week=wanted.week
    )
    _show_rates(standing, screen)
    _show_totals(wanted.data_set, standing, screen)
    _show_missing(standing.missing, screen)


def _standing(c: Connection, wanted: Wanted) -> Standing:
    survey = survey_of(wanted.data_set, wanted.week)
    unit = unit_or_top(c, wanted.code, survey.day)
    return Standing(
        unit,
        reports.rate(c, survey, unit.id),
        reports.rate_by_branch(c, survey, unit.id),
        reports.totals(c, survey, unit.id),
        reports.missing(c, survey, unit.id),
    )


def _show_rates(standing: Standing, screen: Screen) -> None:
    table = screen.table("cli.header_unit", "cli.header_expected", "cli.header_actual", numbers=2)
    for name, rate in standing.branches:
        table.add_row(*cells(name, number(rate.expected), number(rate.actual)))
    table.add_section()
    total, rate = screen.text("cli.total"), standing.rate
    table.add_row(*cells(total, number(rate.expected), number(rate.actual)))
    screen.show(table)


def _show_totals(data_set: DataSet, standing: Standing, screen: Screen) -> None:
    table = screen.table("cli.header_element", "cli.total", numbers=1)
    for _, name, total in lines(data_set, standing.totals):
        if isinstance(total, Decimal):
            table.add_row(*cells(name, number(total)))
    screen.show(table)


def _show_missing(missing: Sequence[Unit], screen: Screen) -> None:
    if not missing:
        return
    screen.say("cli.report_missing", count=len(missing))
    table = screen.table("cli.header_code", "cli.header_unit")
    for unit in missing[:SHOWN]:
        table.add_row(*cells(unit.code, unit.name))
    screen.show(table)
    if len(missing) > SHOWN:
        screen.say("cli.report_more", count=len(missing) - SHOWN)


@dataclass(frozen=True, slots=True)
class Taken:
    """What an export holds: the units with what they filed, their parents' names, the sums."""

    filed: Sequence[Filed]
    parents: Mapping[str, str]
    totals: Mapping[str, Decimal]
    rate: Rate


async def export_report(settings: Settings, wanted: Wanted, file: Path, screen: Screen) -> bool:
    """Write the table; whether it is written. Raises typer.BadParameter for an unknown unit."""
    async with opened(settings) as store:
        taken = await store.read(_take, wanted)
    writer = WRITERS[file.suffix.lower()]
    with screen.progress() as bar:
        rows = bar.track(
            _rows(taken, wanted.data_set, settings.timezone, screen),
            total=len(taken.filed) + 1,
            description=screen.text("cli.export_writes"),
        )
        data = writer(_header(wanted.data_set, screen), rows)
    try:
        write_whole(file, data)
    except OSError as error:
        screen.say("cli.export_refused", file=file, error=error.strerror)
        return False
    screen.say("cli.export_done", file=file, rate=taken.rate)
    return True


def _take(c: Connection, wanted: Wanted) -> Taken:
    survey = survey_of(wanted.data_set, wanted.week)
    unit = unit_or_top(c, wanted.code, survey.day)
    return Taken(
        reports.filed(c, survey, unit.id),
        units.parent_names(c, unit.id, survey.day),
        reports.totals(c, survey, unit.id),
        reports.rate(c, survey, unit.id),
    )


def _header(data_set: DataSet, screen: Screen) -> Cells:
    keys = ("code", "unit", "parent", "submitted")
    named = [screen.text(f"cli.header_{key}") for key in keys]
    return [*named, *(element.name for element in data_set.elements)]


def _rows(taken: Taken, data_set: DataSet, zone: ZoneInfo, screen: Screen) -> Iterator[Cells]:
    for each in taken.filed:
        at = each.submitted_at and each.submitted_at.astimezone(zone).replace(tzinfo=None)
        answers = [each.values.get(element.id) for element in data_set.elements]
        yield each.code, each.name, taken.parents.get(each.code), at, *answers
    sums = [
        None if element.type is ValueType.TEXT else taken.totals.get(element.id, Decimal(0))
        for element in data_set.elements
    ]
    rate = screen.text("cli.export_rate", rate=taken.rate)
    yield screen.text("cli.total"), None, None, rate, *sums
