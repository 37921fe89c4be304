"""The calls of the OpenAPI, by HTTP method and path."""

from collections.abc import Awaitable, Callable

from sandbox.bot_api.call import Call
from sandbox.zalo_oa.api import Api
from sandbox.zalo_oa.methods import groups, people, sending, uploads

Method = Callable[[Api, Call], Awaitable[object]]

METHODS: dict[str, Method] = {
    name: method
    for module in (groups, people, sending, uploads)
    for name, method in module.METHODS.items()
}
SENDING = frozenset({"message/cs", "group/message"})
"""The calls that put messages into a chat, by what comes after the version's `/oa/`."""
