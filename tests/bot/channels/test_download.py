"""Where a file may be fetched from."""

import asyncio
import socket
from typing import Any

import pytest
from aiohttp import web

from bot.channels.download import Download
from domain.channel import Refused, TryLater
from tests.sandbox.stage import Stage


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch, runner: asyncio.Runner) -> list[str]:
    """The addresses that every name has; none: the name is unknown."""
    addresses: list[str] = []

    async def looked_up(host: str, port: int, **_: Any) -> list[Any]:
        if not addresses:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(runner.get_loop(), "getaddrinfo", looked_up)
    return addresses


@pytest.mark.parametrize(
    "address",
    [
        "http://photo.zadn.vn/a.jpg",
        "file:///etc/passwd",
        "https://photo.zadn.vn:8443/a.jpg",
        "https://u:p@photo.zadn.vn/a.jpg",
        "https:///a.jpg",
        "a.jpg",
        "",
        "https://\x00/",
    ],
)
async def test_only_https_addresses_are_asked(address: str, resolved: list[str]) -> None:
    resolved.append("1.1.1.1")
    download = Download("https://bot-api.zaloplatforms.com")
    with pytest.raises(Refused):
        await download.fetch(address, 100)
    await download.close()


@pytest.mark.parametrize(
    "places",
    [
        ["127.0.0.1"],
        ["10.0.0.5"],
        ["192.168.1.1"],
        ["169.254.169.254"],
        ["::1"],
        ["fd00::1"],
        ["1.1.1.1", "127.0.0.1"],
        ["0.0.0.0"],
        ["224.0.0.1"],
        ["::ffff:127.0.0.1"],
    ],
)
async def test_nothing_near_is_asked(places: list[str], resolved: list[str]) -> None:
    resolved += places
    download = Download("https://bot-api.zaloplatforms.com")
    with pytest.raises(Refused, match="not on a public server"):
        await download.fetch("https://photo.zadn.vn/a.jpg", 100)
    await download.close()


async def test_an_unknown_name_is_asked_for_later(resolved: list[str]) -> None:
    assert resolved == []
    download = Download("https://bot-api.zaloplatforms.com")
    with pytest.raises(TryLater):
        await download.fetch("https://photo.zadn.vn/a.jpg", 100)
    await download.close()


async def test_the_platforms_own_server_may_be_near(stage: Stage) -> None:
    download = Download(f"{stage.running.url}/zalo/bot")
    page = f"{stage.running.url}/app.js"
    whole = await download.fetch(page, 1_000_000)
    assert whole == (await stage.http.get(page)).content
    with pytest.raises(Refused, match="over the limit"):
        await download.fetch(page, len(whole) - 1)
    with pytest.raises(Refused, match="no longer there: status 404"):
        await download.fetch(f"{stage.running.url}/none", 100)
    await download.close()


@pytest.mark.parametrize(
    ("locations", "problem"),
    [
        (["/1", "/file"], ""),
        (["/0"], "sent on too often"),
        (["http://127.0.0.1:1/secret"], "https only"),
        (["https://127.0.0.1/secret"], "not on a public server"),
        (["http://[bad"], "https only"),
    ],
)
async def test_where_an_address_leads_is_looked_at_too(locations: list[str], problem: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/file":
            return web.Response(body=b"bytes")
        place = locations[int(request.path[1:])]
        return web.Response(status=302, headers={"Location": place})

    app = web.Application()
    app.router.add_get("/{place}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    download = Download(f"http://{host}:{port}")
    try:
        if problem:
            with pytest.raises(Refused, match=problem):
                await download.fetch(f"http://{host}:{port}/0", 100)
        else:
            assert await download.fetch(f"http://{host}:{port}/0", 100) == b"bytes"
    finally:
        await download.close()
        await runner.cleanup()
