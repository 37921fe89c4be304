"""Getting a file: first its path, then its bytes from /file/bot<token>/<path>."""

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import bad_request
from sandbox.telegram import shapes
from sandbox.telegram.api import Api
from sandbox.telegram.media import MAX_DOWNLOAD


async def get_file(api: Api, call: Call) -> object:
    file_id = call.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    file = api.world.files.get(file_id)
    if not file:
        raise bad_request("invalid file_id")
    if file.size > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return shapes.file_shape(file)


METHODS = {"getFile": get_file}
