"""The road in when a transaction was kept and nobody heard of it, for the connection was cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

from bot.handlers import make_dispatch
from bot.house import House
from bot.receive import poll
from bot.road import Road
from domain.message import Message
from storage import schema
from storage.store import StorageError, open_store
from tests.bot.test_receive import Finished
from tests.bot.test_road import Source, count, cursor, question
from tests.conftest import PostgresDatabases
from tests.messenger import WITH_BUTTONS
from tests.stage import Stage
from tests.wire import Wire

ROWS = (schema.inbox, schema.delivery)


@dataclass
class Cut:
    """A stage, and a road to its database over a wire."""

    stage: Stage
    road: Road
    wire: Wire


@asynccontextmanager
async def over_a_wire(
    postgres: PostgresDatabases, house: House, now: datetime
) -> AsyncIterator[Cut]:
    url = await postgres.lend()
    store = await open_store(url)
    async with Wire.to(url) as wire:
        stage = await Stage.open(store, house, WITH_BUTTONS, now)
        cut = await open_store(wire.url)
        yield Cut(stage, Road(cut, house, make_dispatch(), lambda: now, lambda: None), wire)
        await cut.close()
        assert wire.lost
    await store.close()
    await postgres.take_back(url)


@pytest.mark.parametrize("keys", [["41"], ["41", "42", "43"]])
async def test_an_update_is_worked_once(
    keys: list[str],
    postgres: PostgresDatabases,
    house: House,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with over_a_wire(postgres, house, now) as cut:
        source = Source(WITH_BUTTONS, queue=[asks(key) for key in keys])
        cut.wire.lose(1)
        with pytest.raises(Finished):
            await poll(source, cut.road, None, lambda seconds: asyncio.sleep(0))
        assert await cut.stage.store.read(count, *ROWS) == [len(keys)] * 2
        assert await cursor(cut.stage.store) == int(keys[-1]) + 1
    lines = [line for line in caplog.messages if "waits for the database" in line]
    assert caplog.messages == lines
    assert len(lines) == (len(keys) == 1)


def asks(key: Any) -> Message:
    return replace(question(str(key)), text="/toi")


async def test_what_a_webhook_brought_is_kept_and_worked_once(
    postgres: PostgresDatabases, house: House, now: datetime
) -> None:
    async with over_a_wire(postgres, house, now) as cut:
        account = cut.stage.channel.account
        cut.wire.lose(1)
        with pytest.raises(StorageError):
            await cut.road.keep(account, "41", "41")
        assert not await cut.road.keep(account, "41", "41")
        cut.wire.lose(2)  # the first is of the look at what waits
        with pytest.raises(StorageError):
            await cut.road.work_kept(cut.stage.channel, asks)
        assert await cut.road.work_kept(cut.stage.channel, asks) == 0
        assert await cut.stage.store.read(count, *ROWS) == [1, 1]
