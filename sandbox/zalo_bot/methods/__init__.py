"""The methods of the platform; their names are case-sensitive."""

from collections.abc import Awaitable, Callable

from sandbox.bot_api.call import Call
from sandbox.zalo_bot.api import Api
from sandbox.zalo_bot.methods import polling, sending, webhooks

Method = Callable[[Api, Call], Awaitable[object]]

METHODS: dict[str, Method] = {
    name: method
    for module in (polling, sending, webhooks)
    for name, method in module.METHODS.items()
}
SENDING = frozenset({"sendmessage", "sendphoto", "sendsticker", "sendvoice"})
"""The methods that put messages into a chat, in small letters."""
