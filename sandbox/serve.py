"""The sandbox as one web application, and as a server that another program can start."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from os import PathLike, stat_result
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox import control
from sandbox.bot_api.errors import ApiError
from sandbox.clock import Clock, SystemClock
from sandbox.control import trouble
from sandbox.door import LocalOnly, is_loopback
from sandbox.journal import Journal, Memory
from sandbox.spoiling import TRANSPORT
from sandbox.telegram import routes as telegram
from sandbox.telegram.api import Api
from sandbox.telegram.limits import Rates
from sandbox.telegram.webhook import courier
from sandbox.trouble import Trouble
from sandbox.world import World
from sandbox.zalo_bot import api as zalo_bot
from sandbox.zalo_bot import routes as zalo_bot_routes
from sandbox.zalo_bot import webhook as zalo_bot_webhook
from sandbox.zalo_bot.hearing import PREFIX as ZALO_BOT
from sandbox.zalo_oa import api as zalo_oa
from sandbox.zalo_oa import control as zalo_oa_control
from sandbox.zalo_oa import oauth as zalo_oauth
from sandbox.zalo_oa import routes as zalo_oa_routes
from sandbox.zalo_oa import shapes as zalo_oa_shapes
from sandbox.zalo_oa import webhook as zalo_oa_webhook

_PAGE = Path(__file__).parent / "page"
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
}
_PATIENCE = 2

KEEP_SECONDS = 75
"""How long a connection is kept on which nothing is asked, as nginx does by itself.

Longer than any client of ours does: what goes out on one that is being closed has no answer.
"""


class Sandbox:
    """A world with the messengers over it.

    `app()` is for any ASGI server; its lifespan starts the webhooks and at the end closes the
    journal. Call `let_go()` before such a server stops: every call that waits is answered.
    `address` is the server's: an Official Account's bot is told of files by it.
    """

    def __init__(
        self, journal: Path | None = None, clock: Clock | None = None, address: str = ""
    ) -> None:
        """Raises JournalError when the journal is in use or not readable."""
        keeper = Journal(journal) if journal else Memory()
        self.world = World(keeper, clock or SystemClock(), address)
        self.trouble = Trouble(self.world)
        self.api = Api(self.world, self.trouble)
        self.zalo_bot = zalo_bot.Api(self.world, self.trouble)
        self.zalo_oa = zalo_oa.Api(self.world, self.trouble)
        self.world.replay()

    def app(self, local_only: bool = True) -> Starlette:
        page = Mount("/", _Page(directory=_PAGE, html=True))
        return Starlette(
            routes=[
                *telegram.routes(self.api),
                *zalo_bot_routes.routes(self.zalo_bot),
                *zalo_oa_routes.routes(self.zalo_oa),
                *zalo_oa_control.routes(self.zalo_oa),
                *trouble.routes(self.api),
                *control.routes(self.world),
                page,
            ],
            middleware=[Middleware(LocalOnly)] if local_only else [],
            lifespan=self._life,
            exception_handlers={404: _not_found},
        )

    @asynccontextmanager
    async def _life(self, _: Starlette) -> AsyncIterator[None]:
        couriers = (
            courier(self.api),
            zalo_bot_webhook.courier(self.zalo_bot),
            zalo_oa_webhook.courier(self.zalo_oa),
        )
        for each in couriers:
            await each.start()
        try:
            yield
        finally:
            for each in couriers:
                await each.close()
            self.world.close()

    def let_go(self) -> None:
        """Answer every call that waits, so that the server can end."""
        self.world.bell.close()
        self.api.updates.close()
        self.zalo_bot.updates.close()
        self.zalo_oa.queues.close()


class _Page(StaticFiles):
    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(_PAGE_HEADERS)
        return response


async def _not_found(_: Request, __: Exception) -> Response:
    return JSONResponse(ApiError(404, "Not Found").body(), 404)


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that answers. `telegram` is what a bot's library calls the base URL, `zalo_bot`
    the address of Zalo's Bot Platform, without "/bot"."""

    url: str
    sandbox: Sandbox

    @property
    def telegram(self) -> str:
        return f"{self.url}/bot"

    @property
    def zalo_bot(self) -> str:
        return f"{self.url}{ZALO_BOT}"

    @property
    def zalo_oa(self) -> str:
        """In place of https://openapi.zalo.me."""
        return f"{self.url}{zalo_oa_shapes.PREFIX}"

    @property
    def zalo_oauth(self) -> str:
        """In place of https://oauth.zaloapp.com."""
        return f"{self.url}{zalo_oauth.PREFIX}"


class _Protocol(H11Protocol):
    """Lets a fault close the connection that it answers."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent
        super().connection_made(transport)
        self.app = partial(_with_transport, self.app, transport)


async def _with_transport(
    app: ASGIApp, transport: asyncio.Transport, scope: Scope, receive: Receive, send: Send
) -> None:
    scope["extensions"] = scope.get("extensions", {}) | {TRANSPORT: transport}
    await app(scope, receive, send)


class _Server(uvicorn.Server):
    """Leaves the signals to the program that started it, and stops when told, not at a tick."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stop = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._stop.wait()

    def stop(self) -> None:
        self.should_exit = True
        self._stop.set()


@asynccontextmanager
async def serve(
    host: str = "127.0.0.1",
    port: int = 8081,
    journal: Path | None = None,
    clock: Clock | None = None,
    limits: Rates | None = None,
    latency: float = 0.0,
) -> AsyncIterator[Running]:
    """A sandbox on real HTTP for as long as the block runs; port 0 takes a free one.

    `limits` are kept for every bot, none when None; every answer of the Bot API is held back for
    `latency` seconds.

    Raises:
        OSError: the port is taken.
        JournalError: the journal is in use or not readable.
    """
    listener = listen(host, port)
    sandbox = _made(listener, journal, clock)
    sandbox.api.limits.begin(limits)
    sandbox.trouble.latency = latency
    async with answering(sandbox.app(local_only=is_loopback(host)), listener) as url:
        try:
            yield Running(url, sandbox)
        finally:
            sandbox.let_go()


@asynccontextmanager
async def answering(app: ASGIApp, listener: socket.socket) -> AsyncIterator[str]:
    """The application on real HTTP for as long as the block runs; gives its address."""
    config = uvicorn.Config(
        app,
        http=_Protocol,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=KEEP_SECONDS,
        timeout_graceful_shutdown=_PATIENCE,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve([listener]))
    try:
        yield _url(listener)
    finally:
        server.stop()
        await task


def _made(listener: socket.socket, journal: Path | None, clock: Clock | None) -> Sandbox:
    try:
        return Sandbox(journal, clock, _url(listener))
    except Exception:
        listener.close()
        raise


def listen(host: str, port: int) -> socket.socket:
    """Listening already, so that a client may call before the server has settled."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once only on a socket that says it is TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
