"""The road in: what happens to an update when the database, a handler or the order of things fails."""

import asyncio
import logging
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, func, make_url, select

from bot.handlers import make_dispatch
from bot.house import House
from bot.receive import poll
from bot.road import Road
from bot.turn import Turn
from domain.channel import ChatMoved
from domain.message import Arrived, Chat, ChatKind, Departed, Ignored, Message, Moved, Update
from storage import chats, deliveries, schema, tickets
from storage.deliveries import Letter
from storage.store import Store, open_store
from tests.conftest import PostgresDatabases, SqliteDatabases
from tests.stage import WITH_BUTTONS, Memory, Stage, make_house, plain

QUESTION = "cái loa phường ở đầu xóm bị rè tiếng thì báo ai " + "để sửa giúp bà con " * 150
SECRET = "bí mật của riêng tôi"


@pytest.fixture(scope="module")
def house() -> House:
    return make_house()


@pytest.fixture
def stage(store: Store, house: House, now: datetime, runner: asyncio.Runner) -> Stage:
    return runner.run(Stage.open(store, house, WITH_BUTTONS, now))


async def cursor(store: Store) -> int | None:
    return (await store.read(chats.accounts))[0].cursor


def count(c: Connection, *tables: Any) -> list[int]:
    return [c.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def texts(stage: Stage, chat: str) -> list[str]:
    return [plain(post.text) for post in stage.channel.posts if post.chat == chat]


# --- the database is out of reach ---


class Finished(Exception):
    """There is nothing more to ask for."""


@dataclass
class Source(Memory):
    """A messenger that has these updates."""

    queue: Sequence[Update] = ()
    asked: list[int | None] = field(default_factory=list)

    async def updates(self, cursor: int | None, wait_seconds: int) -> Sequence[object]:
        self.asked.append(cursor)
        found = [each for each in self.queue if cursor is None or int(each.key) >= cursor]
        if not found:
            raise Finished
        return found

    def parse(self, raw: object) -> Update:
        assert isinstance(raw, Message)
        return raw


@dataclass
class Outage(ABC):
    """A database that can be put out of reach of an open store, and mended."""

    store: Store
    url: str

    @abstractmethod
    async def begin(self) -> None: ...

    @abstractmethod
    async def mend(self) -> None: ...

    async def close(self) -> None:
        await self.store.close()


@dataclass
class Locked(Outage):
    """Another program writes and does not end."""

    other: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        file = make_url(self.url).database
        assert file
        self.other = sqlite3.connect(file, isolation_level=None)

    async def begin(self) -> None:
        self.other.execute("BEGIN IMMEDIATE")

    async def mend(self) -> None:
        self.other.execute("ROLLBACK")

    async def close(self) -> None:
        self.other.close()
        await super().close()


class Full(Outage):
    """There is no room for another page."""

    async def begin(self) -> None:
        await self._limit(1)

    async def mend(self) -> None:
        await self._limit(2**30)

    async def _limit(self, pages: int) -> None:
        await self.store.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages}").all())


@dataclass
class Down(Outage):
    """The server lets nobody in."""

    databases: PostgresDatabases

    async def begin(self) -> None:
        await self._allow("false")
        name = make_url(self.url).database
        end = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname='{name}'"
        await self.databases.execute("postgres", end)

    async def mend(self) -> None:
        await self._allow("true")

    async def _allow(self, yes: str) -> None:
        name = make_url(self.url).database
        await self.databases.execute("postgres", f"ALTER DATABASE {name} ALLOW_CONNECTIONS {yes}")


@pytest.fixture(params=["locked", "full", "down"])
def outage(request: pytest.FixtureRequest, runner: asyncio.Runner) -> Iterator[Outage]:
    engine = "postgres" if request.param == "down" else "sqlite"
    databases: PostgresDatabases | SqliteDatabases = request.getfixturevalue(engine)
    url = runner.run(databases.lend())
    store = runner.run(open_store(url, busy_seconds=0.01))
    made: Outage
    if isinstance(databases, PostgresDatabases):
        made = Down(store, url, databases)
    else:
        made = {"locked": Locked, "full": Full}[request.param](store, url)
    yield made
    runner.run(made.close())
    runner.run(databases.take_back(url))


@pytest.fixture
def hit(outage: Outage, house: House, now: datetime, runner: asyncio.Runner) -> Stage:
    """A stage over a database that has an outage."""
    return runner.run(Stage.open(outage.store, house, WITH_BUTTONS, now))


async def test_an_outage_is_told_once_and_then_the_message_is_worked(
    outage: Outage, hit: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    source = Source(WITH_BUTTONS, queue=[hit.message("lan", "lan", text=QUESTION)])
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            await outage.mend()
            assert await cursor(outage.store) is None
            assert await outage.store.read(count, schema.inbox, schema.ticket) == [0, 0]

    await outage.begin()
    caplog.set_level(logging.WARNING)
    with pytest.raises(Finished):
        await poll(source, hit.road, None, pause)
    assert len(pauses) == 3
    assert [plain(post.text) for post in source.posts] == [hit.house.words("door.outage")]
    (line,) = caplog.messages
    assert line.startswith("memory: an update waits for the database: ")
    assert QUESTION[:20] not in caplog.text
    assert source.asked == [None, 2]
    assert await cursor(outage.store) == 2
    await hit.drain.settle()
    assert [text for text in texts(hit, "lan") if "câu hỏi số 1" in text]


async def test_every_outage_is_told_to_everybody_who_writes_in_it(
    outage: Outage, hit: Stage
) -> None:
    async def tries(*senders: str) -> None:
        for who in senders:
            message = hit.message(who, who, text=QUESTION)
            with pytest.raises(Exception, match=r".+"):
                await hit.road.take(hit.channel, message)

    await outage.begin()
    await tries("lan", "hung", "lan")
    await outage.mend()
    await hit.road.take(hit.channel, hit.message("lan", "lan", text="/toi"))
    await outage.begin()
    await tries("lan")
    await outage.mend()
    assert [post.chat for post in hit.channel.posts] == ["lan", "hung", "lan"]


async def test_who_did_not_speak_to_loa_hears_of_no_outage(outage: Outage, hit: Stage) -> None:
    await outage.begin()
    message = hit.message("lan", "nhom_suoi", text="báo cáo")
    with pytest.raises(Exception, match=r".+"):
        await hit.road.take(hit.channel, message)
        await hit.road.take(hit.channel, hit.message("lan", "nhom_suoi", text=f"/hoi {QUESTION}"))
    await outage.mend()
    assert hit.channel.posts == []


async def test_the_drain_waits_for_the_database_and_then_sends(
    outage: Outage, hit: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    sent = asyncio.Event()
    hit.channel.on_post = sent.set
    running = asyncio.create_task(hit.drain.run())
