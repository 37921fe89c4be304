"""The Bot API on HTTP: /bot<token>/<method> and /file/bot<token>/<path>."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import PurePosixPath

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.facts import Bot
from sandbox.journal import JournalError
from sandbox.posting import Upload
from sandbox.telegram import shapes
from sandbox.telegram.api import Api
from sandbox.telegram.call import Call
from sandbox.telegram.dispatch import dispatch
from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.limits import SENDING
from sandbox.telegram.media import MAX_DOWNLOAD, MAX_UPLOAD
from sandbox.telegram.spoiling import play

_FORM_SLACK = 1024 * 1024
_ESCAPES = re.compile(rb"(?:%[0-9a-fA-F]{2})+")


def routes(api: Api) -> list[Route]:
    return [
        Route("/bot{token}/{method}", partial(_call, api), methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", partial(_download, api)),
    ]


def _json(body: object, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json")


async def _call(api: Api, request: Request) -> Response:
    try:
        bot = api.bot_of(request.path_params["token"])
        call = await _read(bot, request)
        response = await _answer(api, request.path_params["method"].lower(), call)
    except ApiError as error:
        response = _failed(error)
    except JournalError as error:
        response = _failed(ApiError(500, f"Internal Server Error: {error}"))
    except ClientDisconnect:
        return Response()  # nobody is there to read it
    if api.latency:
        await api.world.clock.sleep(api.latency)
    return response


async def _answer(api: Api, method: str, call: Call) -> Response:
    """The answer of a method, by its name in small letters; or of the fault that strikes it."""
    tally = api.limits.tally(call.bot.id)
    tally.calls += 1
    if fault := api.faults.strike(call.bot, method, call):
        tally.faults += 1
        return await play(api, fault, call, partial(_done, api, method, call))
    return await _done(api, method, call)


async def _done(api: Api, method: str, call: Call) -> Response:
    if method not in SENDING:
        return _json({"ok": True, "result": await dispatch(api, method, call)})
    now = api.world.clock.now()
    api.limits.check(call, now)
    result = await dispatch(api, method, call)
    api.limits.count(call, now, len(result) if isinstance(result, list) else 1)
    return _json({"ok": True, "result": result})


def _failed(error: ApiError) -> Response:
    response = _json(error.body(), error.code)
    if seconds := error.parameters.get("retry_after"):
        response.headers["Retry-After"] = str(seconds)
    return response


async def _read(bot: Bot, request: Request) -> Call:
    """The call's parameters from the query, and from a JSON, urlencoded or multipart body."""
    params: dict[str, object] = dict(request.query_params) if request.url.query else {}
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    match content_type:
        case "application/json":
            return Call(bot, params | _object(await request.body()))
        case "application/x-www-form-urlencoded":
            return Call(bot, params | dict(_pairs(await request.body())))
        case "multipart/form-data":
            return await _read_form(bot, request, params)
    return Call(bot, params)


def _pairs(body: bytes) -> Iterator[tuple[str, str]]:
    """As urllib's parse_qsl, which takes four times as long with Vietnamese."""
    for pair in body.replace(b"+", b" ").split(b"&"):
        name, _, value = pair.partition(b"=")
        if name:
            yield _unquoted(name), _unquoted(value)


@lru_cache(maxsize=256)  # a broadcast says the same to everybody
def _unquoted(text: bytes) -> str:
    return _ESCAPES.sub(_raw, text).decode(errors="replace")


def _raw(escapes: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escapes[0].replace(b"%", b"").decode())


def _object(body: bytes) -> dict[str, object]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise bad_request("can't parse request body as a JSON object")
    return value


async def _read_form(bot: Bot, request: Request, params: dict[str, object]) -> Call:
    if int(request.headers.get("content-length") or 0) > MAX_UPLOAD + _FORM_SLACK:
        async for _ in request.stream():
            pass  # read to its end, so that the client hears the answer
        raise ApiError(413, "Request Entity Too Large")
    files: dict[str, Upload] = {}
    try:
        async with request.form() as form:
            for name, value in form.items():
                if isinstance(value, UploadFile):
                    files[name] = await _upload(value)
                else:
                    params[name] = value
    except HTTPException as error:
        raise bad_request(error.detail) from error
    return Call(bot, params, files)


async def _upload(part: UploadFile) -> Upload:
    data = await part.read()
    if len(data) > MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    name = PurePosixPath((part.filename or "file").replace("\\", "/")).name
    return Upload(name, data, part.content_type or "application/octet-stream")


async def _download(api: Api, request: Request) -> Response:
    """The bytes of a file whose path getFile has told."""
    try:
        api.bot_of(request.path_params["token"])
    except ApiError as error:
        return _failed(error)
    path = request.path_params["path"]
    file = api.world.files.get(PurePosixPath(path).stem)
    if not file or shapes.file_path(file) != path or file.size > MAX_DOWNLOAD:
        return _failed(ApiError(404, "Not Found"))
    return Response(api.world.keeper.bytes_of(file.blob), media_type=file.mime)
