"""The Bot API on HTTP: /bot<token>/<method> and /file/bot<token>/<path>."""

import math
from functools import partial
from pathlib import PurePosixPath

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import ApiError
from sandbox.bot_api.reading import caller, read_call
from sandbox.control.requests import as_response
from sandbox.faults import Fault, Target
from sandbox.journal import JournalError
from sandbox.telegram import shapes
from sandbox.telegram.api import Api
from sandbox.telegram.dispatch import dispatch
from sandbox.telegram.limits import SENDING, too_many
from sandbox.telegram.media import MAX_DOWNLOAD, MAX_UPLOAD


def routes(api: Api) -> list[Route]:
    return [
        Route("/bot{token}/{method}", partial(_call, api), methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", partial(_download, api)),
    ]


async def _call(api: Api, request: Request) -> Response:
    try:
        bot = caller(api.world, "telegram", request.path_params["token"])
        call = await read_call(bot, request, MAX_UPLOAD)
        response = await _answer(api, request.path_params["method"].lower(), call)
    except ApiError as error:
        response = _failed(error)
    except JournalError as error:
        response = _failed(ApiError(500, f"Internal Server Error: {error}"))
    except ClientDisconnect:
        return Response()  # nobody is there to read it
    await api.trouble.hold()
    return response


async def _answer(api: Api, method: str, call: Call) -> Response:
    """The answer of a method, by its name in small letters; or of the fault that strikes it."""
    chat = call.text("chat_id")
    target = Target(call.bot, method, method in SENDING, chat, api.room(call.bot, chat))
    return await api.trouble.meet(target, partial(_done, api, method, call), _refusal)


def _refusal(fault: Fault) -> ApiError:
    match fault.kind:
        case "429":
            return too_many(max(1, math.ceil(fault.seconds)))
        case "revoked":
            return ApiError(401, "Unauthorized")
        case "error":
            return ApiError(fault.code, "Error on request")
        case _:
            return ApiError(500, "Internal Server Error")


async def _done(api: Api, method: str, call: Call) -> Response:
    if method not in SENDING:
        return as_response({"ok": True, "result": await dispatch(api, method, call)})
    now = api.world.clock.now()
    api.limits.check(call, now)
    result = await dispatch(api, method, call)
    api.limits.count(call, now, len(result) if isinstance(result, list) else 1)
    return as_response({"ok": True, "result": result})


def _failed(error: ApiError) -> Response:
    response = as_response(error.body(), error.code)
    if seconds := error.parameters.get("retry_after"):
        response.headers["Retry-After"] = str(seconds)
    return response


async def _download(api: Api, request: Request) -> Response:
    """The bytes of a file whose path getFile has told."""
    try:
        caller(api.world, "telegram", request.path_params["token"])
    except ApiError as error:
        return _failed(error)
    path = request.path_params["path"]
    file = api.world.files.get(PurePosixPath(path).stem)
    if not file or shapes.file_path(file) != path or file.size > MAX_DOWNLOAD:
        return _failed(ApiError(404, "Not Found"))
    return Response(api.world.keeper.bytes_of(file.blob), media_type=file.mime)
