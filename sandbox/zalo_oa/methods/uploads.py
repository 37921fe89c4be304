"""Files that an account brings before it sends them: kept for seven days."""

import secrets
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

from sandbox.bot_api.call import Call
from sandbox.clock import month
from sandbox.facts import FileKind
from sandbox.posting import Upload, store
from sandbox.zalo_oa.api import Api
from sandbox.zalo_oa.errors import OaError
from sandbox.zalo_oa.facts import Uploaded

_MEGABYTE = 1024 * 1024
MAX_UPLOAD = 5 * _MEGABYTE


@dataclass(frozen=True, slots=True)
class Way:
    """One of the upload calls: what it takes, and what it calls the token that it gives."""

    kind: FileKind
    endings: tuple[str, ...]
    most: int
    token: str


_WAYS = {
    "image": Way("photo", (".jpg", ".jpeg", ".png"), _MEGABYTE, "attachment_id"),
    "gif": Way("photo", (".gif",), MAX_UPLOAD, "attachment_id"),
    "file": Way("document", (".pdf", ".doc", ".docx"), MAX_UPLOAD, "token"),
}


async def _upload(way: Way, api: Api, call: Call) -> object:
    upload = call.files.get("file")
    if not upload or not upload.data:
        raise OaError(-201, "file is missing")
    _check(way, upload, csv=api.consoles.of(call.bot.id).switches.csv_files)
    used = api.usage.uploads[call.bot.id, month(api.world.clock.now())]
    if used >= api.consoles.of(call.bot.id).monthly_uploads:
        raise OaError(-211, "uploads of this month")
    file = store(api.world, upload, way.kind)
    if way.kind == "photo" and not file.width:
        raise OaError(-201, "file is no picture")
    token = secrets.token_urlsafe(40)
    api.world.record(Uploaded(call.bot.id, token, file.id))
    return {way.token: token}


def _check(way: Way, upload: Upload, *, csv: bool) -> None:
    ending = PurePosixPath(upload.name).suffix.lower()
    taken = ending in way.endings or (csv and way.kind == "document" and ending == ".csv")
    if not taken:
        raise OaError(-201, f"file type {ending!r}")
    if len(upload.data) > way.most:
        raise OaError(-210, f"file is larger than {way.most} bytes")


METHODS = {f"POST /v2.0/oa/upload/{name}": partial(_upload, way) for name, way in _WAYS.items()}
