"""How each fault is played: in the world, as an answer, or as a connection that ends."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox import acts, making, membership
from sandbox.acts import ActError
from sandbox.chat import Chat
from sandbox.clock import Clock
from sandbox.facts import Bot
from sandbox.faults import Fault, Target
from sandbox.rules import Enabled
from sandbox.world import World

TRANSPORT = "sandbox.transport"
"""The ASGI extension that holds the connection's transport; `sandbox.serve` gives it."""

_GATEWAY = "<html>\r\n<head><title>{0}</title></head>\r\n<body><h1>{0}</h1></body>\r\n</html>\r\n"
_GATEWAYS = {502: "502 Bad Gateway", 504: "504 Gateway Time-out"}

Answer = Callable[[], Awaitable[Response]]


async def play(
    world: World,
    fault: Fault,
    target: Target,
    answer: Answer,
    refusal: Callable[[Fault], Exception],
) -> Response:
    """What the caller gets instead of `answer`, which does what was asked.

    Raises `refusal` of those faults that are errors of the platform's own.
    """
    if target.room and (act := _IN_THE_WORLD.get(fault.kind)):
        with suppress(ActError):
            act(world, target.bot, target.room)
        return await answer()
    whole = await answer() if fault.taken or fault.kind == "cut" else Response()
    match fault.kind:
        case "429" | "500" | "revoked" | "error":
            raise refusal(fault)
        case "502" | "504":
            code = int(fault.kind)
            return Response(_GATEWAY.format(_GATEWAYS[code]), code, media_type="text/html")
        case "garbage":
            return Response(b'{"ok":true,"resul\xff\x00', media_type="application/json")
        case "cut":
            return CutShort(whole)
    return NoAnswer(world.clock, fault.seconds if fault.kind == "timeout" else 0.0)


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


def _block(world: World, bot: Bot, room: Chat) -> None:
    acts.block(world, world.partner(room)[0].id, bot.username)


def _deactivate(world: World, _: Bot, room: Chat) -> None:
    making.deactivate(world, world.partner(room)[0])


def _kick(world: World, bot: Bot, room: Chat) -> None:
    group = acts.group_of(world, room.id)
    membership.remove_member(world, group.id, bot.id, _founder(group))


def _migrate(world: World, _: Bot, room: Chat) -> None:
    group = acts.group_of(world, room.id)
    membership.upgrade(world, group.id, _founder(group))


def _disable(world: World, _: Bot, room: Chat) -> None:
    world.record(Enabled(room.id, on=False))


def _founder(group: Chat) -> int:
    return next(user for user, role in group.members.items() if role == "creator")


_IN_THE_WORLD: dict[str, Callable[[World, Bot, Chat], None]] = {
    "blocked": _block,
    "deactivated": _deactivate,
    "kicked": _kick,
    "migrated": _migrate,
    "disabled": _disable,
}
