"""`loa demo`: a demonstration province, and a messenger on this machine to play everybody.

The units are those of Tuyên Quang; its villages and people are made up and named as such. With a
Telegram token in the environment the same province talks to the real Telegram instead.
"""

import asyncio
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import typer
from sqlalchemy import Connection

import sandbox
from bot.handlers.invite import make_invitation
from domain.imports import Sheet
from domain.people import Role
from domain.period import local_day
from loa import logs
from loa.channels import missing
from loa.demo_lines import log_in, open_lines
from loa.demo_world import PROVINCE, DemoWorld, make_known, read_province
from loa.roof import Roof, now
from loa.running import raised, until_stopped
from loa.settings import Settings
from loa.sheets import read_sheet
from storage import units
from storage.imports import import_people, import_units

DATA = Path(__file__).parent / "demo_data"
SINCE = date(2025, 7, 1)
"""The day from which the communes of 2025 stand under their provinces."""


def run_demo(settings: Settings) -> None:
    """Run the demonstration until Ctrl-C; a second run goes on where it stopped."""
    settings = _beside(settings)
    on_telegram = any(not missing(each, os.environ) for each in settings.accounts)
    work = _on_telegram if on_telegram else on_sandbox
    logs.begin(settings.model_copy(update={"log_level": "warning"}), os.environ)
    until_stopped(work(settings, os.environ))


def _beside(settings: Settings) -> Settings:
    """The demonstration's data lies apart from real data, unless the settings name a place."""
    folder = settings.data_dir / "demo"
    changed: dict[str, object] = {"data_dir": folder}
    if settings.database_url == Settings.model_fields["database_url"].default:
        changed["database_url"] = f"sqlite:///{folder}/loa.sqlite3"
    return settings.model_copy(update=changed)


async def on_sandbox(settings: Settings, environ: Mapping[str, str]) -> None:
    place, journal = settings.sandbox, settings.data_dir / "sandbox"
    settings = _with_door(settings)
    async with sandbox.serve(place.host, place.port, journal) as messenger:
        lines = await open_lines(messenger, settings.web.public_url, environ)
        settings = settings.model_copy(update={"accounts": lines.accounts})
        async with raised(settings, lines.environ) as roof:
            await roof.store.write(load_province, settings)
            await log_in(messenger, lines, roof.store, now())
            await _play(roof, messenger.url)


def _with_door(settings: Settings) -> Settings:
    """With a public address: the sandbox, unlike Zalo, comes to this machine's own."""
    web = settings.web
    here = web.public_url or f"http://{web.host}:{web.port}"
    return settings.model_copy(update={"web": web.model_copy(update={"public_url": here})})


async def _play(roof: Roof, url: str) -> None:
    """Fill the sandbox, and let Loa run in it."""
    world = DemoWorld(url, roof.house.words)
    province = await roof.store.read(read_province)
    staged = await world.build(province)
    await roof.store.write(make_known, province, staged)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(roof.run())
        if staged.new:
            await world.greet(province, staged)
        typer.echo(roof.house.words("demo.open", url=url))


async def _on_telegram(settings: Settings, environ: Mapping[str, str]) -> None:
    async with raised(settings, environ) as roof:
        await roof.store.write(load_province, settings)
        code = await roof.store.write(_first_code, settings)
        typer.echo(roof.house.words("demo.telegram", code=code))
        await roof.run()


def load_province(c: Connection, settings: Settings) -> None:
    """Import the demonstration's units and people, if they are not there."""
    if units.by_code(c, PROVINCE) is None:
        at = now()
        import_units(c, _sheet("units"), _quietly, levels=settings.levels, since=SINCE)
        import_people(c, _sheet("people"), _quietly, day=local_day(at, settings.timezone), now=at)


def _sheet(name: str) -> Sheet:
    return read_sheet(DATA / f"{name}.csv")


def _quietly(table: str, done: int, total: int) -> None:
    """The demonstration's import takes no time that would need a bar."""


def _first_code(c: Connection, settings: Settings) -> str:
    """A code by which whoever started the demonstration becomes its administrator."""
    top = units.by_code(c, PROVINCE)
    assert top is not None
    days = settings.joining.code_days
    return make_invitation(c, top.id, Role.ADMINISTRATOR, days, None, now()).code
