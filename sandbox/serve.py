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
from sandbox.clock import Clock, SystemClock
from sandbox.control import trouble
from sandbox.door import LocalOnly, is_loopback
from sandbox.journal import Journal, Memory
from sandbox.telegram import routes as telegram
from sandbox.telegram.api import Api
from sandbox.telegram.errors import ApiError
from sandbox.telegram.limits import Rates
from sandbox.telegram.spoiling import TRANSPORT
from sandbox.telegram.webhook import Webhooks
from sandbox.world import World

_PAGE = Path(__file__).parent / "page"
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
}
_PATIENCE = 2


class Sandbox:
    """A world with the messengers over it.

    `app()` is for any ASGI server; its lifespan starts the webhooks and at the end closes the
    journal. Call `let_go()` before such a server stops: every call that waits is answered.
    """

    def __init__(self, journal: Path | None = None, clock: Clock | None = None) -> None:
        """Raises JournalError when the journal is in use or not readable."""
        self.world = World(Journal(journal) if journal else Memory(), clock or SystemClock())
        self.api = Api(self.world)
        self.world.replay()

    def app(self, local_only: bool = True) -> Starlette:
        page = Mount("/", _Page(directory=_PAGE, html=True))
        return Starlette(
            routes=[
                *telegram.routes(self.api),
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
        webhooks = Webhooks(self.api)
        await webhooks.start()
        try:
            yield
        finally:
            await webhooks.close()
            self.world.close()

    def let_go(self) -> None:
        """Answer every call that waits, so that the server can end."""
        self.world.bell.close()
        self.api.updates.close()


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
    """A sandbox that answers. `telegram` is what a bot's library calls the base URL."""

    url: str
    sandbox: Sandbox

    @property
    def telegram(self) -> str:
        return f"{self.url}/bot"


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
    sandbox.api.latency = latency
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
        return Sandbox(journal, clock)
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
