"""The OpenAPI on HTTP, under /zalo/oa: header access_token, and always status 200."""

from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import ApiError
from sandbox.bot_api.reading import read_call
from sandbox.control.requests import as_response
from sandbox.facts import Bot
from sandbox.faults import Fault, Target
from sandbox.journal import JournalError
from sandbox.zalo_oa import oauth
from sandbox.zalo_oa.api import Api, chat_named
from sandbox.zalo_oa.errors import OaError
from sandbox.zalo_oa.methods import METHODS, SENDING
from sandbox.zalo_oa.shapes import PREFIX

_MAX_BODY = 6 * 1024 * 1024


def routes(api: Api) -> list[Route]:
    return [
        Route(f"{PREFIX}/files/{{file}}/{{name}}", partial(_file, api)),
        Route(f"{PREFIX}/{{path:path}}", partial(_call, api), methods=["GET", "POST"]),
        *oauth.routes(api),
    ]


async def _call(api: Api, request: Request) -> Response:
    name = f"{request.method} /{request.path_params['path']}"
    bot = None
    try:
        bot = api.tokens.bot_of(request.headers.get("access_token", ""))
        _count(api, bot)
        call = await read_call(bot, request, _MAX_BODY)
        response = await _answer(api, name, call)
    except OaError as error:
        response = as_response(error.body(), error.status)
    except ApiError as error:
        response = as_response(OaError(-210 if error.code == 413 else -201, str(error)).body())
    except JournalError as error:
        response = as_response(OaError(-1, str(error)).body())
    except ClientDisconnect:
        return Response()  # nobody is there to read it
    if bot:
        response.headers.update(_limits(api, bot))
    await api.trouble.hold()
    return response


def _count(api: Api, bot: Bot) -> None:
    """Raises OaError -32 for a call too many."""
    window, now = api.window(bot), api.world.clock.now()
    if window and window.wait(now):
        api.trouble.tallies.of(bot.id).too_many_bot += 1
        raise OaError(-32)
    if window:
        window.count(now)


def _limits(api: Api, bot: Bot) -> dict[str, str]:
    """The headers of every answer: calls allowed in a minute, and those left."""
    if not (window := api.window(bot)):
        return {}
    left = str(window.left(api.world.clock.now()))
    return {"X-RateLimit-Limit": str(api.consoles.of(bot.id).rate), "X-RateLimit-Remain": left}


async def _answer(api: Api, name: str, call: Call) -> Response:
    method = METHODS.get(name)
    if not method:
        raise OaError(-209, name)
    short = name.partition("/oa/")[2].lower()

    async def answer() -> Response:
        data = await method(api, call)
        if short in SENDING:
            api.trouble.tallies.of(call.bot.id).sent(api.world.clock.now())
        return as_response(({} if data is None else {"data": data}) | _SUCCESS)

    target = Target(call.bot, short, short in SENDING, chat_named(call), api.room(call))
    return await api.trouble.meet(target, answer, _refusal)


_SUCCESS: dict[str, object] = {"error": 0, "message": "Success"}


def _refusal(fault: Fault) -> OaError:
    match fault.kind:
        case "429":
            return OaError(-32)
        case "revoked":
            return OaError(-216)
        case "error":
            return OaError(fault.code)
        case _:
            return OaError(-1, status=500)


async def _file(api: Api, request: Request) -> Response:
    """The bytes of what somebody sent."""
    file = api.world.files.get(request.path_params["file"])
    if not file:
        return Response("Not Found", 404)
    return Response(api.world.keeper.bytes_of(file.blob), media_type=file.mime)
