"""How an event comes to the bot's own address: signed, several times when it has to be."""

import asyncio
import hashlib
import json
from functools import partial

import aiohttp

from sandbox.courier import Courier
from sandbox.facts import Confirmed, Listening
from sandbox.queues import Queue, Update
from sandbox.zalo_oa.api import Api
from sandbox.zalo_oa.facts import Console

PAUSES = (30.0, 300.0, 900.0, 1800.0, 3600.0)
"""Seconds before each further try. After the last one the webhook is cancelled."""
_AT_ONCE = 10_000
_CONNECTIONS = 50


def courier(api: Api) -> Courier:
    door = asyncio.Semaphore(_CONNECTIONS)
    bring, gave_up = partial(_bring, api, door), partial(cancel, api)
    return Courier(api.world, api.queues, bring, lambda: PAUSES, _AT_ONCE, gave_up)


def cancel(api: Api, bot: int) -> None:
    """The account's webhook is taken away, and what waits for it is lost."""
    queue = api.queues.of(bot)
    if queue.listening.url:
        api.world.record(Listening(bot, queue.listening.allowed))
        api.world.record(Confirmed(bot, queue.next_id))


def body_of(update: Update) -> tuple[bytes, str]:
    """The body of an event as it is sent, and its timestamp (milliseconds)."""
    timestamp = str(round(update.at * 1000))
    event = update.content | {"timestamp": timestamp}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode(), timestamp


def signature(console: Console, body: bytes, timestamp: str) -> str:
    """The value of X-ZEvent-Signature."""
    secret = console.secret if console.switches.signed_with == "oa" else console.app_secret
    mac = hashlib.sha256(console.app_id.encode() + body + (timestamp + secret).encode())
    return f"{'mac=' if console.switches.mac_prefix else ''}{mac.hexdigest()}"


async def _bring(
    api: Api,
    door: asyncio.Semaphore,
    session: aiohttp.ClientSession,
    queue: Queue,
    update: Update,
    tries: int,
) -> str:
    console = api.consoles.of(queue.bot)
    body, timestamp = body_of(update)
    headers = {
        "Content-Type": "application/json",
        "X-ZEvent-Signature": signature(console, body, timestamp),
    } | ({"num_retry": str(tries)} if tries else {})
    patience = aiohttp.ClientTimeout(total=console.webhook_seconds)
    try:
        async with (
            door,
            session.post(
                queue.listening.url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=patience,
            ) as answer,
        ):
            return "" if answer.status == 200 else f"HTTP {answer.status}"
    except TimeoutError:
        return "no answer in time"
    except aiohttp.ClientError:
        return "no connection"
