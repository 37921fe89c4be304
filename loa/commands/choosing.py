"""Which unit, period, report and file a command means."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.data_sets import load_data_sets
from domain.data_set import DataSet
from domain.period import Period
from domain.units import Unit
from storage import units


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no period: write one as 2026W47, 202611 or 2026Q4"
        ) from None


def _data_set(text: str) -> DataSet:
    known = load_data_sets()
    if text not in known:
        raise typer.BadParameter(f"there is no data set {text!r}: {', '.join(known)}")
    return known[text]


def file_as(*endings: str) -> Callable[[str], Path]:
    """Reads the name of a file to be written, which ends with one of these."""

    def read(text: str) -> Path:
        path = Path(text)
        if path.suffix.lower() not in endings:
            raise typer.BadParameter(f"{text!r} ends with none of {', '.join(endings)}")
        return path

    return read


DataSetOption = Annotated[
    DataSet,
    typer.Option(
        "--data-set", metavar="ID", parser=_data_set, help="The report whose numbers are meant."
    ),
]
UnitCode = Annotated[
    str | None,
    typer.Option(
        "--unit",
        metavar="CODE",
        help="The unit, with all below it; needed where more than one unit stands at the top.",
    ),
]
PeriodOption = Annotated[
    Period | None,
    typer.Option(
        "--period",
        metavar="PERIOD",
        parser=_period,
        help="The week, month or quarter, as 2026W47, 202611 or 2026Q4; this one if not given.",
    ),
]


def named_unit(c: Connection, code: str, day: date, option: str) -> Unit:
    """The open unit with that code; raises typer.BadParameter."""
    unit = units.by_code(c, code)
    if unit is None:
        raise typer.BadParameter(f"there is no unit {code!r}", param_hint=option)
    if not unit.open_on(day):
        raise typer.BadParameter(f"{unit.name} is not open on {day}", param_hint=option)
    return unit


def unit_or_top(c: Connection, code: str | None, day: date) -> Unit:
    """The unit with that code, else the one at the top; raises typer.BadParameter."""
    if code is not None:
        return named_unit(c, code, day, "--unit")
    tops = units.roots(c, day)
    if len(tops) != 1:
        raise typer.BadParameter(_which(tops), param_hint="--unit")
    return tops[0]


def _which(tops: Sequence[Unit]) -> str:
    if not tops:
        return "there are no units yet: import them with `loa units import FILE`"
    named = ", ".join(f"{unit.code} ({unit.name})" for unit in tops[:10])
    return f"needed, because {len(tops)} units stand at the top: {named}"
