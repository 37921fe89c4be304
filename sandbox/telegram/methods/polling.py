"""How a bot gets its updates: by long polling or through a webhook."""

import asyncio
import re
from itertools import islice
from urllib.parse import urlsplit

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import ApiError, bad_request
from sandbox.facts import Confirmed, Listening
from sandbox.queues import Queue
from sandbox.telegram.api import Api
from sandbox.telegram.updates import shape

_MAX_TIMEOUT = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
_OTHER = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)


async def get_updates(api: Api, call: Call) -> object:
    """Updates from `offset` on, after waiting up to `timeout` seconds for the first one."""
    queue = api.updates.of(call.bot.id)
    if queue.listening.url:
        raise ApiError(409, _ACTIVE)
    _listen(api, queue, call)
    _confirm(api, queue, call.whole("offset"))
    limit = call.whole("limit", 100, 1, 100)
    if not queue.waiting and (timeout := call.whole("timeout", 0, 0, _MAX_TIMEOUT)):
        await _wait(queue, timeout)
    return [shape(update) for update in islice(queue.waiting, limit)]


def _listen(api: Api, queue: Queue, call: Call, url: str = "") -> None:
    """Remember what the bot listens to; kinds are kept when a call does not name them."""
    allowed = queue.listening.allowed
    raw = call.json("allowed_updates")
    if isinstance(raw, list):
        allowed = tuple(sorted(map(str, raw))) or None
    listening = Listening(
        call.bot.id,
        allowed,
        url,
        call.text("secret_token") if url else "",
        call.whole("max_connections", 40, 1, 100) if url else 40,
    )
    if listening != queue.listening:
        api.world.record(listening)


def _confirm(api: Api, queue: Queue, offset: int) -> None:
    """An offset confirms all below it; a negative one keeps only so many of the last."""
    queue.drop_expired(api.world.clock.now())
    if offset < 0 and len(queue.waiting) > -offset:
        offset = queue.waiting[offset].id
    if queue.waiting and offset > queue.waiting[0].id:
        api.world.record(Confirmed(queue.bot, min(offset, queue.next_id)))


async def _wait(queue: Queue, seconds: int) -> None:
    """Wait for an update; a newer call or a webhook ends it with a conflict."""
    queue.poller += 1
    mine = queue.poller
    queue.bell.ring()
    deadline = asyncio.get_running_loop().time() + seconds
    while not queue.waiting and not queue.bell.closed:
        left = deadline - asyncio.get_running_loop().time()
        if left <= 0 or not await queue.bell.wait(left):
            return
        if queue.listening.url:
            raise ApiError(409, "Conflict: terminated by setWebhook request")
        if queue.poller != mine:
            raise ApiError(409, _OTHER)


async def set_webhook(api: Api, call: Call) -> object:
    """Any http or https address is taken, on any port: the sandbox is for one's own machine."""
    url, secret = call.text("url"), call.text("secret_token")
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise bad_request("invalid webhook URL specified")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    queue = api.updates.of(call.bot.id)
    if call.flag("drop_pending_updates") and queue.waiting:
        api.world.record(Confirmed(call.bot.id, queue.next_id))
    _listen(api, queue, call, url)
    return True


async def delete_webhook(api: Api, call: Call) -> object:
    kept = {"drop_pending_updates": call.text("drop_pending_updates")}
    return await set_webhook(api, Call(call.bot, dict(kept)))


async def get_webhook_info(api: Api, call: Call) -> object:
    queue = api.updates.of(call.bot.id)
    listening = queue.listening
    info: dict[str, object] = {
        "url": listening.url,
        "has_custom_certificate": False,
        "pending_update_count": len(queue.waiting),
    }
    if listening.url:
        info["max_connections"] = listening.max_connections
        if queue.failure:
            info["last_error_date"], info["last_error_message"] = queue.failure
    if listening.allowed is not None:
        info["allowed_updates"] = list(listening.allowed)
    return info


METHODS = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
