"""How an update comes to a bot's own address."""

from collections.abc import Iterable
from functools import partial

import aiohttp

from sandbox.courier import Courier
from sandbox.facts import Listening
from sandbox.queues import Json, Queue, Update
from sandbox.zalo_bot.api import Api
from sandbox.zalo_bot.hearing import shape

_SECRET_HEADER = "X-Bot-Api-Secret-Token"
_PAUSE = 10.0
_TIMEOUT = aiohttp.ClientTimeout(total=10)


def courier(api: Api) -> Courier:
    return Courier(api.world, api.updates, partial(_bring, api), partial(_pauses, api))


def _pauses(api: Api) -> Iterable[float]:
    return [_PAUSE] * api.rules.webhook_retries


async def _bring(
    api: Api, session: aiohttp.ClientSession, queue: Queue, update: Update, _: int
) -> str:
    event = shape(update, api.world, api.rules)
    _, outcome = await brought(api, session, queue.listening, event)
    return "" if outcome == "webhook.ok" else outcome


async def brought(
    api: Api, session: aiohttp.ClientSession, listening: Listening, event: Json
) -> tuple[int, str]:
    """The HTTP status (0 for none) and the outcome, in the platform's words."""
    body = event if api.rules.webhook_body == "flat" else {"ok": True, "result": event}
    headers = {_SECRET_HEADER: listening.secret}
    try:
        async with session.post(
            listening.url, json=body, headers=headers, allow_redirects=False, timeout=_TIMEOUT
        ) as answer:
            return answer.status, _outcome(answer.status)
    except aiohttp.ClientConnectorError:
        return 0, "webhook.err.conn"
    except TimeoutError:
        return 0, "webhook.err.timeout"
    except aiohttp.ClientError:
        return 0, "webhook.err.other"


def _outcome(status: int) -> str:
    match status:
        case _ if status // 100 == 2:
            return "webhook.ok"
        case 403 | 404:
            return f"webhook.http.{status}"
        case _ if status // 100 == 5:
            return "webhook.http.5xx"
    return "webhook.http.other"
