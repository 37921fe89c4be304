"""Pictures and sounds that a bot gives by address: the sandbox really asks for them."""

from urllib.parse import urlsplit

import aiohttp

from sandbox.bot_api.errors import bad_request
from sandbox.posting import Upload

MAX_BYTES = 5 * 1024 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=20)


async def fetched(address: str, name: str) -> Upload:
    """What is at an address, here also one of this machine. Raises ApiError 400."""
    if urlsplit(address).scheme not in ("http", "https"):
        raise bad_request(f"{name} is not an address")
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.get(address, ssl=False) as answer,
        ):
            data = await answer.content.read(MAX_BYTES + 1)
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise bad_request(f"{name} cannot be downloaded") from None
    if answer.status != 200 or not data or len(data) > MAX_BYTES:
        raise bad_request(f"{name} cannot be downloaded")
    return Upload(name, data, answer.content_type)
