"""The command line: `loa`."""

import logging
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from bot.calendar import BadCalendar
from bot.data_sets import BadDataSet
from bot.faq import BadFaq
from bot.word_template import BadTemplate
from loa.commands import (
    broadcast,
    dataset,
    faq,
    people,
    report,
    settings_of,
    target,
    units,
    zalo,
)
from loa.commands.announce import announce
from loa.commands.ask import ask
from loa.commands.audit import audit
from loa.commands.backup import backup
from loa.commands.bench import ANY_OPTIONS, bench
from loa.commands.copy import copy
from loa.commands.doctor import doctor
from loa.commands.invite import invite
from loa.commands.migrate import migrate
from loa.commands.network import network
from loa.commands.restore import restore
from loa.part import Part, check_part
from loa.running import run_bot
from loa.tracing import NoTracing
from storage.store import StorageError

log = logging.getLogger(__name__)

app = typer.Typer(
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)
app.add_typer(units.app, name="units")
app.add_typer(people.app, name="people")
app.add_typer(report.app, name="report")
app.add_typer(dataset.app, name="dataset")
app.add_typer(target.app, name="target")
app.add_typer(faq.app, name="faq")
app.add_typer(broadcast.app, name="broadcast")
app.add_typer(zalo.app, name="zalo")
for command in (ask, announce, invite, network, audit, doctor, migrate, copy, backup, restore):
    app.command()(command)
app.command(context_settings=ANY_OPTIONS)(bench)

TOLD = (BadFaq, BadDataSet, BadCalendar, BadTemplate, NoTracing, StorageError, OSError)
"""What has words for whoever typed the command."""


def main() -> None:
    """Run the command that was typed; what it cannot mend by itself is told in one line, and a
    fault of its own goes to the log, which hides what is a person's.
    """
    try:
        app()
    except TOLD as error:
        typer.echo(f"loa: {error}", err=True)
        sys.exit(1)
    except Exception:
        log.critical("Loa has ended by a fault of its own", exc_info=True)
        sys.exit(1)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"loa {version('loa')}")
        raise typer.Exit


Config = Annotated[Path, typer.Option("--config", metavar="PATH", help="The file of the settings.")]
Version = Annotated[
    bool,
    typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
]


@app.callback()
def root(context: typer.Context, config: Config = Path("config.yaml"), _: Version = False) -> None:
    """Loa, the coordination bot of community digital teams."""
    context.obj = config


AsPart = Annotated[
    Part,
    typer.Option("--role", help="What this process does; one that is not all needs PostgreSQL."),
]
Port = Annotated[
    int,
    typer.Option(
        "--port",
        min=0,
        max=65535,
        help="Listen here and not on the settings' port, which only all and web listen on.",
    ),
]


@app.command()
def run(context: typer.Context, role: AsPart = Part.ALL, port: Port = 0) -> None:
    """Run the bot with all its accounts, until Ctrl-C.

    Tokens come from the environment, in the variables that the settings name. On PostgreSQL there
    may be any number of processes of each role: bot, worker, scheduler, web, or all in one.
    """
    settings = settings_of(context)
    check_part(role, settings.database_url)
    run_bot(settings, role, port)


@app.command()
def demo(context: typer.Context) -> None:
    """Run a demonstration province with a chat page to play everybody, until Ctrl-C.

    A second run goes on where the first one stopped. With a token in the environment the same
    province talks to the real Telegram.
    """
    from loa.demo import run_demo  # it brings the sandbox, which no other command needs

    run_demo(settings_of(context))
