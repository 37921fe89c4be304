"""`loa invite`: a code by which people join, from the command line."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from sqlalchemy import Connection

from bot.handlers.invite import TEAM_USES, make_invitation
from domain.channel import SendError
from domain.people import Role
from domain.period import local_day
from domain.units import Unit
from loa.channels import Means, missing
from loa.commands import opened, settings_of
from loa.commands.choosing import named_unit
from loa.commands.operator import operated
from loa.reach import reach
from loa.screen import Screen
from loa.settings import Settings
from storage.codes import JoinCode

UnitCode = Annotated[str, typer.Option("--unit", metavar="CODE", help="The unit that people join.")]
RoleOption = Annotated[
    Role,
    typer.Option(
        "--role",
        help="What they become. A coordinator serves the unit and all below it; the first "
        "administrator is invited to the unit at the top.",
    ),
]
Uses = Annotated[
    int | None,
    typer.Option(
        "--uses",
        min=1,
        help=f"How many people can use the code; {TEAM_USES} for members, else 1 if not given.",
    ),
]
Days = Annotated[
    int | None,
    typer.Option("--days", min=1, help="How many days it holds; joining.code_days if not given."),
]
Link = Annotated[
    bool,
    typer.Option("--link", help="Ask the messengers for their names, and print links as well."),
]


def invite(
    context: typer.Context,
    unit: UnitCode,
    role: RoleOption,
    uses: Uses = None,
    days: Days = None,
    link: Link = False,
) -> None:
    """Make a code by which people join a unit in a role, as the first administrator does."""
    settings = settings_of(context)
    most = uses or (TEAM_USES if role is Role.MEMBER else 1)
    invitation = Invitation(unit, role, most, days or settings.joining.code_days)
    screen = Screen.open(settings.timezone, Console())
    code = asyncio.run(invite_to(settings, invitation, screen, datetime.now(UTC)))
    if link:
        asyncio.run(ask_links(settings, os.environ, code, screen))


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom a code is for: the unit's code, the role, how many people, for how many days."""

    unit: str
    role: Role
    uses: int
    days: int


async def invite_to(
    settings: Settings, invitation: Invitation, screen: Screen, now: datetime
) -> str:
    """Make and tell a code; it. Raises typer.BadParameter for a unit that there is not."""
    async with operated(settings) as store:
        unit, code = await store.write(_make, invitation, settings.timezone, now)
    screen.say("cli.invite_code", unit=unit.name, code=code)
    return code.code


def _make(
    c: Connection, invitation: Invitation, zone: ZoneInfo, now: datetime
) -> tuple[Unit, JoinCode]:
    unit = named_unit(c, invitation.unit, local_day(now, zone), "--unit")
    role, days, uses = invitation.role, invitation.days, invitation.uses
    return unit, make_invitation(c, unit.id, role, days, None, now, uses)


async def ask_links(
    settings: Settings, environ: Mapping[str, str], code: str, screen: Screen
) -> None:
    """Tell the link by which each account that has its secrets takes the code."""
    async with opened(settings) as store:
        await tell_links(settings, Means(environ, store, lambda: datetime.now(UTC)), code, screen)


async def tell_links(settings: Settings, means: Means, code: str, screen: Screen) -> None:
    with_token = [each for each in settings.accounts if not missing(each, means.environ)]
    if not with_token:
        screen.say("cli.invite_no_account")
    for account in with_token:
        try:
            can = await reach(account, means)
        except SendError as error:
            screen.say("cli.invite_unreached", account=account.id, error=str(error))
        else:
            way = "link" if can.link and can.deep_links else "words"
            screen.say(f"cli.invite_{way}", can=can, code=code)
