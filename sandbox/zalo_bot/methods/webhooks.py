"""Where the bot's updates are brought, and whether somebody is there."""

import time
from urllib.parse import urlsplit

import aiohttp

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import ApiError, bad_request
from sandbox.facts import Listening
from sandbox.queues import Json
from sandbox.zalo_bot.api import Api
from sandbox.zalo_bot.webhook import brought

_A_DAY = 24 * 3600
_HINT = "Your endpoint responded successfully."


async def set_webhook(api: Api, call: Call) -> object:
    """Any http or https address is taken: the sandbox is for one's own machine. It is kept even
    when nobody answers there."""
    url, secret = call.required("url"), call.required("secret_token")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise bad_request("url is wrong")
    if not 8 <= len(secret) <= 256:
        raise bad_request("secret_token must have 8 to 256 characters")
    _listen(api, Listening(call.bot.id, url=url, secret=secret))
    return _where(api, call) | {"verification": await _tried(api, call)}


async def delete_webhook(api: Api, call: Call) -> object:
    if not api.updates.of(call.bot.id).listening.url:
        raise bad_request("webhook is not set")
    _listen(api, Listening(call.bot.id))
    return _where(api, call)


def _listen(api: Api, listening: Listening) -> None:
    if listening != api.updates.of(listening.bot).listening:
        api.world.record(listening)


async def get_webhook_info(api: Api, call: Call) -> object:
    if not api.updates.of(call.bot.id).listening.url:
        raise ApiError(404, "Not Found")
    return _where(api, call)


async def test_webhook(api: Api, call: Call) -> object:
    url = api.updates.of(call.bot.id).listening.url
    if not url:
        raise bad_request("webhook is not set")
    today = call.bot.id, int(api.world.clock.now() // _A_DAY)
    if api.tests.get(today, 0) >= api.rules.tests_a_day:
        raise ApiError(426, "Upgrade Required")
    api.tests[today] = api.tests.get(today, 0) + 1
    return {"url": url} | await _tried(api, call)


def _where(api: Api, call: Call) -> Json:
    """`updated_at` is in milliseconds."""
    listening = api.updates.of(call.bot.id).listening
    return {"url": listening.url, "updated_at": int(api.hooked_at[call.bot.id] * 1000)}


async def _tried(api: Api, call: Call) -> Json:
    """What comes of an event that says nothing, brought to the webhook."""
    begun = time.monotonic()
    listening = api.updates.of(call.bot.id).listening
    async with aiohttp.ClientSession() as session:
        status, outcome = await brought(api, session, listening, {"event_name": "webhook.test"})
    verified = outcome == "webhook.ok"
    latency = round((time.monotonic() - begun) * 1000)
    seen: Json = {"ok": verified, "status_code": status, "outcome": outcome}
    return seen | {"latency_ms": latency, "hint": _HINT if verified else outcome}


METHODS = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "testWebhook": test_webhook,
}
