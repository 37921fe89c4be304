"""A bot of Zalo's Bot Platform as a channel: it asks for one update at a time, and edits nothing.

https://bot.zaloplatforms.com/docs
"""

import asyncio
import hashlib
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from bot.channels.download import Download
from bot.channels.steps import Step, Steps
from bot.channels.zalo_bot_api import BotApi
from bot.channels.zalo_bot_errors import is_idle, result_of
from bot.channels.zalo_bot_text import to_captions, to_messages
from bot.channels.zalo_bot_updates import key_of, parse
from bot.channels.zalo_opening import opening
from bot.receive import BadUpdate
from domain.channel import (
    MAX_TEXT,
    PRIVATE_PACE,
    Capabilities,
    Content,
    FileOut,
    Lost,
    Refused,
    Sent,
)
from domain.message import FileIn, FileKind, Update

log = logging.getLogger(__name__)

FLOOR_SECONDS = 1.0
"""The least time between two polls of which the first brought nothing new: the platform answers at
once, again and again, with what it has told before."""
KNOWN = 20_000
"""Updates that are remembered, to be told from new ones."""
IDLE_POLLS = 10
"""After so many in a row it is asked whether a webhook takes the updates away."""
MAX_PHOTO = 5 * 2**20
LINK = "https://bot.zaloplatforms.com/bots/"
"""Before a bot's id: where people meet it, and add it to a group."""


class ZaloBotChannel:
    """One bot. See `domain.channel.Channel`."""

    def __init__(
        self,
        account: str,
        api: BotApi,
        download: Download,
        bot_id: str,
        name: str,
        per_second: float,
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        self.account = account
        self.capabilities = Capabilities(
            buttons=False,
            group_buttons=False,
            edits=False,
            documents_in=False,
            files_out=False,
            photo_by_link=True,
            hears_all=False,
            gathers=True,
            max_text=MAX_TEXT,
            max_photo_out=MAX_PHOTO,
            per_second=per_second,
            group_pace=PRIVATE_PACE,
            link=f"{LINK}{bot_id}",
            deep_links=False,
            call=f"@{name}" if name else "",
            name=name,
        )
        self._api, self._download = api, download
        self._name, self._pause = name, pause
        self._steps = Steps()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._idle = 0

    @classmethod
    async def open(
        cls,
        account: str,
        token: str,
        base_url: str,
        per_second: float,
        name: str = "",
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> "ZaloBotChannel":
        """The bot of a token, asked who it is; raises a `SendError`.

        `name` is what people see and call it by, which the platform does not tell.
        """
        api = BotApi(base_url, token)
        async with opening(api):
            me = await api.call("getMe")
            bot_id = str(me["id"])
            if not me["can_join_groups"]:
                log.warning("%s: the platform does not let this bot into groups", account)
        return cls(account, api, Download(base_url), bot_id, name, per_second, pause)

    async def close(self) -> None:
        await self._api.close()
        await self._download.close()

    # --- out --------------------------------------------------------------------------------

    async def send(self, chat_id: str, content: Content) -> Sent:
        """Send one message, which may take several of the platform's; raises a `SendError`.

        When it is sent again after `TryLater` or `Lost`, what has gone already stays.
        """
        names = tuple(file.name for file in content.files)
        done = await self._steps.take((chat_id, content.text, names), self._of(chat_id, content))
        return Sent(done[0].message_id)

    def _of(self, chat_id: str, content: Content) -> list[Step]:
        """The steps of a message: a photo has the end of the text as its caption."""
        if not content.files:
            texts = to_messages(content.text)
            return [partial(self._post, "sendMessage", chat_id, text) for text in texts]
        *before, last = to_captions(content.text) or [""]
        photo = _photo(content.files[0], last)
        texts = [{"text": text} for text in before]
        steps = [partial(self._post, "sendMessage", chat_id, text) for text in texts]
        return [*steps, partial(self._post, "sendPhoto", chat_id, photo)]

    async def _post(self, method: str, chat_id: str, body: dict[str, Any]) -> Sent:
        result = await self._api.call(method, chat_id=chat_id, **body)
        try:
            return Sent(str(result["message_id"]))
        except (KeyError, TypeError):
            raise Lost("the answer of what was sent cannot be read") from None

    async def edit(self, chat_id: str, message_id: str, content: Content) -> None:
        """The platform changes no message; raises Refused."""
        raise Refused("a message cannot be changed")

    async def notice(self, press_id: str, text: str) -> None:
        """There are no buttons, so nobody presses one."""

    # --- in ---------------------------------------------------------------------------------

    def parse(self, raw: object) -> Update:
        """What a poll's or a webhook's update says; raises BadUpdate."""
        return parse(raw, self._name)

    async def fetch(self, file: FileIn) -> bytes:
        """The bytes of a picture that somebody sent; raises a `SendError`."""
        return await self._download.fetch(file.platform_id, self.capabilities.max_file_in)

    async def updates(self, cursor: int | None, wait_seconds: int) -> Sequence[object]:
        """The one update that is new, or none; raises a `SendError`.

        There is no cursor. What was told before is left out, and then the next poll waits.
        """
        begun = time.monotonic()
        raw = await self._poll(wait_seconds)
        if raw is not None and self._is_new(raw):
            return [raw]
        await self._pause(max(0.0, FLOOR_SECONDS - (time.monotonic() - begun)))
        return []

    def after(self, update: Update) -> None:
        """The platform has no cursors."""

    async def _poll(self, wait_seconds: int) -> object | None:
        """One update, or None after a wait in vain."""
        answer = await self._api.ask("getUpdates", wait_seconds, timeout=str(wait_seconds))
        if is_idle(answer):
            self._idle += 1
            if self._idle % IDLE_POLLS == 0:
                await self._unhook()
            return None
        self._idle = 0
        try:
            update: object = result_of(answer)
        except Refused:
            if not await self._unhook():
                raise
            return None
        return update

    def _is_new(self, raw: object) -> bool:
        known = _identity(raw)
        if known in self._known:
            return False
        self._known[known] = None
        if len(self._known) > KNOWN:
            self._known.popitem(last=False)
        return True

    async def _unhook(self) -> bool:
        """Take away a webhook that keeps the updates from us; whether there was one."""
        if not await self._has_webhook():
            return False
        log.warning("%s: a webhook was set elsewhere; it is taken away", self.account)
        await self._api.call("deleteWebhook")
        return True

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates sent to an https address with the secret; raises a `SendError`."""
        result = await self._api.call("setWebhook", url=url, secret_token=secret)
        tried = result.get("verification") if isinstance(result, dict) else None
        if isinstance(tried, dict) and not tried.get("ok"):
            log.warning("%s: the platform did not reach us: %s", self.account, tried.get("outcome"))

    async def delete_webhook(self) -> None:
        """Have updates kept for `updates`; raises a `SendError`."""
        if await self._has_webhook():
            await self._api.call("deleteWebhook")

    async def _has_webhook(self) -> bool:
        try:
            info = await self._api.call("getWebhookInfo")
        except Refused:  # 404: there is none
            return False
        return isinstance(info, dict) and bool(info.get("url"))


def _photo(file: FileOut, caption: str) -> dict[str, Any]:
    if file.kind is not FileKind.PHOTO or not file.link:
        raise Refused("only a picture with a public link can be sent")
    return {"photo": file.link} | ({"caption": caption} if caption else {})


def _identity(raw: object) -> str:
    """What tells an update from all others; of one without an id, all that it says."""
    try:
        return key_of(raw) or "nothing"
    except BadUpdate:
        return hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()
