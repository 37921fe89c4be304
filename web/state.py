"""How the process and the installation are: `/readyz` for a load balancer, `/metrics` for whoever
keeps watch.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from http import HTTPStatus

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from storage.figures import Figures
from web.gauges import Gauges

READY_SECONDS = 2.0
"""How long the database may take; a load balancer asks every few seconds."""


@dataclass(frozen=True, slots=True)
class State:
    """What is told of a process.

    `revision` asks the database for its revision, of which `known` are this program's, the newest
    first; `figures` reads what waits there. `/metrics` is there only where it `shows_figures`, and
    with a token only for who brings it.
    """

    revision: Callable[[], Awaitable[str | None]]
    known: Sequence[str]
    figures: Callable[[], Awaitable[Figures]]
    registry: CollectorRegistry
    clock: Callable[[], datetime]
    shows_figures: bool = False
    token: str = field(default="", repr=False)

    def routes(self) -> list[Route]:
        shown = [Route("/metrics", self._metrics)] if self.shows_figures else []
        return [Route("/readyz", self._readyz), *shown]

    async def _readyz(self, _: Request) -> Response:
        if reason := await self._unready():
            return PlainTextResponse(reason, HTTPStatus.SERVICE_UNAVAILABLE)
        return PlainTextResponse("ready")

    async def _unready(self) -> str:
        """Why nothing can be done; "" when it can. Says nothing of addresses and users."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                revision = await self.revision()
        except TimeoutError:
            return "the database does not answer"
        except Exception:  # each driver has its own errors
            return "the database cannot be reached"
        # One that is not known is newer: while a new release rolls out, the old one works on.
        old = revision is None or revision in self.known[1:]
        return "the database is not migrated" if old else ""

    async def _metrics(self, request: Request) -> Response:
        if not self._may_read(request.headers.get("Authorization", "")):
            asked = {"WWW-Authenticate": "Bearer"}
            return Response(status_code=HTTPStatus.UNAUTHORIZED, headers=asked)
        text = generate_latest(self.registry) + generate_latest(await self._gauges())
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    def _may_read(self, given: str) -> bool:
        wanted = f"Bearer {self.token}"
        return not self.token or compare_digest(given.encode("latin-1"), wanted.encode())

    async def _gauges(self) -> Gauges:
        try:
            async with asyncio.timeout(READY_SECONDS):
                figures = await self.figures()
        except Exception:  # what the process itself counted is shown all the same
            return Gauges(None, self.clock())
        return Gauges(figures, self.clock())
