"""`loa migrate`: the tables are brought to a revision."""

from typing import Annotated

import typer
from rich.console import Console

from loa.commands import end_with, settings_of
from loa.screen import Screen
from loa.settings import Settings
from storage.migrate import BASE, downgrade, known, revisions, upgrade
from storage.store import Store, opened_store

To = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="REVISION",
        help="Where to go, up or down: a revision, or base, before the first. If not given, the "
        "newest.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Go down without asking.")]


def migrate(context: typer.Context, to: To = None, yes: Yes = False) -> None:
    """Bring the database's tables to what this program needs, or back.

    Every command that works on the database goes up by itself; going up twice changes nothing.
    Going down asks first, for what the dropped tables and columns hold is lost. Exits with 1 when
    nothing was done because the answer was no.
    """
    settings = settings_of(context)
    path = [BASE, *reversed(revisions())]
    target = to or path[-1]
    if target not in path:
        raise typer.BadParameter(f"there is no {to}, only {', '.join(path)}", param_hint="--to")
    screen = Screen.open(settings.timezone, Console())
    end_with(walk(settings, path, target, screen, yes))


async def walk(settings: Settings, path: list[str], to: str, screen: Screen, yes: bool) -> bool:
    """Go along the path of all revisions; False if that was not wanted. Raises StorageError."""
    async with opened_store(settings.database_url) as store:
        at = await store.read(known) or BASE
        if at == to:
            screen.say("database.same", at=at)
            return True
        screen.say("database.from_to", at=at, to=to)
        return await _step(store, path.index(to) > path.index(at), to, screen, yes)


async def _step(store: Store, up: bool, to: str, screen: Screen, yes: bool) -> bool:
    if up:
        await store.write(upgrade, to)
    else:
        screen.say("database.down", to=to)
        if not yes and not typer.confirm(screen.text("database.down_ask")):
            screen.say("database.unchanged")
            return False
        await store.write(downgrade, to)
    screen.say("database.migrated", to=to)
    return True
