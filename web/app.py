"""The doors of the house: where messengers hand in updates, and where the house says that it is up.

A webhook only keeps what comes in; it is worked off afterwards (`bot.receive.work_off`).
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from storage.store import StorageError
from web.files import FileDoor
from web.proof import Proof
from web.state import State

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
"""Bytes; an update holds no file, only where it is."""

Keep = Callable[[str, str, Any], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Door:
    """Where updates of one account come in.

    `proof` tells whether a body is the messenger's, `key_of` what the platform calls an update; it
    raises BadUpdate. `wake` is set when there is something to work off.
    """

    proof: Proof = field(repr=False)
    key_of: Callable[[object], str]
    wake: asyncio.Event


def make_app(
    doors: Mapping[str, Door],
    keep: Keep,
    files: FileDoor | None = None,
    state: State | None = None,
) -> Starlette:
    """The house's web application.

    `doors` are those of the accounts, by the last parts of their path, as `telegram/tuyen-quang`;
    the roof may add to them later. `keep` keeps an update: its account, its key and its JSON as
    text. It raises StorageError when it cannot. Without `files` none is handed out, and without
    `state` no more is said than that the process is alive.
    """
    hook = Route("/hook/{kind}/{account}", partial(_hook, doors, keep), methods=["POST"])
    handed = [Route("/file/{signed}", files.serve)] if files else []
    told = state.routes() if state else []
    return Starlette(routes=[Route("/healthz", _healthz), hook, *handed, *told])


async def _healthz(_: Request) -> Response:
    return PlainTextResponse("ok")


async def _hook(doors: Mapping[str, Door], keep: Keep, request: Request) -> Response:
    kind, account = request.path_params["kind"], request.path_params["account"]
    door = doors.get(f"{kind}/{account}")
    body = await _body(request)
    if body is None:
        return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if door is None or not door.proof(request.headers, body):
        return Response(status_code=HTTPStatus.FORBIDDEN)
    try:
        text = body.decode()
        key = door.key_of(json.loads(text))
    except (ValueError, RecursionError):
        return Response(status_code=HTTPStatus.BAD_REQUEST)
    # One without a key says nothing to us, as the echo of our own message.
    return await _kept(account, key, text, keep, door) if key else Response()


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
    """The whole body; None when it is over the limit, or broken off."""
    body = bytearray()
    with suppress(ClientDisconnect):
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return None
        return bytes(body)
    return None
