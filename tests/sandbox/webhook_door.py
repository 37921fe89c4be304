"""A bot's own web address, where the sandbox brings its updates."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Door:
    """Answers as it is told, remembers what came; `header` holds the secret."""

    url: str = ""
    header: str = "X-Telegram-Bot-Api-Secret-Token"
    answers: list[web.Response] = field(default_factory=list)
    came: "asyncio.Queue[tuple[str | None, dict[str, Any]]]" = field(default_factory=asyncio.Queue)

    async def take(self, request: web.Request) -> web.Response:
        secret = request.headers.get(self.header)
        self.came.put_nowait((secret, await request.json()))
        return self.answers.pop(0) if self.answers else web.Response()

    async def texts(self, count: int) -> list[str]:
        return [(await self.came.get())[1]["message"]["text"] for _ in range(count)]


@asynccontextmanager
async def open_door(*answers: web.Response, door: Door | None = None) -> AsyncIterator[Door]:
    door = door or Door()
    door.answers = list(answers)
    app = web.Application()
    app.router.add_post("/hook", door.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    door.url = f"http://{host}:{port}/hook"
    try:
        yield door
    finally:
        await runner.cleanup()
