"""How an update comes to a bot's own address, and what the bot may do in its answer."""

from collections.abc import Iterator
from functools import partial
from http import HTTPStatus

import aiohttp

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import ApiError
from sandbox.courier import Courier
from sandbox.facts import Bot
from sandbox.queues import Queue, Update
from sandbox.telegram.api import Api
from sandbox.telegram.dispatch import dispatch
from sandbox.telegram.updates import shape

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_LONGEST_DELAY = 60.0
_NOT_IN_REPLY = ("get", "setwebhook", "deletewebhook", "close", "logout")


def courier(api: Api) -> Courier:
    return Courier(api.world, api.updates, partial(_bring, api), _pauses)


def _pauses() -> Iterator[float]:
    """Longer and longer, until the update is taken."""
    delay = 1.0
    while True:
        yield delay
        delay = min(delay * 2, _LONGEST_DELAY)


async def _bring(
    api: Api, session: aiohttp.ClientSession, queue: Queue, update: Update, _: int
) -> str:
    listening = queue.listening
    headers = {_SECRET_HEADER: listening.secret} if listening.secret else {}
    try:
        async with session.post(
            listening.url, json=shape(update), headers=headers, allow_redirects=False
        ) as answer:
            if answer.status // 100 != 2:
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
            await _act_on(api, api.world.bots[queue.bot], answer)
    except aiohttp.ClientConnectorError:
        return "Connection refused"
    except TimeoutError:
        return "Connection timed out"
    except aiohttp.ClientError:
        return "Webhook connection closed"
    return ""


async def _act_on(api: Api, bot: Bot, answer: aiohttp.ClientResponse) -> None:
    """A bot may call one method in its answer; it never learns the result."""
    if answer.content_type != "application/json" or answer.status == HTTPStatus.NO_CONTENT:
        return
    try:
        params = await answer.json()
    except ValueError:
        return
    name = str(params.pop("method", "")).lower() if isinstance(params, dict) else ""
    if name and not name.startswith(_NOT_IN_REPLY):
        try:
            await dispatch(api, name, Call(bot, params))
        except ApiError:
            return
