"""Who the bot is, and what it has to hear by asking."""

import asyncio

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import ApiError
from sandbox.facts import Confirmed
from sandbox.queues import Queue, Update
from sandbox.zalo_bot import names
from sandbox.zalo_bot.api import Api
from sandbox.zalo_bot.hearing import shape

_MAX_TIMEOUT = 60


async def get_me(_: Api, call: Call) -> object:
    """The platform does not tell the name that people see."""
    return {
        "id": names.of_bot(call.bot),
        "account_name": f"bot.{call.bot.username}",
        "account_type": "BASIC",
        "can_join_groups": call.bot.joins_groups,
    }


async def get_updates(api: Api, call: Call) -> object:
    """ONE update, after waiting up to `timeout` seconds for it. Raises ApiError 408 for none."""
    queue = api.updates.of(call.bot.id)
    queue.drop_expired(api.world.clock.now())
    if queue.listening.url and api.rules.beside_webhook == "refused":
        raise ApiError(400, "Bad Request: webhook is set")
    deadline = asyncio.get_running_loop().time() + call.whole("timeout", 30, 0, _MAX_TIMEOUT)
    queue.poller += 1
    mine = queue.poller
    queue.bell.ring()
    while queue.poller == mine and not queue.bell.closed:
        if not queue.listening.url and (update := _next(api, queue)):
            _hand_over(api, queue, update)
            return shape(update, api.world, api.rules)
        left = deadline - asyncio.get_running_loop().time()
        if left <= 0 or not await queue.bell.wait(left):
            break
    raise ApiError(408, "Request timeout")


def _next(api: Api, queue: Queue) -> Update | None:
    """The oldest update not given yet; where they are given again, else the one after the last."""
    last = api.given.get(queue.bot, 0)
    found = next((each for each in queue.waiting if each.id > last), None)
    if found or api.rules.redelivery == "never" or not queue.waiting:
        return found
    shown = api.shown.get(queue.bot, 0)
    return next((each for each in queue.waiting if each.id > shown), queue.waiting[0])


def _hand_over(api: Api, queue: Queue, update: Update) -> None:
    api.given[queue.bot] = max(update.id, api.given.get(queue.bot, 0))
    api.shown[queue.bot] = update.id
    if api.rules.redelivery == "never":
        api.world.record(Confirmed(queue.bot, update.id + 1))


METHODS = {"getMe": get_me, "getUpdates": get_updates}
