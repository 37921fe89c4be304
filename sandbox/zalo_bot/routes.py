"""The platform on HTTP: /zalo/bot/bot<token>/<method>, its files, and its switches."""

from dataclasses import asdict
from functools import partial

from pydantic import TypeAdapter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import ApiError
from sandbox.bot_api.reading import caller, read_call
from sandbox.control.requests import answering, as_response, body_of
from sandbox.faults import Fault, Target
from sandbox.journal import JournalError
from sandbox.world import World
from sandbox.zalo_bot import names
from sandbox.zalo_bot.api import Api
from sandbox.zalo_bot.hearing import PREFIX
from sandbox.zalo_bot.methods import METHODS, SENDING
from sandbox.zalo_bot.rules import Rules

_MAX_BODY = 1024 * 1024
_RULES: TypeAdapter[Rules] = TypeAdapter(Rules)


def routes(api: Api) -> list[Route]:
    async def shown(_: World, __: Request) -> object:
        return _shape(api)

    async def ruled(_: World, request: Request) -> object:
        api.rules = await body_of(request, _RULES)
        return _shape(api)

    return [
        Route(f"{PREFIX}/bot{{token}}/{{method}}", partial(_call, api), methods=["GET", "POST"]),
        Route(f"{PREFIX}/files/{{file}}/{{until:int}}", partial(_file, api)),
        Route("/sandbox/zalo_bot", answering(api.world, shown)),
        Route("/sandbox/zalo_bot", answering(api.world, ruled), methods=["POST"]),
    ]


def _shape(api: Api) -> object:
    """The switches, and what each bot has sent, heard and left this month."""
    bots: dict[str, object] = {}
    for bot in api.world.bots.values():
        if bot.messenger == "zalo_bot":
            sent, heard = api.budget.spent(bot.id)
            left = api.budget.left(bot.id, api.rules)
            counts = {"sent": sent, "heard": heard, "left": left}
            bots[bot.username] = counts | {"link": names.link_of(bot)}
    return {"rules": asdict(api.rules), "bots": bots}


async def _call(api: Api, request: Request) -> Response:
    try:
        bot = caller(api.world, "zalo_bot", request.path_params["token"])
        call = await read_call(bot, request, _MAX_BODY)
        response = await _answer(api, request.path_params["method"], call)
    except ApiError as error:
        response = _failed(api, error)
    except JournalError as error:
        response = _failed(api, ApiError(403, f"internal server error: {error}"))
    except ClientDisconnect:
        return Response()  # nobody is there to read it
    await api.trouble.hold()
    return response


async def _answer(api: Api, name: str, call: Call) -> Response:
    method = METHODS.get(name)
    if not method:
        raise ApiError(404, "Not Found")

    async def answer() -> Response:
        result = await method(api, call)
        return as_response({"ok": True} if result is None else {"ok": True, "result": result})

    chat, small = call.text("chat_id"), name.lower()
    target = Target(call.bot, small, small in SENDING, chat, api.room(call.bot, chat))
    response = await api.trouble.meet(target, answer, _refusal)
    if small in SENDING and response.status_code == 200:
        api.trouble.tallies.of(call.bot.id).sent(api.world.clock.now())
    return response


def _refusal(fault: Fault) -> ApiError:
    match fault.kind:
        case "429":
            return ApiError(429, "Quota exceeded")
        case "revoked":
            return ApiError(401, "Unauthorized")
        case "error":
            return ApiError(fault.code, "Error on request")
        case _:
            return ApiError(403, "internal server error")


def _failed(api: Api, error: ApiError) -> Response:
    match error.code:
        case 401:
            status = 200
        case 408:
            status = api.rules.idle_status
        case code:
            status = code if api.rules.error_status == "code" else 200
    return as_response(error.body(), status)


async def _file(api: Api, request: Request) -> Response:
    """The bytes of a picture or sound that somebody sent, until the address has run out."""
    file = api.world.files.get(request.path_params["file"])
    if not file or request.path_params["until"] < api.world.clock.now():
        return Response("Not Found", 404)
    return Response(api.world.keeper.bytes_of(file.blob), media_type=file.mime)
