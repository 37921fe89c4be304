"""Updates brought to a bot's own address, one after another, until it takes each."""

import asyncio
from http import HTTPStatus

import aiohttp

from sandbox.facts import Bot, Confirmed, Listening
from sandbox.journal import Entry
from sandbox.telegram.api import Api
from sandbox.telegram.call import Call
from sandbox.telegram.dispatch import dispatch
from sandbox.telegram.errors import ApiError
from sandbox.telegram.updates import Queue, Update

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_TIMEOUT = aiohttp.ClientTimeout(total=60)
_LONGEST_DELAY = 60.0
_NOT_IN_REPLY = ("get", "setwebhook", "deletewebhook", "close", "logout")


class Webhooks:
    """One task a bot with a webhook; `start` and `close` belong to the server's life."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        for queue in self._api.updates.all():
            self._attend(queue)
        self._api.world.listeners.append(self._hear)

    def _hear(self, entry: Entry) -> None:
        if isinstance(entry.fact, Listening):
            self._attend(self._api.updates.of(entry.fact.bot))

    def _attend(self, queue: Queue) -> None:
        running = self._tasks.get(queue.bot)
        if queue.listening.url and (not running or running.done()):
            self._tasks[queue.bot] = asyncio.create_task(self._deliver(queue))

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if self._session:
            await self._session.close()

    async def _deliver(self, queue: Queue) -> None:
        delay = 0.0
        while queue.listening.url and not queue.bell.closed:
            queue.drop_expired(self._api.world.clock.now())
            if not queue.waiting:
                await queue.bell.wait()
                continue
            update = queue.waiting[0]
            if error := await self._bring(queue, update):
                queue.failure = (int(self._api.world.clock.now()), error)
                delay = min(max(1.0, delay * 2), _LONGEST_DELAY)
                await self._api.world.clock.sleep(delay)
            else:
                delay = 0.0
                self._api.world.record(Confirmed(queue.bot, update.id + 1))

    async def _bring(self, queue: Queue, update: Update) -> str:
        """What went wrong, in Telegram's words, or nothing."""
        listening = queue.listening
        headers = {_SECRET_HEADER: listening.secret} if listening.secret else {}
        assert self._session is not None
        try:
            async with self._session.post(
                listening.url, json=update.shape(), headers=headers, allow_redirects=False
            ) as answer:
                if answer.status // 100 != 2:
                    return f"Wrong response from the webhook: {answer.status} {answer.reason}"
                await self._act_on(self._api.world.bots[queue.bot], answer)
        except aiohttp.ClientConnectorError:
            return "Connection refused"
        except TimeoutError:
            return "Connection timed out"
        except aiohttp.ClientError:
            return "Webhook connection closed"
        return ""

    async def _act_on(self, bot: Bot, answer: aiohttp.ClientResponse) -> None:
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
                await dispatch(self._api, name, Call(bot, params))
            except ApiError:
                return
