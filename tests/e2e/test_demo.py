"""The demonstration as `make run` starts it, with somebody at the chat page on each messenger."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from loa.demo import on_sandbox
from loa.demo_lines import TELEGRAM, ZALO_BOT, ZALO_OA, Line
from loa.settings import SandboxSettings, Settings, WebSettings
from tests.e2e.people import PATIENCE, Clock, Json, People
from tests.e2e.running import free_port

VILLAGES = [
    (TELEGRAM, "thôn mẫu 1 Hàm Yên", "Tổ CNSCĐ Thôn mẫu 1, Xã Hàm Yên", ""),
    (ZALO_OA, "thôn mẫu 1 Sơn Dương", "Tổ CNSCĐ Thôn mẫu 1, Xã Sơn Dương", ""),
    (ZALO_BOT, "thôn mẫu 1 Tân Trào", "Tổ CNSCĐ Thôn mẫu 1, Xã Tân Trào", "@Bot Loa "),
]


async def test_a_village_nurse_is_served_on_each_messenger_also_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/loa.sqlite3",
        data_dir=tmp_path,
        sandbox=SandboxSettings(port=free_port()),
        web=WebSettings(port=free_port()),
    )
    async with demonstration(settings, monkeypatch) as everybody:
        for line, place, group, call in VILLAGES:
            people = await by(everybody, line)
            await people.say(f"Thành viên A {place}", f"{call}toi la ai", group)
            await people.hear(group, "Nhóm này là của Thôn mẫu 1")
            await people.say(f"Thành viên B {place}", "toi la ai")
            await people.hear(
                f"Thành viên B {place}", f"Thành viên B {place}", "thành viên, Thôn mẫu 1"
            )
    async with demonstration(settings, monkeypatch) as everybody:
        for line, place, group, call in VILLAGES:
            people = await by(everybody, line)
            await people.say(f"Thành viên A {place}", f"{call}bao cao", group)
            await people.hear(group, "1/7.")


@asynccontextmanager
async def demonstration(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[People]:
    """Everybody at the page, from when its address is printed."""
    printed: asyncio.Queue[str] = asyncio.Queue()
    monkeypatch.setattr("loa.demo.typer.echo", printed.put_nowait)
    task = asyncio.create_task(on_sandbox(settings, {}))
    url = f"http://{settings.sandbox.host}:{settings.sandbox.port}"
    try:
        async with asyncio.timeout(2 * PATIENCE):
            assert url in await printed.get()
        async with httpx.AsyncClient(base_url=url, verify=False) as http:
            yield await met(People(http, Clock()))
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def met(people: People) -> People:
    """Know everybody and every group by name."""
    found = (await people.get("people?limit=5000"))["people"]
    people.ids.update({each["name"]: each["id"] for each in found})
    groups = (await people.get("groups?limit=5000"))["groups"]
    people.groups.update({each["title"]: each["id"] for each in groups})
    return people


async def by(people: People, line: Line) -> People:
    """The people as they meet Loa there."""
    bots: list[Json] = (await people.http.get("/sandbox")).json()["bots"]
    return people.by(next(each for each in bots if each["username"] == line.bot))
