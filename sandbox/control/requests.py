"""Reading requests and answering them, with errors that say what is wrong."""

import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from sandbox.acts import ActError
from sandbox.journal import JournalError
from sandbox.numbers import whole
from sandbox.posting import Upload
from sandbox.world import World

Endpoint = Callable[[World, Request], Awaitable[object]]
Body = TypeVar("Body")
Raw = TypeVar("Raw")


def answering(world: World, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint whose result is answered as JSON, and whose errors as {"error": "..."}."""

    async def answer(request: Request) -> Response:
        try:
            result = await endpoint(world, request)
        except ActError as error:
            return as_response({"error": str(error)}, error.status)
        except JournalError as error:
            return as_response({"error": str(error)}, 507)
        return result if isinstance(result, Response) else as_response(result)

    return answer


def as_response(result: object, status: int = 200) -> Response:
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json")


async def body_of(request: Request, adapter: TypeAdapter[Body]) -> Body:
    """The JSON body. Raises ActError (400) naming what is wrong."""
    return checked(adapter.validate_json, await request.body() or b"{}")


async def form_of(request: Request, adapter: TypeAdapter[Body]) -> tuple[Body, Upload | None]:
    """The fields of a form, and the upload in its field `file`; or the JSON body and none."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return await body_of(request, adapter), None
    async with request.form() as form:
        part = form.get("file")
        upload = await _upload(part) if isinstance(part, UploadFile) else None
        fields = {key: value for key, value in form.items() if isinstance(value, str)}
        return checked(adapter.validate_python, fields), upload


async def _upload(part: UploadFile) -> Upload:
    mime = part.content_type or "application/octet-stream"
    return Upload(part.filename or "file", await part.read(), mime)


def checked(validate: Callable[[Raw], Body], raw: Raw) -> Body:
    """What pydantic makes of it. Raises ActError (400) naming what is wrong."""
    try:
        return validate(raw)
    except ValidationError as error:
        problems = (_wrong(one["loc"], one["msg"]) for one in error.errors())
        raise ActError(400, "; ".join(problems)) from None


def _wrong(place: tuple[int | str, ...], text: str) -> str:
    return f"{'.'.join(map(str, place)) or 'body'}: {text}"


def number(request: Request, name: str, default: int, high: int | None = None) -> int:
    """A whole number of the query. Raises ActError (400) when it is none."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if (value := whole(text)) < 0:
        raise ActError(400, f"{name}: {text!r} is not a whole number")
    return value if high is None else min(value, high)
