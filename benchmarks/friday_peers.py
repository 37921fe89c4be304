"""The other bots of `benchmarks.friday`: the same eight questions, as their manuals show it.

Each begins with a dialogue open in every chat, at the first question, says "ready", and runs.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
import telegram
from aiogram import Bot as AiogramBot
from aiogram import Dispatcher, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PersistenceInput,
    PicklePersistence,
    filters,
)

from benchmarks.platform import TOKEN, say

QUESTIONS = tuple(f"Câu {number}: tuần này tổ hướng dẫn bao nhiêu lượt?" for number in range(1, 9))
LOOK, THANKS = "Bạn xem lại rồi gửi nhé.", "Đã nhận báo cáo."

Dialogues = Sequence[tuple[int, int]]
"""The chat and the person of each dialogue."""


# --- python-telegram-bot ---


class Storing(Application[Any, Any, Any, Any, Any, Any]):
    """Stores what a turn changed before the next one, as an answer must not be lost."""

    async def process_update(self, update: object) -> None:
        await super().process_update(update)
        await self.update_persistence()


async def answered(update: telegram.Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Take an answer, or the last word, and say what comes next; the number of the next state."""
    assert update.message
    assert update.message.text
    assert context.chat_data is not None
    answers = context.chat_data.setdefault("answers", [])
    if len(answers) == len(QUESTIONS):
        context.chat_data["reported"] = context.chat_data.pop("answers")
        await update.message.reply_text(THANKS)
        return ConversationHandler.END
    answers.append(int(update.message.text))
    await update.message.reply_text((*QUESTIONS, LOOK)[len(answers)])
    return len(answers)


async def begun(update: telegram.Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    assert update.message
    await update.message.reply_text(QUESTIONS[0])
    return 0


def conversation(*, stores: bool) -> ConversationHandler[ContextTypes.DEFAULT_TYPE]:
    asked = MessageHandler[ContextTypes.DEFAULT_TYPE, object](
        filters.TEXT & ~filters.COMMAND, answered
    )
    return ConversationHandler[ContextTypes.DEFAULT_TYPE](
        [CommandHandler[ContextTypes.DEFAULT_TYPE, object]("baocao", begun)],
        {state: [asked] for state in range(len(QUESTIONS) + 1)},
        [],
        name="report",
        persistent=stores,
    )


async def stock(folder: Path, url: str, dialogues: Dialogues, *, stores: bool) -> None:
    """The library with its own request class, ConversationHandler and, if it `stores`, pickle."""
    asking = conversation(stores=stores)
    builder = ApplicationBuilder().token(TOKEN).base_url(f"{url}/bot")
    if stores:
        kept = await _pickled(folder / "pickle", dialogues)
        builder = builder.application_class(Storing).persistence(kept)
    application = builder.build()
    application.add_handler(asking)
    async with application:
        if not stores:
            # What a conversation is at, it says to nobody; a persistence would set it too.
            asking._conversations.update(dict.fromkeys(dialogues, 0))
        await application.start()
        assert application.updater
        await application.updater.start_polling()
        say("ready")
        await asyncio.get_running_loop().create_future()


async def _pickled(path: Path, dialogues: Dialogues) -> PicklePersistence[Any, Any, Any]:
    """Its files with every dialogue open. A file a kind, so that a turn writes only two of them."""
    kept: PicklePersistence[Any, Any, Any] = PicklePersistence(
        path,
        PersistenceInput(bot_data=False, user_data=False, callback_data=False),
        single_file=False,
        update_interval=3600,
    )
    kept.conversations = {"report": dict.fromkeys(dialogues, 0)}
    kept.chat_data = {chat: {"answers": []} for chat, _ in dialogues}
    await kept.flush()
    return kept


# --- aiogram ---


class Report(StatesGroup):
    asking = State()


class SqliteStorage(BaseStorage):
    """What aiogram has for Redis and MongoDB, on SQLite with the pragmas that ours has."""

    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db

    @classmethod
    async def open(cls, path: Path, rows: Iterator[tuple[str, str, str]]) -> "SqliteStorage":
        db = await aiosqlite.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
            await db.execute_fetchall(f"PRAGMA {pragma}")
        await db.execute("CREATE TABLE fsm (key TEXT PRIMARY KEY, state TEXT, data TEXT)")
        await db.execute("BEGIN")
        await db.executemany("INSERT INTO fsm VALUES (?, ?, ?)", rows)
        await db.execute("COMMIT")
        return cls(db)

    async def _get(self, column: str, key: StorageKey) -> str | None:
        query = f"SELECT {column} FROM fsm WHERE key = ?"
        rows = list(await self._db.execute_fetchall(query, (_key(key.chat_id, key.user_id),)))
        return rows[0][0] if rows else None

    async def _set(self, column: str, key: StorageKey, value: str | None) -> None:
        await self._db.execute_fetchall(
            f"INSERT INTO fsm (key, {column}) VALUES (?, ?) "
            f"ON CONFLICT (key) DO UPDATE SET {column} = excluded.{column}",
            (_key(key.chat_id, key.user_id), value),
        )

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        await self._set("state", key, state.state if isinstance(state, State) else state)

    async def get_state(self, key: StorageKey) -> str | None:
        return await self._get("state", key)

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        await self._set("data", key, json.dumps(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(await self._get("data", key) or "{}")
        return data

    async def close(self) -> None:
        await self._db.close()


def _key(chat: int, person: int) -> str:
    return f"{chat}:{person}"


async def heard(message: types.Message, state: FSMContext) -> None:
    """One state for all questions, so that a turn reads twice and writes once."""
    answers = (await state.get_data()).get("answers", [])
    if len(answers) == len(QUESTIONS):
        await state.set_data({"reported": answers})
        await state.set_state(None)
        await message.answer(THANKS)
        return
    answers.append(int(message.text or ""))
    await state.set_data({"answers": answers})
    await message.answer((*QUESTIONS, LOOK)[len(answers)])


async def aiogram(folder: Path, url: str, dialogues: Dialogues, *, in_tasks: bool) -> None:
    """`in_tasks` confirms updates that it has not worked off: a crash loses their answers."""
    state = Report.asking.state or ""
    rows = ((_key(*each), state, "{}") for each in dialogues)
    dispatcher = Dispatcher(storage=await SqliteStorage.open(folder / "fsm.db", rows))
    dispatcher.message.register(heard, Report.asking)
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    async with AiogramBot(TOKEN, session=session) as bot:
        say("ready")
        await dispatcher.start_polling(bot, handle_as_tasks=in_tasks, handle_signals=False)


PEERS: dict[str, Callable[[Path, str, Dialogues], Coroutine[None, None, None]]] = {
    "python-telegram-bot, every turn pickled": partial(stock, stores=True),
    "aiogram, SQLite, turn by turn": partial(aiogram, in_tasks=False),
    "aiogram, SQLite, in tasks (a crash loses answers)": partial(aiogram, in_tasks=True),
    "python-telegram-bot, keeps nothing": partial(stock, stores=False),
}
