"""A process of `benchmarks.incoming`: `python -m benchmarks.incoming_bots NAME …`.

NAME is ours, "polled" or "kept", or another library's bot in memory. It takes its share of the
updates of a report of every group, and answers nobody: what it would send is queued. It says
"ready", begins at a line on its standard input, and says what it took as JSON.
"""

import argparse
import asyncio
import json
import logging
import sqlite3
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, ParamSpec, TypeVar
from unittest.mock import patch
from zlib import crc32

import telegram.ext
from aiogram import Bot as AiogramBot
from aiogram import Dispatcher
from aiogram.fsm.storage.base import StorageKey
from aiogram.fsm.storage.memory import MemoryStorage

from benchmarks.friday import ANSWERS
from benchmarks.friday_bots import form_house
from benchmarks.friday_peers import Report, conversation, heard
from benchmarks.platform import BOT, TOKEN, now, say
from benchmarks.turn import POLL, Sink, raw
from bot.channels.telegram_updates import parse
from bot.handlers import make_dispatch
from bot.receive import poll
from bot.road import Road
from domain.message import Update
from storage.store import opened_store

P = ParamSpec("P")
T = TypeVar("T")
Raw = dict[str, object]
Work = Callable[[], Coroutine[None, None, None]]

ACCOUNTS = tuple(f"telegram-{number}" for number in range(8))


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds, of its processors' time, and of that in SQLite."""

    seconds: float
    busy: float
    in_sqlite: float


def dialogues(groups: int) -> list[tuple[int, int]]:
    return [(-each, each) for each in range(1, groups + 1)]


def updates(groups: int) -> Iterator[tuple[str, Raw]]:
    """Everybody's first answer, then everybody's second, and so on; each with its account."""
    number = 0
    for text in ANSWERS:
        for at, (chat, person) in enumerate(dialogues(groups)):
            number += 1
            yield ACCOUNTS[at % len(ACCOUNTS)], raw(number, text, chat, person)


# --- ours ---


@dataclass
class Script(Sink):
    """A messenger that brings these updates, as many at a time as Telegram does, and then none."""

    updates_left: list[Raw] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def parse(self, raw: object) -> Update:
        return parse(raw, BOT, "1")

    def after(self, update: Update) -> int:
        return int(update.key) + 1

    async def delete_webhook(self) -> None: ...

    async def updates(self, cursor: int | None, wait_seconds: int) -> Sequence[object]:
        found, self.updates_left = self.updates_left[:POLL], self.updates_left[POLL:]
        if not found:
            self.over.set()
            await asyncio.get_running_loop().create_future()
        return found


async def polled(road: Road, scripts: Sequence[Script]) -> None:
    """Poll each account of these to its end."""
    async with asyncio.TaskGroup() as tasks:
        polls = [tasks.create_task(poll(each, road, None)) for each in scripts]
        for script in scripts:
            await script.over.wait()
        for task in polls:
            task.cancel()


async def kept(road: Road, scripts: Sequence[Script]) -> None:
    """Work off what webhooks have kept of each account."""
    await asyncio.gather(*(_work_off(road, each) for each in scripts))


async def _work_off(road: Road, channel: Script) -> None:
    while await road.work_kept(channel, lambda payload: channel.parse(json.loads(payload))):
        pass


WAYS = {"polled": polled, "kept": kept}
"""By which updates come to the road."""


async def loa(way: str, database: str, groups: int, place: int, of: int) -> None:
    house = form_house()
    mine = ACCOUNTS[place::of] if way == "polled" else ACCOUNTS
    scripts = {each: Script(each) for each in mine}
    for account, update in updates(groups) if way == "polled" else ():
        if account in scripts:
            scripts[account].updates_left.append(update)
    async with opened_store(database) as store:
        road = Road(
            *(store, house, make_dispatch(), now, lambda: None),
            mine=lambda account, chat: crc32(chat.encode()) % of == place,
        )
        await measured(partial(WAYS[way], road, list(scripts.values())))


# --- the others, in memory ---


class MutePtb(telegram.ext.ExtBot[None]):
    """Queues what it is to send."""

    queued: ClassVar = list[object]()

    async def get_me(self, *_: Any, **__: Any) -> telegram.User:
        self._bot_user = telegram.User(1, "Loa", True, username=BOT)
        return self._bot_user

    async def send_message(self, *_: Any, **given: Any) -> Any:
        self.queued.append(given)


async def python_telegram_bot(groups: int) -> None:
    application = telegram.ext.ApplicationBuilder().bot(MutePtb(TOKEN)).build()
    asking = conversation(stores=False)
    asking._conversations.update(dict.fromkeys(dialogues(groups), 0))
    application.add_handler(asking)
    given = [update for _, update in updates(groups)]

    async def work() -> None:
        for each in given:
            await application.process_update(telegram.Update.de_json(each, application.bot))

    async with application:
        await measured(work)
    _check(len(MutePtb.queued), len(given))


class MuteAiogram(AiogramBot):
    """Queues what it is to send."""

    queued: ClassVar = list[object]()

    async def __call__(self, method: object, request_timeout: int | None = None) -> Any:
        self.queued.append(method)


async def aiogram(groups: int) -> None:
    bot, storage = MuteAiogram(TOKEN), MemoryStorage()
    for chat, person in dialogues(groups):
        await storage.set_state(StorageKey(bot.id, chat, person), Report.asking)
    dispatcher = Dispatcher(storage=storage)
    dispatcher.message.register(heard, Report.asking)
    given = [update for _, update in updates(groups)]

    async def work() -> None:
        for each in given:
            await dispatcher.feed_raw_update(bot, each)

    await measured(work)
    _check(len(MuteAiogram.queued), len(given))


def _check(replies: int, asked: int) -> None:
    if replies != asked:
        raise RuntimeError(f"{asked} updates, but {replies} replies")


PEERS = {"python-telegram-bot": python_telegram_bot, "aiogram": aiogram}


# --- measuring ---


def in_sqlite(call: Callable[P, T]) -> Callable[P, T]:
    """The same, its processor time counted as SQLite's."""

    def timed(*args: P.args, **kwargs: P.kwargs) -> T:
        start = time.thread_time()
        try:
            return call(*args, **kwargs)
        finally:
            Timed.seconds += time.thread_time() - start

    return timed


class TimedCursor(sqlite3.Cursor):
    execute = in_sqlite(sqlite3.Cursor.execute)
    executemany = in_sqlite(sqlite3.Cursor.executemany)
    fetchone = in_sqlite(sqlite3.Cursor.fetchone)
    fetchall = in_sqlite(sqlite3.Cursor.fetchall)


class Timed(sqlite3.Connection):
    """A connection that counts how long SQLite has worked."""

    seconds = 0.0
    commit = in_sqlite(sqlite3.Connection.commit)

    def cursor(self, factory: Any = TimedCursor) -> Any:
        return super().cursor(factory)


async def measured(work: Work) -> None:
    """Work at the word, say what it took, and stay until the next word, with what is open."""
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    start, busy, engine = time.perf_counter(), time.process_time(), Timed.seconds
    await work()
    seconds = time.perf_counter() - start
    say(json.dumps([seconds, time.process_time() - busy, Timed.seconds - engine]))
    await asyncio.to_thread(sys.stdin.readline)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.incoming_bots")
    parser.add_argument("name", choices=[*WAYS, *PEERS])
    parser.add_argument("groups", type=int)
    parser.add_argument("--database", default="")
    parser.add_argument("--place", type=int, default=0)
    parser.add_argument("--of", type=int, default=1)
    given = parser.parse_args()
    logging.basicConfig(level=logging.ERROR, force=True)
    if given.name in PEERS:
        asyncio.run(PEERS[given.name](given.groups))
        return
    with patch("sqlite3.connect", partial(sqlite3.connect, factory=Timed)):
        asyncio.run(loa(given.name, given.database, given.groups, given.place, given.of))


if __name__ == "__main__":
    main()
