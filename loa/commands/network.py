"""`loa network`: how the network of teams has grown."""

import asyncio
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
from loa.commands import settings_of
from loa.commands.choosing import UnitCode, unit_or_top
from loa.commands.operator import operated
from loa.roof import make_house
from loa.screen import Screen, plain
from loa.settings import Settings
from loa.whole_file import write_whole
from storage import errands
from storage.errands import Kind

ENDINGS = (".xlsx", ".csv", ".png")


def _day(text: str) -> date:
    try:
        return parse_day(text, datetime.now(UTC).date())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day: write one as 26/5/2026") from None


def _file(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in ENDINGS:
        raise typer.BadParameter(f"{text!r} ends with none of {', '.join(ENDINGS)}")
    return path


Day = Annotated[date | None, typer.Option(parser=_day, metavar="DAY", help="As 26/5/2026.")]
File = Annotated[
    Path | None,
    typer.Option(
        "--export", parser=_file, metavar="FILE", help="Write it too, as .xlsx, .csv or .png."
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
    good = asyncio.run(_show(settings, house, (unit, first, last), file))
    raise typer.Exit(0 if good else 1)


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
    try:
        write_whole(file, _made(grown, file.suffix.lower()))
    except OSError as error:
        screen.say("cli.export_refused", file=file, error=error.strerror)
        return False
    screen.say("cli.network_written", file=file)
    return True


def _made(grown: Grown, ending: str) -> bytes:
    match ending:
        case ".xlsx":
            return grown.xlsx()
        case ".csv":
            return grown.csv()
        case _:
            return png(grown.picture())
