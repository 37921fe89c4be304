"""From a method's name to its result."""

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import ApiError
from sandbox.telegram.api import Api
from sandbox.telegram.methods import METHODS


async def dispatch(api: Api, name: str, call: Call) -> object:
    """The method's result, ready for JSON. Raises ApiError."""
    method = METHODS.get(name.lower())
    if not method:
        raise ApiError(404, "Not Found: method not found")
    return await method(api, call)
