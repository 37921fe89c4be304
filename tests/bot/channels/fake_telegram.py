"""A server that answers as it is told, for what the sandbox never does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from bot.channels.telegram import TelegramChannel

SECRET_TOKEN = "7000001:AAsecretsecretsecret"
ME = {
    "id": 7000001,
    "is_bot": True,
    "first_name": "Loa",
    "username": "loa_bot",
    "can_read_all_group_messages": True,
}


@dataclass
class Fake:
    """`status` and `body` answer everything but getMe; a status of 0 hangs up instead.

    Paths that contain `failing` get `failure` instead. Where `silent` is given, it is set when a
    request has come, which is never answered.
    """

    url: str = ""
    status: int = 200
    body: object = field(default_factory=dict)
    failing: str = "\0"
    failure: tuple[int, object] = (200, {})
    silent: asyncio.Event | None = None

    async def channel(self) -> TelegramChannel:
        return await TelegramChannel.open("telegram", SECRET_TOKEN, self.url, 30)

    async def answer(self, request: web.Request) -> web.Response:
        await request.read()
        if request.path.endswith("/getMe"):
            return web.json_response({"ok": True, "result": ME})
        if self.silent:
            self.silent.set()
            await asyncio.Event().wait()
        status, body = self.failure if self.failing in request.path else (self.status, self.body)
        if status == 0:
            assert request.transport is not None
            request.transport.close()
        if isinstance(body, str):
            return web.Response(status=status or 200, text=body)
        return web.json_response(body, status=status or 200)


@asynccontextmanager
async def faking() -> AsyncIterator[Fake]:
    fake = Fake()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.answer)
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        yield fake
    finally:
        await runner.cleanup()
