"""A webhook from end to end: the sandbox knocks, the update is kept, worked off, and once only."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_updates import key_of
from bot.receive import work_off
from domain.channel import Channel
from domain.message import Message, Update
from storage import chats, inbox
from storage.store import Store
from tests.sandbox.stage import AN, TOKEN, on_stage
from tests.web.serving import serving
from web.app import Door, make_app
from web.proof import TELEGRAM_SECRET, by_secret

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@dataclass
class Road:
    """Keeps updates in the real inbox and tells what they said."""

    store: Store
    came: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)

    async def keep(self, account_id: str, key: str, payload: Any) -> bool:
        return await self.store.write(inbox.put, account_id, key, payload, NOW)

    async def work_kept(self, channel: Channel, parse: Callable[[Any], Update]) -> int:
        waiting = await self.store.read(inbox.waiting, channel.account, 10)
        for row in waiting:
            update = parse(row.payload)
            await self.store.write(inbox.claim, channel.account, update.key, NOW)
            self.came.put_nowait(update.text if isinstance(update, Message) else "")
        return len(waiting)


async def test_a_message_comes_in_by_webhook(store: Store) -> None:
    await store.write(chats.open_account, "telegram", None)
    proof = by_secret(TELEGRAM_SECRET, "s3cret")
    road, door = Road(store), Door(proof, key_of, asyncio.Event())
    app = make_app({"telegram/telegram": door}, road.keep)
    async with on_stage() as stage, serving(app) as url:
        channel = await TelegramChannel.open("telegram", TOKEN, stage.running.url, 30)
        worker = asyncio.create_task(work_off(channel, road, door.wake))
        await channel.set_webhook(f"{url}/hook/telegram/telegram", "s3cret")
        for text in ("một", "hai 😀\u0000"):
            await stage.act("say", person=AN, bot="loa_bot", text=text)
        texts = [await road.came.get() for _ in range(2)]
        await channel.delete_webhook()
        worker.cancel()
        await channel.close()
    assert texts == ["một", "hai 😀"]
