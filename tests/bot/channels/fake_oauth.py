"""A server of token pairs that does what it is told, for what the sandbox never does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

SPENT = {"error": -14020, "error_name": "Invalid refresh token", "error_reason": "used"}


@dataclass
class FakeOauth:
    """Each refresh token is good once. `answers` are given first, one a call, after which the
    token is spent if `spends`: a body, a status, or None to hang up.

    Where `gate` is given, an answer waits for it; `asked` is set when a call has come.
    """

    url: str = ""
    good: str = "r0"
    count: int = 0
    answers: list[dict[str, object] | int | None] = field(default_factory=list)
    spends: bool = False
    gate: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    forms: list[dict[str, str]] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.forms.append(form)
        self.secrets.append(request.headers["secret_key"])
        self.asked.set()
        if self.gate:
            await self.gate.wait()
        if self.answers:
            return self._as_told(request, self.answers.pop(0))
        if form.get("refresh_token", self.good) != self.good:
            return web.json_response(SPENT)
        return web.json_response(self._next())

    def _as_told(
        self, request: web.Request, answer: dict[str, object] | int | None
    ) -> web.Response:
        if self.spends:
            self._next()
        if isinstance(answer, dict):
            return web.json_response(answer)
        if answer is None:
            assert request.transport is not None
            request.transport.close()
        return web.Response(status=answer or 200, text="<html>")

    def _next(self) -> dict[str, object]:
        self.count += 1
        self.good = f"r{self.count}"
        return {
            "access_token": f"a{self.count}",
            "refresh_token": self.good,
            "expires_in": "90000",
        }


@asynccontextmanager
async def faking_oauth() -> AsyncIterator[FakeOauth]:
    fake = FakeOauth()
    app = web.Application()
    app.router.add_post("/v4/oa/access_token", fake.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        yield fake
    finally:
        await runner.cleanup()
