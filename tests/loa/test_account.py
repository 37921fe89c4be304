"""An account that the platform refuses comes back by itself."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.handlers import make_dispatch
from bot.receive import Source
from bot.road import Road
from domain.channel import AccountLost, Capabilities
from domain.message import Chat, ChatKind, Update
from loa import account as account_module
from loa.account import REFUSED_SECONDS, Account
from loa.channels import Means
from loa.settings_accounts import AccountSettings
from scheduler.drain import Drain, Hands
from scheduler.fetch import Fetch
from storage import chats, deliveries
from storage.company import Alone, Hold
from storage.deliveries import Letter
from storage.store import Store
from tests.messenger import Memory
from tests.stage import make_house


class Listening(Memory):
    """A messenger that can be asked for updates and has none."""

    def parse(self, raw: object) -> Update:
        raise AssertionError

    async def updates(self, cursor: int | None, wait_seconds: int) -> list[object]:
        await asyncio.Event().wait()
        raise AssertionError

    def after(self, update: Update) -> None:
        return None

    async def delete_webhook(self) -> None:
        pass


@dataclass
class Doubtful:
    """A platform that refuses the account as often as it says, and what happened meanwhile."""

    store: Store
    now: datetime
    refusals: list[AccountLost]
    channel: Listening
    pauses: list[float] = field(default_factory=list)
    lost: list[str | None] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    drains: "asyncio.Queue[Drain]" = field(default_factory=asyncio.Queue)

    async def open(self, settings: AccountSettings, means: Means) -> Listening:
        if self.refusals:
            raise self.refusals.pop()
        return self.channel

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.lost.append(await self.lost_because())

    async def lost_because(self) -> str | None:
        (state,) = await self.store.read(chats.accounts)
        return state.lost_because

    def trusted(self, c: Connection, account: str, refused: str) -> None:
        if chats.account_lost(c, account, refused or None):
            self.told.append(refused)

    @contextmanager
    def draining(self, channel: Source, hold: Hold) -> Iterator[Drain]:
        hands = Hands(
            lambda content, *_: content,
            lambda text, *_: text,
            lambda *_: None,
            lambda c, account, refused, _: self.trusted(c, account, refused),
            "",
        )
        drain = Drain(self.store, channel, lambda: self.now, hands, hold)
        self.drains.put_nowait(drain)
        yield drain

    def account(self) -> Account:
        house, clock = make_house(), lambda: self.now
        return Account(
            AccountSettings(),
            Means({}, self.store, clock),
            self.store,
            Alone(lambda *_: None),
            Road(self.store, house, make_dispatch(), clock, lambda: None),
            house.vocabulary,
            self.draining,
            lambda channel: Fetch(self.store, channel, Path()),
            None,
            "",
            self.trusted,
            self.pause,
        )


def greet(c: Connection, now: datetime) -> None:
    chat = chats.seen(c, "telegram", Chat("lan", ChatKind.PRIVATE))
    deliveries.queue(c, Letter(chat.id, "chào"), now)


async def test_a_refused_account_is_tried_again_until_it_works(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.write(chats.open_account, "telegram", None)
    refused = AccountLost("Unauthorized")
    channel = Listening(Capabilities(), "telegram", errors={"lan": [refused]})
    platform = Doubtful(store, now, [refused] * 2, channel)
    monkeypatch.setattr(account_module, "open_channel", platform.open)
    task = asyncio.create_task(platform.account().run())

    await platform.drains.get()
    assert (platform.pauses, platform.lost) == ([REFUSED_SECONDS] * 2, ["Unauthorized"] * 2)
    assert await platform.lost_because() is None

    assert platform.told == ["Unauthorized", ""]

    await store.write(greet, now)
    drain = await platform.drains.get()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert platform.pauses == [REFUSED_SECONDS] * 3
    assert platform.told == ["Unauthorized", "", "Unauthorized"]
    await drain.settle()
    assert (len(channel.posts), platform.told[3:]) == (1, [""])
