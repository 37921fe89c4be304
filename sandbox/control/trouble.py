"""/sandbox/limits, /sandbox/latency, /sandbox/faults: what makes a platform hard to live with."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.acts import ActError, bot_of
from sandbox.control.requests import answering, body_of
from sandbox.faults import Fault, Running
from sandbox.telegram.api import Api
from sandbox.telegram.limits import Rates
from sandbox.world import World

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Latency:
    milliseconds: float = 0


_RATES: TypeAdapter[Rates] = TypeAdapter(Rates)
_LATENCY, _FAULT = TypeAdapter(Latency), TypeAdapter(Fault)


def routes(api: Api) -> list[Route]:
    return [
        Route(f"/sandbox/{path}", _answering(api, endpoint), methods=[method])
        for (method, path), endpoint in _ENDPOINTS.items()
    ]


def _answering(
    api: Api, endpoint: Callable[[Api, Request], Awaitable[object]]
) -> Callable[[Request], Awaitable[Response]]:
    async def of_world(_: World, request: Request) -> object:
        return await endpoint(api, request)

    return answering(api.world, of_world)


async def _limits(api: Api, _: Request) -> Json:
    rates = api.limits.rates
    bots = {api.world.bots[bot].username: each for bot, each in api.trouble.tallies.all().items()}
    return {
        "rates": asdict(rates) if rates else None,
        "bots": {username: tally.shape() for username, tally in bots.items()},
    }


async def _limit(api: Api, request: Request) -> Json:
    rates = await body_of(request, _RATES)
    api.limits.begin(rates)
    return await _limits(api, request)


async def _unlimit(api: Api, request: Request) -> Json:
    api.limits.begin(None)
    return await _limits(api, request)


async def _delay(api: Api, request: Request) -> Json:
    wanted = (await body_of(request, _LATENCY)).milliseconds
    if wanted < 0:
        raise ActError(400, "milliseconds: must not be less than 0")
    api.trouble.latency = wanted / 1000
    return {"milliseconds": wanted}


async def _faults(api: Api, _: Request) -> Json:
    return {"faults": [_shape(each) for each in api.trouble.faults.running.values()]}


async def _break(api: Api, request: Request) -> Json:
    fault = await body_of(request, _FAULT)
    if fault.bot:
        bot_of(api.world, fault.bot)  # a name that is nobody's would spoil nothing, unseen
    return _shape(api.trouble.faults.add(fault))


async def _mend(api: Api, request: Request) -> Json:
    api.trouble.faults.running.clear()
    return await _faults(api, request)


async def _mend_one(api: Api, request: Request) -> Json:
    if not api.trouble.faults.running.pop(request.path_params["fault"], None):
        raise ActError(404, f"there is no fault {request.path_params['fault']}")
    return await _faults(api, request)


def _shape(running: Running) -> Json:
    return {"id": running.id, "hits": running.hits} | asdict(running.fault)


_ENDPOINTS: dict[tuple[str, str], Callable[[Api, Request], Awaitable[object]]] = {
    ("GET", "limits"): _limits,
    ("POST", "limits"): _limit,
    ("DELETE", "limits"): _unlimit,
    ("POST", "latency"): _delay,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _break,
    ("DELETE", "faults"): _mend,
    ("DELETE", "faults/{fault:int}"): _mend_one,
}
