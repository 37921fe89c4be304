"""The commands of `loa`, a file for each noun, and how they come by settings and the database."""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn

import typer

from loa.settings import Settings, load
from loa.settings_file import SettingsError
from storage.migrate import upgrade
from storage.store import Store, opened_store

WRONG_SETTINGS = 2
"""The exit code when nothing starts because of the settings."""


def settings_of(context: typer.Context) -> Settings:
    """The settings of the file that the context carries; leaves with all that is wrong in them."""
    path = context.ensure_object(Path)
    try:
        return load(path, os.environ)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_SETTINGS) from error


def end_with(work: Coroutine[Any, Any, bool]) -> NoReturn:
    """Do the work of a command and leave: with 1 where it could not be done."""
    raise typer.Exit(0 if asyncio.run(work) else 1)


@asynccontextmanager
async def opened(settings: Settings, stalled_seconds: float = 0) -> AsyncIterator[Store]:
    """The database with all its tables; closed afterwards."""
    async with opened_store(settings.database_url, stalled_seconds=stalled_seconds) as store:
        await store.write(upgrade)
        yield store
