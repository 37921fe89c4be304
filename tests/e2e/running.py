"""Loa as it runs, with its real roof, beside a sandbox."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import httpx
from rich.console import Console
from sqlalchemy import Connection

import sandbox
from bot.house import House
from domain.people import Role
from loa.commands.invite import Invitation, invite_to
from loa.part import Part
from loa.roof import Roof
from loa.screen import Screen
from loa.settings import Settings, WebSettings
from loa.settings_accounts import AccountSettings
from sandbox.clock import Clock as SandboxClock
from storage.company import LEASE
from storage.imports import import_people, import_units
from storage.store import opened_store
from tests.e2e.people import BOT, TOKEN, Clock, People
from tests.tables import table

UNITS = """
code;name;level;parent_code
08;Tỉnh Mẫu;tỉnh;
X1;Xã Một;xã;08
X2;Xã Hai;xã;08
T11;Thôn Suối;thôn;X1
T12;Thôn Đồi;thôn;X1
T21;Thôn Chợ;thôn;X2
"""
ROSTER = """
unit_code;name;role
T11;Lò Thị Lan;thành viên
T11;Hoàng Văn Hùng;tổ trưởng
"""
SINCE = datetime(2025, 7, 1, tzinfo=UTC).date()
TOKEN_ENV, SECRET_ENV = "LOA_TEST_TOKEN", "LOA_TEST_SECRET"
ENVIRON = {TOKEN_ENV: TOKEN, SECRET_ENV: "bi-mat_1"}


def settings_for(url: str, data: Path, messenger: str) -> Settings:
    account = AccountSettings(
        id="sandbox",
        token_env=TOKEN_ENV,
        secret_env=SECRET_ENV,
        base_url=messenger,
        per_second=200,
    )
    web = WebSettings(port=free_port())
    return Settings(database_url=url, data_dir=data, accounts=(account,), web=web)


def with_door(settings: Settings) -> Settings:
    """With a public address: the sandbox, unlike messengers, knocks without https."""
    here = f"http://{settings.web.host}:{settings.web.port}"
    web = settings.web.model_copy(update={"public_url": here})
    return settings.model_copy(update={"web": web})


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Loa:
    """What a person at the machine can do: import, make the first code, start and stop."""

    settings: Settings
    house: House
    clock: Clock
    environ: Mapping[str, str] = field(default_factory=ENVIRON.copy)

    async def import_all(self) -> None:
        """Bring in the units and the people on the list, as `loa units import` does."""
        async with opened_store(self.settings.database_url) as store:
            await store.write(self._import)

    def _import(self, c: Connection) -> None:
        now = self.clock()
        brought = [
            import_units(c, table(UNITS), _quietly, levels=self.settings.levels, since=SINCE),
            import_people(c, table(ROSTER), _quietly, day=now.date(), now=now),
        ]
        assert not [problem for each in brought for problem in each.problems]

    async def invite(self, unit: str, role: Role) -> str:
        """A code made on the command line."""
        screen = Screen.open(self.settings.timezone, Console(file=StringIO()))
        return await invite_to(self.settings, Invitation(unit, role, 1, 1), screen, self.clock())

    @asynccontextmanager
    async def running(self, part: Part = Part.ALL, lease: float = LEASE) -> AsyncIterator[Roof]:
        """Loa, or a process of it, runs as long as the block does; then it is stopped by Ctrl-C."""
        async with opened_store(self.settings.database_url) as store:
            roof = Roof(self.settings, self.environ, store, self.house, self.clock, part, lease)
            task = asyncio.create_task(roof.run())
            try:
                yield roof
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


async def the_province_joins(people: People, loa: Loa) -> None:
    """Whoever looks after it follows the link of the first code."""
    code = await loa.invite("08", Role.ADMINISTRATOR)
    await people.open("tinh", f"https://t.me/{BOT}?start={code}")
    await people.hear("tinh", "Chào mừng Quản Trị")


def _quietly(table: str, done: int, total: int) -> None:
    """Nobody watches how the import goes on."""


@asynccontextmanager
async def sandbox_people(
    clock: Clock, time: SandboxClock | None = None
) -> AsyncIterator[tuple[str, People]]:
    """An empty sandbox: its address, and what people can do in it. Its time is the real one."""
    async with (
        sandbox.serve(port=0, clock=time) as messenger,
        httpx.AsyncClient(base_url=messenger.url, verify=False) as http,
    ):
        yield messenger.url, People(http, clock)
