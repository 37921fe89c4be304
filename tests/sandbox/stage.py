"""A small world on real HTTP: bot @loa_bot, An and Bình, who share a group with the bot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from telegram import Bot
from telegram.request import HTTPXRequest

import sandbox
from sandbox.serve import answering, listen

TOKEN = "7000001:secret"
BOT = 7_000_001
AN, BINH = 5_000_000_001, 5_000_000_002
GROUP = "-4000000001"
PRIVATE = f"{AN}:{BOT}"
START = 1_790_000_000.0

WORLD = {
    "bots": [{"username": "loa_bot", "name": "Loa", "token": TOKEN}],
    "people": [
        {"key": "an", "name": "Lò Thị An", "label": "Tổ trưởng", "folder": ["Xã Sơn Dương"]},
        {"key": "binh", "name": "Đỗ Văn Bình", "folder": ["Xã Sơn Dương"]},
    ],
    "groups": [
        {
            "key": "g1",
            "title": "Tổ công nghệ số 1",
            "members": ["an", "binh"],
            "bots": ["loa_bot"],
            "folder": ["Xã Sơn Dương"],
        }
    ],
    "quiet": True,
}


@dataclass
class TestClock:
    """Stands still; sleeping moves it on at once and is written down."""

    __test__ = False
    time: float = START
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Stage:
    running: sandbox.Running
    http: httpx.AsyncClient
    clock: TestClock

    def bot(self, token: str = TOKEN) -> Bot:
        return Bot(
            token,
            base_url=self.running.telegram,
            base_file_url=f"{self.running.url}/file/bot",
            request=HTTPXRequest(httpx_kwargs={"verify": False}),
            get_updates_request=HTTPXRequest(httpx_kwargs={"verify": False}),
        )

    async def act(self, act: str, /, **body: object) -> dict[str, Any]:
        """A POST of the control API that must succeed."""
        answer = await self.http.post(f"/sandbox/{act}", json=body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def ask(self, path: str) -> dict[str, Any]:
        answer = await self.http.get(f"/sandbox{path}")
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def raw(self, method: str, /, token: str = TOKEN, **params: Any) -> httpx.Response:
        """A call of the Bot API with a JSON body, its answer as it is."""
        return await self.http.post(f"/bot{token}/{method}", json=params)

    async def call(self, method: str, /, token: str = TOKEN, **params: Any) -> Any:
        """The result of a call that must succeed."""
        answer = (await self.raw(method, token, **params)).json()
        assert answer["ok"], answer
        return answer["result"]

    async def fail(self, method: str, /, **params: Any) -> tuple[int, str]:
        """The status and description of a call that must fail."""
        response = await self.raw(method, **params)
        body = response.json()
        assert body["ok"] is False
        assert body["error_code"] == response.status_code
        return response.status_code, body["description"]

    async def updates(self, token: str = TOKEN) -> list[dict[str, Any]]:
        """All updates that wait, confirmed."""
        found: list[dict[str, Any]] = await self.call("getUpdates", token)
        if found:
            await self.call("getUpdates", token, offset=found[-1]["update_id"] + 1)
        return found


@asynccontextmanager
async def on_stage(journal: Path | None = None, empty: bool = False) -> AsyncIterator[Stage]:
    """A sandbox with a server of its own."""
    clock = TestClock()
    async with (
        sandbox.serve(port=0, journal=journal, clock=clock) as running,
        httpx.AsyncClient(base_url=running.url, verify=False) as http,
    ):
        stage = Stage(running, http, clock)
        if not empty:
            await stage.act("bulk", **WORLD)
        yield stage


class House:
    """One server that shows one sandbox after another: starting a server takes its time."""

    def __init__(self) -> None:
        self.url = ""
        self._shown: ASGIApp = Starlette()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._shown(scope, receive, send)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        async with answering(self, listen("127.0.0.1", 0)) as self.url:
            yield

    @asynccontextmanager
    async def stage(self) -> AsyncIterator[Stage]:
        play = sandbox.Sandbox(clock=(clock := TestClock()), address=self.url)
        app = play.app()
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(base_url=self.url, verify=False) as http,
        ):
            self._shown = app
            stage = Stage(sandbox.Running(self.url, play), http, clock)
            await stage.act("bulk", **WORLD)
            yield stage
            play.let_go()
