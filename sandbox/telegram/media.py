"""A file in a call: uploaded, attached, or one that the messenger knows already."""

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import bad_request
from sandbox.facts import File, FileKind
from sandbox.posting import store
from sandbox.telegram.api import Api

MAX_UPLOAD = 50 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024
_MAX_PHOTO = 10 * 1024 * 1024
_ATTACH = "attach://"


def input_file(api: Api, call: Call, kind: FileKind, value: str) -> File:
    """The file of a field: `value` is a file_id, "attach://<part>" or empty for an upload.

    The sandbox reads nothing from the network: an HTTP address fails as one that Telegram
    cannot reach.
    """
    upload = call.files.get(value.removeprefix(_ATTACH) if value.startswith(_ATTACH) else kind)
    if upload:
        if not upload.data:
            raise bad_request("file must be non-empty")
        _check_photo(kind, len(upload.data))
        file = store(api.world, upload, kind)
        if kind == "photo" and not file.width:
            raise bad_request("IMAGE_PROCESS_FAILED")
        return file
    return _known(api, kind, value)


def _check_photo(kind: FileKind, size: int) -> None:
    if kind == "photo" and size > _MAX_PHOTO:
        raise bad_request(
            f"file of size {size} bytes is too big for a photo; "
            f"the maximum size is {_MAX_PHOTO} bytes"
        )


def _known(api: Api, kind: FileKind, value: str) -> File:
    if not value:
        raise bad_request(f"there is no {kind} in the request")
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    file = api.world.files.get(value)
    if not file:
        raise bad_request("wrong remote file identifier specified: Wrong character in the string")
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.title()} as {kind.title()}")
    return file
