"""Everything that happens, as a stream of events or by asking and waiting."""

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sandbox.acts import ActError
from sandbox.control.requests import answering, number
from sandbox.numbers import whole
from sandbox.world import World

_KEEP_ALIVE = 20.0
_BATCH = 1000


def routes(world: World) -> list[Route]:
    return [
        Route("/sandbox/events", answering(world, _events)),
        Route("/sandbox/log", answering(world, _log)),
    ]


async def until(world: World, seconds: float, happened: Callable[[], bool]) -> None:
    """Wait so many seconds at most for a thing to have happened."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not happened() and not world.bell.closed and (left := deadline - loop.time()) > 0:
        await world.bell.wait(left)


async def _log(world: World, request: Request) -> Response:
    """Journal lines after `after`, waiting up to `wait` seconds for the first one."""
    after, limit = number(request, "after", 0), number(request, "limit", _BATCH, _BATCH)
    await until(world, number(request, "wait", 0, 60), lambda: world.seq > after)
    lines = world.lines_after(after, limit)
    if lines is None:
        raise ActError(410, f"what came after {after} is no longer at hand: load anew")
    body = b",".join(line for _, line in lines)
    return Response(
        b'{"seq":%d,"entries":[%s]}' % (lines[-1][0] if lines else after, body),
        media_type="application/json",
    )


async def _events(world: World, request: Request) -> Response:
    """Server-sent events from `after` (or the header Last-Event-ID) on; "reset": load anew."""
    last = request.headers.get("last-event-id", "")
    after = whole(last) if whole(last) >= 0 else number(request, "after", world.seq)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(world, after), media_type="text/event-stream", headers=headers)


async def _stream(world: World, after: int) -> AsyncIterator[bytes]:
    yield b"retry: 1000\n\n"
    while not world.bell.closed:
        lines = world.lines_after(after, _BATCH)
        if lines is None:
            after = world.seq
            yield b"id: %d\nevent: reset\ndata: {}\n\n" % after
        elif lines:
            after = lines[-1][0]
            yield b"".join(b"id: %d\ndata: %s\n\n" % line for line in lines)
        elif not await world.bell.wait(_KEEP_ALIVE):
            yield b": still here\n\n"
