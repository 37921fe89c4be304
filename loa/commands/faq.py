"""`loa faq`: the entries of the FAQ."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from sqlalchemy import Connection

from bot.faq import Faq, open_faq
from domain.entry_choice import EVERYWHERE, KeptEntry, Standpoint
from domain.faq import Entry
from domain.faq_check import Finding, check_faq
from domain.faq_import import KnownFaq, check_entries
from domain.imports import Sheet
from domain.period import local_day
from loa.commands import end_with, opened, settings_of
from loa.commands.importing import bring_in
from loa.faq_file import read_entries, write_entries
from loa.import_report import ImportReport
from loa.screen import Screen
from loa.settings import Settings
from storage import entries, files, units
from storage.bulk import Told
from storage.entries import Stroke
from storage.imports import Imported, known_units

app = typer.Typer(no_args_is_help=True, help="The entries of the FAQ.")

T = TypeVar("T")

File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, help="An XLSX, CSV or YAML file."),
]
Target = Annotated[
    Path, typer.Argument(dir_okay=False, help="A file that ends in .xlsx, .csv or .yaml.")
]


@app.command("import")
def import_(context: typer.Context, file: File) -> None:
    """Import entries: all rows of the file, or none if any is wrong; doubtful rows are listed.

    Columns: question, answer; if you have them id, wordings, topic, audience, source, unit_code,
    replaces, valid_from, valid_until, files (as an export names them). A running bot answers with
    them at once.
    """
    settings = settings_of(context)
    end_with(import_file(settings, file, datetime.now(UTC), Console()))


async def import_file(settings: Settings, path: Path, now: datetime, console: Console) -> bool:
    """Import a file of entries and show how it went; whether all of it is in now."""
    work = partial(import_entries, settings=settings, now=now)
    return await bring_in(settings, path, console, read_entries, work)


def import_entries(
    c: Connection, sheet: Sheet, told: Told, *, settings: Settings, now: datetime
) -> Imported:
    """Bring in what a sheet says of entries; all of it, or nothing where a row is wrong."""
    faq = open_faq()
    faq.refresh(c)
    known = _known(c, faq, settings.faq.answer_above)
    checked = check_entries(sheet, known, local_day(now, settings.timezone))
    if checked.problems:
        return Imported(problems=checked.problems)
    changed = [each for each in checked.entries if each != faq.kept(each.id)]
    for number, kept in enumerate(changed, 1):
        entries.save(c, kept, Stroke(None, now, "imported"))
        told("entry", number, len(changed))
    new = sum(each.id not in known.entries for each in changed)
    same = len(checked.entries) - len(changed)
    return Imported(new, len(changed) - new, same, doubts=checked.doubts)


def _known(c: Connection, faq: Faq, answer_above: float) -> KnownFaq:
    def near(question: str) -> Entry | None:
        hits = faq.search(question, 1)
        return hits[0].entry if hits and hits[0].score >= answer_above else None

    return KnownFaq(
        entries={entry.id: entry for entry, _ in faq.all()},
        shipped={entry.id: entry for entry in faq.shipped},
        kept={entry.id: kept for entry, kept in faq.all()},
        unit_ids={code: unit.id for code, unit in known_units(c).items()},
        file_ids={name: file_id for file_id, name in _file_names(c, faq).items()},
        near=near,
    )


@app.command("export")
def export(context: typer.Context, file: Target) -> None:
    """Export all entries, shipped ones too, to a file that can be edited and imported again."""
    settings = settings_of(context)
    report = ImportReport(Screen.open(settings.timezone, Console()))
    rows = asyncio.run(_read(settings, exported))
    try:
        write_entries(file, rows)
    except ValueError as error:
        raise typer.BadParameter("a file ends in .xlsx, .csv or .yaml") from error
    report.say("exported", count=len(rows), file=file.name)


def exported(c: Connection, faq: Faq) -> list[dict[str, str]]:
    """Every entry as the cells of a row."""
    codes = {unit.id: code for code, unit in known_units(c).items()}
    names = _file_names(c, faq)
    return [
        _row(entry, kept, codes.get(kept.unit_id or 0, ""), [names[each] for each in kept.files])
        for entry, kept in faq.all()
    ]


def _file_names(c: Connection, faq: Faq) -> dict[int, str]:
    """What a sheet calls the files of the entries: by number and name, so that each is one."""
    used = list(dict.fromkeys(each for _, kept in faq.all() for each in kept.files))
    return {file.id: f"{file.id} {file.name}".strip() for file in files.of_ids(c, used)}


def _row(
    entry: Entry, kept: KeptEntry, unit_code: str, file_names: Sequence[str]
) -> dict[str, str]:
    return {
        "id": entry.id,
        "question": entry.question,
        "wordings": "\n".join(entry.wordings),
        "answer": entry.answer,
        "topic": entry.topic,
        "audience": ", ".join(entry.audience),
        "source": entry.source,
        "unit_code": unit_code,
        "replaces": kept.replaces or "",
        "valid_from": kept.valid_from.isoformat() if kept.valid_from else "",
        "valid_until": kept.valid_until.isoformat() if kept.valid_until else "",
        "files": "\n".join(file_names),
    }


@app.command("check")
def check(context: typer.Context) -> None:
    """Look for doubles, contradictions, entries without source and wordings that another wins.

    Exits with 1 when something is found.
    """
    settings = settings_of(context)
    day = local_day(datetime.now(UTC), settings.timezone)
    found = asyncio.run(_read(settings, partial(checked, day=day)))
    ImportReport(Screen.open(settings.timezone, Console())).findings(found)
    raise typer.Exit(1 if found else 0)


def checked(c: Connection, faq: Faq, *, day: date) -> Sequence[Finding]:
    """Everything that is amiss among the entries."""

    def winner(wording: str, kept: KeptEntry) -> Entry | None:
        line = () if kept.unit_id is None else tuple(units.line(c, kept.unit_id, day))
        hits = faq.search(wording, 1, Standpoint(line) if line else EVERYWHERE)
        return hits[0].entry if hits else None

    return check_faq(faq.families(), winner)


async def _read(settings: Settings, work: Callable[[Connection, Faq], T]) -> T:
    def refreshed(c: Connection) -> T:
        faq = open_faq()
        faq.refresh(c)
        return work(c, faq)

    async with opened(settings) as store:
        return await store.read(refreshed)
