"""The methods of the Bot API, by their names in small letters."""

from collections.abc import Awaitable, Callable

from sandbox.bot_api.call import Call
from sandbox.telegram.api import Api
from sandbox.telegram.methods import chats, editing, files, polling, profile, sending

Method = Callable[[Api, Call], Awaitable[object]]

METHODS: dict[str, Method] = {
    name.lower(): method
    for module in (chats, editing, files, polling, profile, sending)
    for name, method in module.METHODS.items()
}
