"""The commands of `loa`, a file for each noun, and how they come by settings and the database."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import typer

from loa.settings import Settings, load
from loa.settings_file import SettingsError
from storage.migrate import upgrade
from storage.store import Store, open_store

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


@asynccontextmanager
async def opened(settings: Settings, stalled_seconds: float = 0) -> AsyncIterator[Store]:
    """The database with all its tables; closed afterwards, else the interpreter would not end."""
    store = await open_store(settings.database_url, stalled_seconds=stalled_seconds)
    try:
        await store.write(upgrade)
        yield store
    finally:
        await store.close()
