"""Telegram as a channel, through python-telegram-bot's methods and types."""

import asyncio
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    User,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.channels.telegram_errors import FloodLimits, send_error
from bot.channels.telegram_request import AiohttpRequest, Failure
from bot.channels.telegram_updates import key_of, parse
from domain.channel import (
    AccountLost,
    Capabilities,
    Choice,
    Content,
    FileOut,
    Lost,
    Refused,
    SendError,
    Sent,
)
from domain.message import FileIn, FileKind, Update
from domain.text import shorten

# At DEBUG the library logs its addresses, with the token, and what people write.
logging.getLogger("telegram").setLevel(logging.INFO)

WANTED = ("message", "callback_query", "my_chat_member")
MAX_NOTICE = 200
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramChannel:
    """One bot on Telegram, or on anything that speaks its Bot API. See `domain.channel.Channel`."""

    def __init__(
        self,
        account: str,
        bot: Bot,
        request: AiohttpRequest,
        me: User,
        per_second: float,
        *,
        paid: bool,
    ) -> None:
        self.account = account
        self.capabilities = Capabilities(
            hears_all=bool(me.can_read_all_group_messages),
            albums=True,
            per_second=per_second,
            link=f"https://t.me/{me.username}",
            name=f"@{me.username}",
        )
        self._bot = bot
        self._request = request
        self._me = me
        self._limits = FloodLimits()
        self._paid = paid or None

    @classmethod
    async def open(
        cls, account: str, token: str, base_url: str, per_second: float, *, paid: bool = False
    ) -> "TelegramChannel":
        """The bot of a token, asked who it is; raises a `SendError`.

        `base_url` is the server without "/bot", such as https://api.telegram.org. More than 30
        messages in a second are `paid` for (https://core.telegram.org/bots/faq).
        """
        server = base_url.rstrip("/")
        # A Bot API server of one's own, on plain HTTP, is near and behind no proxy.
        request = AiohttpRequest(proxies=server.startswith("https:"))
        try:
            with _translated(FloodLimits()):
                bot = _bot(token, server, request)
                await request.initialize()
                me = await bot.get_me()
        except BaseException:
            await request.shutdown()
            raise
        return cls(account, bot, request, me, per_second, paid=paid)

    async def close(self) -> None:
        await self._request.shutdown()

    async def send(self, chat_id: str, content: Content) -> Sent:
        """Send one message; raises a `SendError`."""
        attach = len(content.files) > 1
        uploads = [await _upload(file, attach=attach) for file in content.files]
        with _translated(self._limits, chat_id):
            if len(uploads) > 1:
                messages = await self._post_album(chat_id, content, uploads)
            elif uploads:
                messages = [await self._post_file(chat_id, content, uploads[0])]
            else:
                return await self._post_text(chat_id, content)
            return Sent(str(messages[0].message_id), tuple(map(_file_id, messages)))

    async def _post_text(self, chat_id: str, content: Content) -> Sent:
        body = b'{"chat_id":%s,%s' % (json.dumps(chat_id).encode(), _text_body(content, self._paid))
        message = await self._request.post_json(f"{self._bot.base_url}/sendMessage", body)
        return Sent(str(int(message["message_id"])))

    async def _post_file(self, chat_id: str, content: Content, upload: InputFile | str) -> Message:
        how: dict[str, Any] = {
            "caption": content.text or None,
            "parse_mode": ParseMode.HTML,
            "reply_markup": _keyboard(content.choices),
            "allow_paid_broadcast": self._paid,
        }
        if content.files[0].kind is FileKind.PHOTO:
            return await self._bot.send_photo(chat_id, upload, **how)
        return await self._bot.send_document(
            chat_id, upload, disable_content_type_detection=True, **how
        )

    async def _post_album(
        self, chat_id: str, content: Content, uploads: Sequence[InputFile | str]
    ) -> Sequence[Message]:
        # An album shows one caption, which is its first photo's.
        caption = content.text or None
        return await self._bot.send_media_group(
            chat_id,
            [InputMediaPhoto(upload) for upload in uploads],
            caption=caption,
            parse_mode=ParseMode.HTML if caption else None,
            allow_paid_broadcast=self._paid,
        )

    async def edit(self, chat_id: str, message_id: str, content: Content) -> None:
        """Change the text and buttons of a message; raises a `SendError`.

        `content.files` tells that the message has a file, whose caption is changed.
        """
        where: dict[str, Any] = {"chat_id": chat_id, "message_id": int(message_id)}
        how: dict[str, Any] = {
            "parse_mode": ParseMode.HTML,
            "reply_markup": _keyboard(content.choices),
        }
        with _translated(self._limits, chat_id), _unless_same():
            if content.files:
                await self._bot.edit_message_caption(**where, caption=content.text, **how)
            else:
                await self._bot.edit_message_text(
                    content.text, **where, link_preview_options=_NO_PREVIEW, **how
                )

    async def fetch(self, file: FileIn) -> bytes:
        """The bytes of a file that somebody sent; raises a `SendError`."""
        self._check_size(file.size)
        with _translated(self._limits):
            remote = await self._bot.get_file(file.platform_id)
        self._check_size(remote.file_size or 0)
        with _translated(self._limits):
            try:
                return bytes(await remote.download_as_bytearray())
            except Failure as error:
                # Of a download 404 does not speak of the token, with which getFile has just worked.
                if error.code == 404:
                    raise Refused("the file is no longer there") from None
                raise

    def _check_size(self, size: int) -> None:
        if size > self.capabilities.max_file_in:
            raise Refused(f"a file of {size} bytes is over the limit")

    async def notice(self, press_id: str, text: str) -> None:
        """Answer the press of a button with a passing note; never raises, may be lost."""
        with suppress(SendError), _translated(self._limits):
            note = shorten(text, MAX_NOTICE) or None
            await self._bot.answer_callback_query(press_id, note)

    def parse(self, raw: object) -> Update:
        """What a raw update says; raises BadUpdate."""
        return parse(raw, self._me.username or "", str(self._me.id))

    async def updates(self, cursor: int | None, wait_seconds: int) -> Sequence[object]:
        """The raw updates from `cursor` on, waiting for the first one; raises a `SendError`."""
        query = {"timeout": wait_seconds, "allowed_updates": json.dumps(WANTED)}
        if cursor is not None:
            query["offset"] = cursor
        url = f"{self._bot.base_url}/getUpdates?{urlencode(query)}"
        with _translated(self._limits):
            # The library's own get_updates loses all of them where it cannot read one.
            found: Any = await self._request.post(
                url, read_timeout=wait_seconds + self._request.read_timeout
            )
            return [raw for raw in found if key_of(raw)]

    def after(self, update: Update) -> int:
        """The cursor that asks for what follows an update."""
        return int(update.key) + 1

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates sent to an https address with the secret; raises a `SendError`."""
        with _translated(self._limits):
            await self._bot.set_webhook(url, secret_token=secret, allowed_updates=WANTED)

    async def delete_webhook(self) -> None:
        """Have updates kept for `updates`; raises a `SendError`."""
        with _translated(self._limits):
            await self._bot.delete_webhook()

    async def set_commands(self, commands: Iterable[tuple[str, str]]) -> None:
        """Show these in the menu, as (slash, help); raises a `SendError`."""
        menu = [(slash.removeprefix("/"), words) for slash, words in commands]
        with _translated(self._limits):
            await self._bot.set_my_commands(menu)


@contextmanager
def _translated(limits: FloodLimits, chat_id: str = "") -> Iterator[None]:
    """Turn what goes wrong in a call into a `SendError`."""
    try:
        yield
    except TelegramError as error:
        raise send_error(error, chat_id, limits) from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # It was done, but the library stumbles over the answer.
        raise Lost(f"the answer cannot be read: {type(error).__name__}") from None


@contextmanager
def _unless_same() -> Iterator[None]:
    try:
        yield
    except Failure as error:
        if "message is not modified" not in error.description:
            raise


def _bot(token: str, server: str, request: AiohttpRequest) -> Bot:
    if not token:
        raise AccountLost("the account has no token")
    return Bot(
        token,
        base_url=f"{server}/bot",
        base_file_url=f"{server}/file/bot",
        request=request,
        get_updates_request=request,
    )


@lru_cache(maxsize=64)
def _text_body(content: Content, paid: bool | None) -> bytes:
    """The JSON of a text, without the brace that opens it: the same for all chats that get it."""
    body: dict[str, Any] = {
        "text": content.text,
        "parse_mode": ParseMode.HTML,
        "link_preview_options": _NO_PREVIEW.to_dict(),
    }
    if paid:
        body["allow_paid_broadcast"] = True
    if keyboard := _keyboard(content.choices):
        body["reply_markup"] = keyboard.to_dict()
    return json.dumps(body, ensure_ascii=False).encode(errors="replace")[1:]


def _keyboard(choices: Sequence[Sequence[Choice]]) -> InlineKeyboardMarkup | None:
    rows = [
        [InlineKeyboardButton(choice.label, callback_data=choice.action) for choice in row]
        for row in choices
    ]
    return InlineKeyboardMarkup(rows) if rows else None


async def _upload(file: FileOut, *, attach: bool) -> InputFile | str:
    """What the library sends a file as; one that is `attach`ed is a part of an album."""
    if file.platform_id:
        return file.platform_id
    try:
        data = await asyncio.to_thread(Path(file.path).read_bytes)
    except OSError as error:
        raise Refused(f"the file to send cannot be read: {error.strerror}") from None
    return InputFile(data, filename=file.name or None, attach=attach)


def _file_id(message: Message) -> str:
    if message.photo:
        return message.photo[-1].file_id
    return message.document.file_id if message.document else ""
