"""`loa dataset`: the data sets, and XLSForms that become one."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console

from bot.data_sets import DATA_SETS, BadDataSet, load_data_set, load_data_sets, told
from domain.data_set import DataSet
from domain.data_set_body import BadBody, read_body, write_body
from domain.fault import Fault
from domain.period import PeriodType
from domain.xlsform import Carried, carry
from loa.commands import settings_of
from loa.import_report import ImportReport
from loa.screen import Screen, cells
from loa.settings import Settings
from loa.sheets import SheetError, read_sheets
from loa.whole_file import write_whole

app = typer.Typer(no_args_is_help=True, help="Data sets: the questions of reports.")

Form = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, metavar="FORM", help="An XLSForm, as XLSX.")
]
File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE", help="A data set, as YAML.")
]
Folder = Annotated[
    Path, typer.Option("--into", file_okay=False, help="The folder in which the file is written.")
]
Levels = Annotated[
    list[str] | None,
    typer.Option(
        "--level", help="A level that reports it; the levels that report, where none is given."
    ),
]
Every = Annotated[PeriodType, typer.Option("--every", help="How often it is reported.")]
DueDay = Annotated[
    int | None, typer.Option("--due-day", help="The day of the period on which it is asked for.")
]


@app.command("list")
def show_list(context: typer.Context) -> None:
    """Show the data sets that are there."""
    settings = settings_of(context)
    screen = Screen.open(settings.timezone, Console())
    headers = ("code", "dataset", "period", "levels", "version", "questions")
    table = screen.table(*(f"import.header_{header}" for header in headers), numbers=2)
    for each in load_data_sets().values():
        period = screen.text(f"report.per_{each.period_type}")
        numbers = (str(each.version), str(len(each.elements)))
        table.add_row(*cells(each.id, each.name, period, ", ".join(each.levels), *numbers))
    screen.show(table)


@app.command("check")
def check(context: typer.Context, file: File) -> None:
    """Check a data set file: every fault with its line."""
    settings = settings_of(context)
    screen = Screen.open(settings.timezone, Console())
    try:
        data_set = load_data_set(file)
    except BadDataSet as bad:
        screen.write(str(bad))
        raise typer.Exit(1) from None
    known = [level.id for level in settings.levels]
    strange = [level for level in data_set.levels if level not in known]
    for level in strange:
        why = screen.text("import.dataset_level", level=level, known=", ".join(known))
        screen.write(f"{file.name}, levels: {why}")
    if strange:
        raise typer.Exit(1)
    questions = len(data_set.elements)
    screen.say("import.dataset_good", file=file.name, name=data_set.name, questions=questions)


@app.command("import")
def import_(
    context: typer.Context,
    form: Form,
    level: Levels = None,
    every: Every = PeriodType.WEEK,
    due_day: DueDay = None,
    into: Folder = DATA_SETS,
) -> None:
    """Make a data set of an XLSForm; what cannot be carried is named row by row."""
    settings = settings_of(context)
    given: dict[str, Any] = {"levels": level or _reporting(settings), "period_type": every.value}
    if due_day is not None:
        given["due_day"] = due_day
    good = import_form(settings, form, given, into, Console())
    raise typer.Exit(0 if good else 1)


def _reporting(settings: Settings) -> list[str]:
    return [level.id for level in settings.levels if level.reports]


def import_form(
    settings: Settings, form: Path, given: dict[str, Any], into: Path, console: Console
) -> bool:
    """Write the data set of a form and show how it went; whether there is one now."""
    report = ImportReport(Screen.open(settings.timezone, console))
    try:
        sheets = read_sheets(form)
    except SheetError as error:
        report.unreadable(error)
        return False
    if "survey" not in sheets:
        report.say("form_no_survey")
        return False
    carried = carry(sheets, given)
    report.problems(carried.left)
    try:
        data_set = read_body(carried.body)
    except BadBody as bad:
        _refuse(report, form, carried, bad)
        return False
    if carried.left:
        report.say("form_left", count=len(carried.left))
    _write(report, data_set, into)
    return True


def _refuse(report: ImportReport, form: Path, carried: Carried, bad: BadBody) -> None:
    """What keeps the form from being a data set, each by the row that it comes from."""
    if not carried.rows:
        report.say("form_no_question")
        return
    for fault in bad.faults:
        report.screen.write(told(form.name, _row(carried, fault), fault))
    report.say("form_refused")


def _row(carried: Carried, fault: Fault) -> int:
    match fault.path:
        case ("elements", int(index), *_):
            return carried.rows[index].line
    return 0


def _write(report: ImportReport, data_set: DataSet, into: Path) -> None:
    """Write the file; one that is there gets the next version, unless it says the same."""
    path = into / f"{data_set.id}.yaml"
    if path.exists():
        before = load_data_set(path)
        if replace(data_set, version=before.version) == before:
            report.say("form_same", file=path)
            return
        data_set = replace(data_set, version=before.version + 1)
    text = yaml.safe_dump(write_body(data_set), allow_unicode=True, sort_keys=False, width=100)
    write_whole(path, text.encode())
    report.say(
        "form_written",
        file=path,
        name=data_set.name,
        questions=len(data_set.elements),
        version=data_set.version,
    )
