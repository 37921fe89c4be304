"""The same things as other people's libraries see them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import telegram
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken

from tests.sandbox.stage import AN, BOT, GROUP, TOKEN, Stage
from tests.sandbox.test_sending import picture

if TYPE_CHECKING:
    import aiogram


# aiogram is imported where it is used: that takes longer than all else that a worker imports.


@asynccontextmanager
async def aiogram_of(stage: Stage, token: str = TOKEN) -> AsyncIterator["aiogram.Bot"]:
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    server = TelegramAPIServer.from_base(stage.running.url)
    async with Bot(token, session=AiohttpSession(api=server)) as bot:
        yield bot


async def test_python_telegram_bot_talks_and_listens(stage: Stage) -> None:
    async with stage.bot() as bot:
        assert (bot.id, bot.username) == (BOT, "loa_bot")
        await stage.act("open", person=AN, link="https://t.me/loa_bot?start=1")
        (update,) = await bot.get_updates()
        assert update.effective_user is not None
        assert update.effective_user.full_name == "Lò Thị An"
        button = telegram.InlineKeyboardButton("Đã nhận", callback_data="ok")
        sent = await bot.send_message(
            AN, "😀 <b>Xin chào</b>", "HTML", reply_markup=telegram.InlineKeyboardMarkup([[button]])
        )
        assert sent.parse_entities() == {sent.entities[0]: "Xin chào"}
        await stage.act("press", person=AN, bot="loa_bot", message=sent.id, button="ok")
        (pressed,) = await bot.get_updates(offset=update.update_id + 1)
        assert pressed.callback_query is not None
        assert await pressed.callback_query.answer("Cảm ơn") is True
        changed = await pressed.callback_query.edit_message_text("Xong")
        assert isinstance(changed, telegram.Message)
        assert (changed.text, changed.edit_date) == ("Xong", changed.date)


async def test_python_telegram_bot_sends_and_gets_files(stage: Stage) -> None:
    async with stage.bot() as bot:
        sent = await bot.send_document(GROUP, b"%PDF-1.7", "Số 793", filename="793.pdf")
        assert sent.document is not None
        file = await bot.get_file(sent.document)
        assert bytes(await file.download_as_bytearray()) == b"%PDF-1.7"
        album = await bot.send_media_group(
            GROUP, [telegram.InputMediaPhoto(picture(5)), telegram.InputMediaPhoto(picture(6))]
        )
        assert [message.photo[-1].width for message in album] == [5, 6]
        chat = await bot.get_chat(GROUP)
        assert (chat.title, chat.type) == ("Tổ công nghệ số 1", "group")
        admins = await bot.get_chat_administrators(GROUP)
        assert [type(admin) for admin in admins] == [telegram.ChatMemberOwner]
        await stage.act("add", chat=GROUP, by=AN, user=BOT, role="administrator")
        member = await bot.get_chat_member(GROUP, BOT)
        assert isinstance(member, telegram.ChatMemberAdministrator)


async def test_python_telegram_bot_knows_the_errors(stage: Stage) -> None:
    async with stage.bot() as bot:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(12345, "a")
        with pytest.raises(Forbidden, match="can't initiate"):
            await bot.send_message(AN, "a")
        new = (await stage.act("upgrade", chat=GROUP, by=AN))["chat"]
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(GROUP, "a")
        assert moved.value.new_chat_id == int(new)
    wrong = stage.bot("7000001:wrong")
    with pytest.raises(InvalidToken):
        await wrong.initialize()
    await wrong.shutdown()


async def test_aiogram_talks_and_listens(stage: Stage) -> None:
    from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

    async with aiogram_of(stage) as bot:
        assert (await bot.me()).username == "loa_bot"
        await stage.act("open", person=AN, link="https://t.me/loa_bot?start=1")
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.text == "/start 1"
        keyboard = InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text="Đã nhận", callback_data="ok")]]
        )
        sent = await bot.send_message(AN, "😀 <b>Xin</b>", parse_mode="HTML", reply_markup=keyboard)
        assert sent.html_text == "😀 <b>Xin</b>"
        await stage.act("press", person=AN, bot="loa_bot", message=sent.message_id, button="ok")
        (pressed,) = await bot.get_updates(offset=update.update_id + 1)
        assert pressed.callback_query is not None
        assert await bot.answer_callback_query(pressed.callback_query.id, "Cảm ơn") is True


async def test_aiogram_sends_and_gets_files(stage: Stage) -> None:
    from aiogram.types import BufferedInputFile

    async with aiogram_of(stage) as bot:
        document = BufferedInputFile(b"%PDF-1.7", "793.pdf")
        sent = await bot.send_document(GROUP, document, caption="Số 793")
        assert sent.document is not None
        got = await bot.download(sent.document)
        assert got is not None
        assert got.read() == b"%PDF-1.7"
        photo = await bot.send_photo(GROUP, BufferedInputFile(picture(5), "a.png"))
        assert photo.photo is not None
        assert photo.photo[0].width == 5
        poll = await bot.send_poll(GROUP, "Họp?", ["Có", "Không"])
        assert poll.poll is not None
        assert poll.poll.options[1].text == "Không"
        assert (await bot.get_chat(GROUP)).title == "Tổ công nghệ số 1"
        assert (await bot.get_chat_member(GROUP, AN)).status == "creator"
        assert (await bot.get_webhook_info()).url == ""


async def test_aiogram_knows_the_errors(stage: Stage) -> None:
    from aiogram.exceptions import (
        TelegramBadRequest,
        TelegramForbiddenError,
        TelegramMigrateToChat,
        TelegramUnauthorizedError,
    )

    async with aiogram_of(stage) as bot:
        with pytest.raises(TelegramBadRequest, match="can't parse entities"):
            await bot.send_message(GROUP, "<b>", parse_mode="HTML")
        with pytest.raises(TelegramForbiddenError):
            await bot.send_message(AN, "a")
        await stage.act("upgrade", chat=GROUP, by=AN)
        with pytest.raises(TelegramMigrateToChat):
            await bot.send_message(GROUP, "a")
    async with aiogram_of(stage, "7000001:wrong") as bot:
        with pytest.raises(TelegramUnauthorizedError):
            await bot.get_me()
