"""`loa doctor`: a checklist of what is configured, what is reachable, and how to mend the rest."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import typer
from rich.console import Console

from bot.words import CONTENT, read_templates
from domain.period import local_day
from domain.quota import month_of
from loa.channels import Means, missing
from loa.checkup.accounts import check_account, check_figures, check_kept, read_kept
from loa.checkup.content import UNREADABLE, check_content
from loa.checkup.database import check_census, check_database, check_tickets
from loa.checkup.finding import Finding, Mark, good, wrong
from loa.checkup.machine import check_machine
from loa.checkup.parts import check_parts, playing, read_waiting
from loa.checkup.process import check_process
from loa.commands import end_with, opened
from loa.screen import Screen
from loa.settings import Settings, load
from loa.settings_file import SettingsError
from storage import census, figures
from storage.store import Store

STYLES = {Mark.GOOD: "green", Mark.WARNING: "yellow", Mark.WRONG: "bold red"}


def doctor(context: typer.Context) -> None:
    """Check the settings, the machine, the content, the database and the accounts.

    Each line is ✓ good, ! worth a look, or ✗ wrong; what is not good is followed by how to mend it.
    Exits with 1 when something is wrong. Changes no data and shows no secret.
    """
    try:
        read_templates(CONTENT / "messages")
    except UNREADABLE as error:  # without its sentences it can say nothing else
        typer.echo(f"{CONTENT / 'messages'} cannot be read: {error}", err=True)
        raise typer.Exit(1) from error
    path = context.ensure_object(Path).absolute()
    end_with(check_up(path, os.environ, datetime.now(UTC), Console()))


async def check_up(path: Path, environ: Mapping[str, str], now: datetime, console: Console) -> bool:
    """Show every finding as soon as it is there; whether none of them is wrong."""
    try:
        settings = load(path, environ)
    except SettingsError as error:
        screen = Screen.open(Settings().timezone, console)
        show(wrong("settings_wrong", path=path, faults=error.faults), screen)
        return False
    screen = Screen.open(settings.timezone, console)
    show(good("settings", path=path), screen)
    marks = set()
    async for finding in _findings(settings, environ, now):
        show(finding, screen)
        marks.add(finding.mark)
    return Mark.WRONG not in marks


def show(finding: Finding, screen: Screen) -> None:
    """One line, and below it the mend of what is not good."""
    key, values = f"doctor.{finding.key}", finding.values
    screen.write(f"{finding.mark} {screen.text(key, **values)}", STYLES[finding.mark])
    if finding.mark is not Mark.GOOD:
        screen.write(f"  → {screen.text(f'{key}_mend', **values)}")


async def _findings(
    settings: Settings, environ: Mapping[str, str], now: datetime
) -> AsyncIterator[Finding]:
    here = False
    for finding in check_machine(settings, now):
        yield finding
        if finding.key == "port_ours":
            here = True
            for said in check_process(settings.web, environ):
                yield said
    for finding in check_content():
        yield finding
    database = await check_database(settings.database_url)
    yield database
    async with AsyncExitStack() as stack:
        there = database.mark is Mark.GOOD
        store = await stack.enter_async_context(opened(settings)) if there else None
        if store:
            for finding in await _kept(store, settings, now, here=here):
                yield finding
        async for finding in _accounts(settings, Means(environ, store, lambda: now)):
            yield finding


async def _kept(store: Store, settings: Settings, now: datetime, *, here: bool) -> list[Finding]:
    """What the database knows of the installation."""
    taken = await store.read(census.take, local_day(now, settings.timezone))
    standing = await store.read(figures.read)
    present = await playing(store, settings, here=here)
    parts = check_parts(settings, present, await store.read(read_waiting, standing, now))
    waiting = (check_figures(account, standing, now) for account in settings.accounts)
    tickets = check_tickets(standing.tickets, now)
    return [*check_census(taken), tickets, *parts, *chain.from_iterable(waiting)]


async def _accounts(settings: Settings, means: Means) -> AsyncIterator[Finding]:
    month = month_of(means.clock(), settings.timezone)
    for account in settings.accounts:
        said = set()
        async for finding in check_account(account, means):
            said.add(finding.key)
            yield finding
        if means.store:
            for finding in check_kept(account, await means.store.read(read_kept, account, month)):
                # Of a token that is refused it is no comfort how long it would hold.
                if finding.key != "token" or "account_refused" not in said:
                    yield finding
    if all(missing(account, means.environ) for account in settings.accounts):
        yield wrong("no_account")
