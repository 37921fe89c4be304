"""The doors of the house: where messengers hand in updates, and where the house says that it is up.

A webhook only keeps what comes in; it is worked off afterwards (`bot.receive.work_off`).
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from hmac import compare_digest
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.telegram_updates import key_of
from storage.store import StorageError

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
"""Bytes; an update of Telegram holds no file, only its id."""
TELEGRAM_SECRET = "X-Telegram-Bot-Api-Secret-Token"

Keep = Callable[[str, str, Any], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Door:
    """Where updates of one account come in.

    `secret` is what the messenger must bring; `wake` is set when there is something to work off.
    """

    secret: str = field(repr=False)
    wake: asyncio.Event

    def __post_init__(self) -> None:
        if not self.secret:
            raise ValueError("a door without a secret is open to everybody")

    def opens_to(self, given: str | None) -> bool:
        # Headers are decoded as Latin-1, which gives back their very bytes.
        return given is not None and compare_digest(given.encode("latin-1"), self.secret.encode())


def make_app(doors: Mapping[str, Door], keep: Keep) -> Starlette:
    """The house's web application.

    `doors` are those of the accounts, by account; the roof may add to them later. `keep` keeps an
    update: its account, its key and its JSON as text. It raises StorageError when it cannot.
    """
    return Starlette(
        routes=[
            Route("/healthz", _healthz),
            Route("/hook/telegram/{account}", partial(_hook, doors, keep), methods=["POST"]),
        ]
    )


async def _healthz(_: Request) -> Response:
    return PlainTextResponse("ok")


async def _hook(doors: Mapping[str, Door], keep: Keep, request: Request) -> Response:
    account = request.path_params["account"]
    door = doors.get(account)
    if door is None or not door.opens_to(request.headers.get(TELEGRAM_SECRET)):
        return Response(status_code=HTTPStatus.FORBIDDEN)
    body = await _body(request)
    if body is None:
        return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        text = body.decode()
        key = key_of(json.loads(text))
    except (ValueError, RecursionError):
        return Response(status_code=HTTPStatus.BAD_REQUEST)
    return await _kept(account, key, text, keep, door)


async def _kept(account: str, key: str, text: str, keep: Keep, door: Door) -> Response:
    try:
        # The text as it came: PostgreSQL does not take every value that JSON can hold.
        await keep(account, key, text)
    except StorageError as error:
        log.warning("%s: the database cannot keep an update: %s", account, error)
        return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    door.wake.set()
    return Response()


async def _body(request: Request) -> bytes | None:
    """The whole body; None when it is over the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)
