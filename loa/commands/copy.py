"""`loa copy`: an installation moves into another database."""

from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from domain.audit import Act
from loa.commands import end_with, settings_of
from loa.screen import Screen

DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def _address(text: str) -> str:
    """A URL with our driver."""
    try:
        url = make_url(text)
        driver = DRIVERS[url.drivername]
    except (ArgumentError, ValueError, KeyError):
        raise typer.BadParameter("needs an address as sqlite:///FILE or postgresql://…") from None
    return url.set(drivername=driver).render_as_string(hide_password=False)


Source = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="URL",
        parser=_address,
        help="The database that is copied: sqlite:///FILE or postgresql://HOST/NAME. The settings' "
        "own if not given, as is best where the URL has a password.",
    ),
]
Target = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="URL",
        parser=_address,
        help="The database that it is copied into, empty and brought up by loa migrate. The "
        "settings' own if not given.",
    ),
]


def copy(context: typer.Context, source: Source = None, target: Target = None) -> None:
    """Copy all that a database holds into an empty one, on either engine.

    The source may be at work: it is copied as it is at the beginning. Stop the bot all the same,
    or what it does meanwhile stays behind. All that has arrived is read back and compared; on any
    difference nothing is kept, and the exit code is 1.
    """
    from loa.transfer import transfer  # here as in `loa backup`

    settings = settings_of(context)
    of, into = source or settings.database_url, target or settings.database_url
    if of == into:
        raise typer.BadParameter("is the database that it comes from", param_hint="--to")
    screen = Screen.open(settings.timezone, Console())
    end_with(transfer(of, into, screen, Act.COPIED))
