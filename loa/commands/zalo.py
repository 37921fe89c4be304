"""`loa zalo`: Zalo Official Accounts, their login and their groups."""

import os
import secrets
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from domain.channel import SendError
from domain.period import local_day
from loa.channels import KINDS, Means
from loa.commands import WRONG_SETTINGS, end_with, settings_of
from loa.commands.operator import operated
from loa.roof import now
from loa.screen import Screen
from loa.settings import Settings
from loa.settings_accounts import AccountSettings
from loa.zalo_desk import Desk
from loa.zalo_login import Login

app = typer.Typer(no_args_is_help=True, help="Zalo Official Accounts: login and groups.")

AccountOption = Annotated[
    str | None,
    typer.Option("--account", metavar="ID", help="The account; needed where there are several."),
]
Redirect = Annotated[
    str | None,
    typer.Option(
        "--redirect",
        metavar="URL",
        help="The callback address that Zalo's console has; web.public_url if not given.",
    ),
]
UnitCode = Annotated[
    str | None, typer.Option("--unit", metavar="CODE", help="The unit whose group it becomes.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What the group is called.")]
GroupId = Annotated[
    str, typer.Argument(metavar="GROUP", help="The group, by its id in `loa zalo groups`.")
]
Members = Annotated[
    list[str],
    typer.Option(
        "--member",
        metavar="ID",
        help="Somebody in it from the start, by the id in `loa zalo people`; repeat it for more. "
        "One of them administers the account.",
    ),
]


@app.command()
def login(context: typer.Context, account: AccountOption = None, redirect: Redirect = None) -> None:
    """Let an administrator of the account agree, and keep the tokens that come of it."""
    settings = settings_of(context)
    chosen = ready_account(settings, account)
    back = redirect or settings.web.public_url
    if not back:
        raise typer.BadParameter("needed, as web.public_url is not set", param_hint="--redirect")
    end_with(_log_in(settings, chosen, back))


@app.command()
def groups(context: typer.Context, account: AccountOption = None) -> None:
    """List the account's groups, the unit of each, and the packages that pay for groups."""
    _at_desk(context, account, Desk.show_groups)


@app.command()
def create(
    context: typer.Context,
    name: Name,
    member: Members,
    unit: UnitCode = None,
    account: AccountOption = None,
) -> None:
    """Make a group out of a free package; with a unit, it becomes that unit's group."""
    day = _today(settings_of(context))
    _at_desk(context, account, lambda desk: desk.create(name, member, unit, day))


@app.command()
def bind(
    context: typer.Context,
    group: GroupId,
    unit: Annotated[str, typer.Option("--unit", metavar="CODE", help="The unit.")],
    account: AccountOption = None,
) -> None:
    """Make a group of the account a unit's group."""
    day = _today(settings_of(context))
    _at_desk(context, account, lambda desk: desk.bind(group, unit, day))


@app.command()
def people(context: typer.Context, account: AccountOption = None) -> None:
    """List who follows the account, by name and id."""
    _at_desk(context, account, Desk.show_people)


def ready_account(settings: Settings, account_id: str | None) -> AccountSettings:
    """The Official Account that is meant; raises typer.BadParameter, or leaves without secrets."""
    found = [
        each
        for each in settings.accounts
        if each.channel == "zalo_oa" and account_id in (None, each.id)
    ]
    if len(found) != 1:
        there = ", ".join(each.id for each in settings.accounts if each.channel == "zalo_oa")
        why = f"the Official Accounts of the settings are: {there or 'none'}"
        raise typer.BadParameter(why, param_hint="--account")
    needed = KINDS["zalo_oa"].secrets(found[0])
    if names := [name for name in needed if not os.environ.get(name)]:
        typer.echo(f"loa: {', '.join(names)} must be set in the environment", err=True)
        raise typer.Exit(WRONG_SETTINGS)
    return found[0]


async def _log_in(settings: Settings, account: AccountSettings, redirect: str) -> bool:
    screen = Screen.open(settings.timezone, Console())
    async with operated(settings) as store:
        login = Login(account, redirect, secrets.token_urlsafe(16), Means(os.environ, store, now))
        screen.say("zalo.login_open", url=login.url, challenge=login.challenge)
        return await login.finish(typer.prompt(screen.text("zalo.login_paste")), store, screen)


def _at_desk(
    context: typer.Context, account_id: str | None, work: Callable[[Desk], Awaitable[bool | None]]
) -> None:
    """Do something with an account, and leave with 1 where that fails."""
    settings = settings_of(context)
    account = ready_account(settings, account_id)
    end_with(_with_desk(settings, account, work))


async def _with_desk(
    settings: Settings, account: AccountSettings, work: Callable[[Desk], Awaitable[bool | None]]
) -> bool:
    screen = Screen.open(settings.timezone, Console())
    async with operated(settings) as store:
        try:
            async with Desk.opened(account, Means(os.environ, store, now), store, screen) as desk:
                return await work(desk) is not False
        except SendError as error:
            screen.say("zalo.unreached", error=str(error))
            return False


def _today(settings: Settings) -> date:
    return local_day(now(), settings.timezone)
