"""The Bot API on HTTP: /bot<token>/<method> and /file/bot<token>/<path>."""

import json
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
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
from sandbox.telegram.media import MAX_DOWNLOAD, MAX_UPLOAD

_FORM_SLACK = 1024 * 1024


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
        result = await dispatch(api, request.path_params["method"], call)
    except ApiError as error:
        return _failed(error)
    except JournalError as error:
        return _failed(ApiError(500, f"Internal Server Error: {error}"))
    return _json({"ok": True, "result": result})


def _failed(error: ApiError) -> Response:
    response = _json(error.body(), error.code)
    if seconds := error.parameters.get("retry_after"):
        response.headers["Retry-After"] = str(seconds)
    return response


async def _read(bot: Bot, request: Request) -> Call:
    """The call's parameters from the query, and from a JSON, urlencoded or multipart body."""
    params: dict[str, object] = dict(request.query_params)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    match content_type:
        case "application/json":
            return Call(bot, params | _object(await request.body()))
        case "application/x-www-form-urlencoded":
            body = (await request.body()).decode(errors="replace")
            return Call(bot, params | dict(parse_qsl(body, keep_blank_values=True)))
        case "multipart/form-data":
            return await _read_form(bot, request, params)
    return Call(bot, params)


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
