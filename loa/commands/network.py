"""`loa network`: how the network of teams has grown."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.handlers.network import DAYS
from bot.house import House
from bot.lines import png
from bot.network import POINTS, Grown, Span
from domain.day import parse_day
from domain.period import local_day
from loa.commands import end_with, settings_of
from loa.commands.choosing import UnitCode, file_as, unit_or_top
from loa.commands.operator import operated
from loa.roof import make_house
from loa.screen import Screen, plain
from loa.settings import Settings
from loa.whole_file import written
from storage import errands
from storage.errands import Kind


def _day(text: str) -> date:
    try:
        return parse_day(text, datetime.now(UTC).date())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day: write one as 26/5/2026") from None


Day = Annotated[date | None, typer.Option(parser=_day, metavar="DAY", help="As 26/5/2026.")]
File = Annotated[
    Path | None,
    typer.Option(
        "--export",
        parser=file_as(".xlsx", ".csv", ".png"),
        metavar="FILE",
        help="Write it too, as .xlsx, .csv or .png.",
    ),
]


def network(
    context: typer.Context,
    unit: UnitCode = None,
    since: Day = None,
    until: Day = None,
    file: File = None,
) -> None:
    """Show how many teams and members there are, how that has grown, and how far it reaches.

    It looks from the day `--since`, 30 days before if not given, to the day `--until`, or today.
    """
    settings = settings_of(context)
    house = make_house(settings)
    last = until or local_day(datetime.now(UTC), settings.timezone)
    first = since or last - timedelta(days=DAYS)
    if first >= last:
        raise typer.BadParameter(f"{first} is not before {last}", param_hint="--since")
    end_with(_show(settings, house, (unit, first, last), file))


async def _show(
    settings: Settings, house: House, wanted: tuple[str | None, date, date], file: Path | None
) -> bool:
    code, first, last = wanted
    screen = Screen(Console(), house.words)
    async with operated(settings) as store:
        top = await store.read(unit_or_top, code, last)
        grown = await store.read(Grown.read, house, Span(top.id, first, last), POINTS)
        if file:
            await store.write(errands.exported, Kind.NETWORK_SHEET, top.id)
    names = {level.id: level.name for level in house.levels.values()}
    screen.write(plain(grown.text(names)))
    return file is None or _write(grown, file, screen)


def _write(grown: Grown, file: Path, screen: Screen) -> bool:
    if good := written(file, _made(grown, file.suffix.lower()), screen):
        screen.say("cli.network_written", file=file)
    return good


def _made(grown: Grown, ending: str) -> bytes:
    match ending:
        case ".xlsx":
            return grown.xlsx()
        case ".csv":
            return grown.csv()
        case _:
            return png(grown.picture())
