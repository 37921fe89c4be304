"""How each fault is played: in the world, as an answer, or as a connection that ends."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox import acts, making, membership
from sandbox.acts import ActError
from sandbox.chat import Chat
from sandbox.clock import Clock
from sandbox.telegram.api import Api
from sandbox.telegram.call import Call
from sandbox.telegram.errors import ApiError
from sandbox.telegram.faults import Fault
from sandbox.telegram.limits import too_many

TRANSPORT = "sandbox.transport"
"""The ASGI extension that holds the connection's transport; `sandbox.serve` gives it."""

_GATEWAY = "<html>\r\n<head><title>{0}</title></head>\r\n<body><h1>{0}</h1></body>\r\n</html>\r\n"
_GATEWAYS = {502: "502 Bad Gateway", 504: "504 Gateway Time-out"}

Answer = Callable[[], Awaitable[Response]]


async def play(api: Api, fault: Fault, call: Call, answer: Answer) -> Response:
    """What the caller gets instead of `answer`, which does what was asked.

    Raises ApiError for those faults that are errors of the Bot API.
    """
    if fault.kind in _IN_THE_WORLD:
        with suppress(ActError):
            _IN_THE_WORLD[fault.kind](api, call)
        return await answer()
    whole = await answer() if fault.taken or fault.kind == "cut" else Response()
    match fault.kind:
        case "429":
            raise too_many(max(1, math.ceil(fault.seconds)))
        case "500":
            raise ApiError(500, "Internal Server Error")
        case "revoked":
            raise ApiError(401, "Unauthorized")
        case "502" | "504":
            code = int(fault.kind)
            return Response(_GATEWAY.format(_GATEWAYS[code]), code, media_type="text/html")
        case "garbage":
            return Response(b'{"ok":true,"resul\xff\x00', media_type="application/json")
        case "cut":
            return CutShort(whole)
    return NoAnswer(api.world.clock, fault.seconds if fault.kind == "timeout" else 0.0)


class NoAnswer(Response):
    """Holds the connection for so many seconds, and closes it without a word."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__()
        self._clock, self._seconds = clock, seconds

    async def __call__(self, scope: Scope, receive: Receive, _: Send) -> None:
        held = asyncio.ensure_future(self._clock.sleep(self._seconds))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({held, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            held.cancel()
            gone.cancel()
        _transport(scope).abort()
        await _gone(receive)


class CutShort(Response):
    """The first half of an answer, and then the connection is closed."""

    def __init__(self, whole: Response) -> None:
        super().__init__()
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        whole = self._whole
        half = bytes(whole.body)[: len(whole.body) // 2]
        await send(
            {
                "type": "http.response.start",
                "status": whole.status_code,
                "headers": whole.raw_headers,
            }
        )
        await send({"type": "http.response.body", "body": half, "more_body": True})
        _transport(scope).close()
        await _gone(receive)


def _transport(scope: Scope) -> asyncio.Transport:
    transport: asyncio.Transport = scope["extensions"][TRANSPORT]
    return transport


async def _gone(receive: Receive) -> None:
    """Wait until the connection has ended."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _block(api: Api, call: Call) -> None:
    acts.block(api.world, int(call.text("chat_id")), call.bot.username)


def _deactivate(api: Api, call: Call) -> None:
    making.deactivate(api.world, acts.person_of(api.world, int(call.text("chat_id"))))


def _kick(api: Api, call: Call) -> None:
    group = acts.group_of(api.world, call.text("chat_id"))
    membership.remove_member(api.world, group.id, call.bot.id, _founder(group))


def _migrate(api: Api, call: Call) -> None:
    group = acts.group_of(api.world, call.text("chat_id"))
    membership.upgrade(api.world, group.id, _founder(group))


def _founder(group: Chat) -> int:
    return next(user for user, role in group.members.items() if role == "creator")


_IN_THE_WORLD: dict[str, Callable[[Api, Call], None]] = {
    "blocked": _block,
    "deactivated": _deactivate,
    "kicked": _kick,
    "migrated": _migrate,
}
