"""`loa report`: what the teams reported."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from sqlalchemy import Connection

from bot.data_values import data_value_sets
from bot.handlers.report import WEEKLY
from bot.official import OfficialReport
from bot.period_report import PeriodReport
from bot.reported import sums
from bot.words import number
from domain.data_set import DataSet
from domain.period import Period
from domain.rates import Survey
from domain.units import Unit
from loa.commands import end_with, opened, settings_of
from loa.commands.choosing import DataSetOption, PeriodOption, UnitCode, file_as, unit_or_top
from loa.commands.operator import operated
from loa.roof import word_template
from loa.screen import Screen, cells
from loa.settings import Settings
from loa.whole_file import written
from storage import errands, totals
from storage.errands import Kind
from storage.totals import Summed

app = typer.Typer(no_args_is_help=True, help="The weekly report: see it, take it away as a table.")

SHOWN = 50
"""How many units without a report are named in a terminal."""

File = Annotated[
    Path,
    typer.Argument(
        parser=file_as(".xlsx", ".csv", ".json", ".docx"),
        metavar="FILE",
        help="The file to write, .xlsx, .csv, .json or .docx; one that is there is replaced.",
    ),
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report: the data set, the period, and the unit at the top (none: the only one)."""

    data_set: DataSet
    period: Period
    code: str | None
    zone: ZoneInfo

    @property
    def survey(self) -> Survey:
        return Survey(self.data_set, self.period, self.zone)

    @classmethod
    def of(
        cls, zone: ZoneInfo, data_set: DataSet, code: str | None, period: Period | None
    ) -> "Wanted":
        return cls(data_set, period or data_set.period_at(datetime.now(UTC), zone), code, zone)


@app.command("show")
def show(
    context: typer.Context,
    unit: UnitCode = None,
    period: PeriodOption = None,
    data_set: DataSetOption = WEEKLY,  # type: ignore[assignment]  # typer parses the default
) -> None:
    """Show how many reports are in, by unit, their sums, and who has not reported."""
    settings = settings_of(context)
    wanted = Wanted.of(settings.timezone, data_set, unit, period)
    screen = Screen.open(settings.timezone, Console())
    asyncio.run(show_report(settings, wanted, screen))


@app.command("export")
def export(
    context: typer.Context,
    file: File,
    unit: UnitCode = None,
    period: PeriodOption = None,
    data_set: DataSetOption = WEEKLY,  # type: ignore[assignment]  # typer parses the default
) -> None:
    """Write the reports: a table (XLSX, CSV), DHIS2's dataValueSets (JSON), or an official paper.

    A table has a row for each unit that should report, and their sums. XLSX keeps codes such as 08
    whole; Excel takes the 0 away when it opens a CSV. The paper (DOCX) has the form of Decree
    30/2020/NĐ-CP.
    """
    settings = settings_of(context)
    wanted = Wanted.of(settings.timezone, data_set, unit, period)
    screen = Screen.open(settings.timezone, Console())
    end_with(export_report(settings, wanted, file, screen))


@dataclass(frozen=True, slots=True)
class Standing:
    """How the reports of a subtree stand."""

    unit: Unit
    summed: Summed
    missing: Sequence[Unit]


async def show_report(settings: Settings, wanted: Wanted, screen: Screen) -> None:
    """Tell how the reports stand; raises typer.BadParameter for a unit that there is not."""
    async with opened(settings) as store:
        standing = await store.read(_standing, wanted)
    screen.say(
        "cli.report_title", name=wanted.data_set.name, unit=standing.unit.name, period=wanted.period
    )
    _show_rates(standing, screen)
    _show_totals(wanted.data_set, standing, screen)
    _show_missing(standing.missing, screen)


def _standing(c: Connection, wanted: Wanted) -> Standing:
    survey = wanted.survey
    unit = unit_or_top(c, wanted.code, survey.day)
    return Standing(
        unit,
        totals.summed(c, [survey], unit.id),
        totals.unreported(c, survey, unit.id),
    )


def _show_rates(standing: Standing, screen: Screen) -> None:
    table = screen.table("cli.header_unit", "cli.header_expected", "cli.header_actual", numbers=2)
    for branch, rate in standing.summed.branches:
        table.add_row(*cells(branch.name, number(rate.expected), number(rate.actual)))
    table.add_section()
    total, rate = screen.text("cli.total"), standing.summed.rate
    table.add_row(*cells(total, number(rate.expected), number(rate.actual)))
    screen.show(table)


def _show_totals(data_set: DataSet, standing: Standing, screen: Screen) -> None:
    table = screen.table("cli.header_element", "cli.total", numbers=1)
    for _, name, total in sums(data_set, standing.summed.totals):
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


async def export_report(settings: Settings, wanted: Wanted, file: Path, screen: Screen) -> bool:
    """Write the file; whether it is written. Raises typer.BadParameter for an unknown unit."""
    template = word_template(settings) if file.suffix.lower() == ".docx" else None
    async with operated(settings) as store:
        paper = await store.write(_taken_out, wanted, datetime.now(UTC))
    report = paper.report
    match file.suffix.lower():
        case ".xlsx":
            data = report.xlsx(screen.words)
        case ".csv":
            data = report.csv(screen.words)
        case ".json":
            data = data_value_sets(report)
        case _:
            assert template
            data = paper.docx(screen.words, template, settings.files_dir)
    if good := written(file, data, screen):
        screen.say("cli.export_done", file=file, rate=report.summed.rate)
    return good


def _taken_out(c: Connection, wanted: Wanted, now: datetime) -> OfficialReport:
    survey = wanted.survey
    unit = unit_or_top(c, wanted.code, survey.day)
    errands.exported(c, Kind.REPORTS, unit.id)
    return OfficialReport.read(c, PeriodReport.read(c, survey, unit.id), now)
