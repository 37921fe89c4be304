"""A Zalo Official Account as a channel: people one to one, and the groups that it owns (GMF).

https://developers.zalo.me/docs/official-account
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.channels.download import Download
from bot.channels.steps import Step, Steps
from bot.channels.zalo_groups import ZaloGroups
from bot.channels.zalo_oa_api import OaApi, TokenSource
from bot.channels.zalo_oa_errors import FileForgotten, KindRefused
from bot.channels.zalo_oa_text import to_texts
from bot.channels.zalo_oa_updates import GROUP, Reader
from bot.channels.zalo_opening import opening
from bot.channels.zalo_people import ZaloPeople
from bot.channels.zalo_press import Presses
from domain.channel import (
    MAX_TEXT,
    PRIVATE_PACE,
    Capabilities,
    Choice,
    Content,
    FileOut,
    Lost,
    Refused,
    Sent,
    TryLater,
)
from domain.message import Chat, FileIn, FileKind, Update
from domain.quota import Quota

MAX_BUTTONS = 5
MAX_PHOTO, MAX_FILE = 2**20, 5 * 2**20
FILE_KINDS = frozenset({"pdf", "doc", "docx"})
WINDOW = timedelta(days=7)
"""After it, a person who has not written cannot be written to."""
UPLOAD_LIFE = timedelta(days=7)

_MIMES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_PNG = b"\x89PNG"


class ZaloOaChannel:
    """One Official Account. See `domain.channel.Channel`."""

    def __init__(
        self, account: str, api: OaApi, oa_id: str, name: str, per_second: float, presses: Presses
    ) -> None:
        self.account = account
        self.capabilities = Capabilities(
            max_buttons=MAX_BUTTONS,
            group_buttons=False,
            edits=False,
            notices=False,
            file_kinds=FILE_KINDS,
            mentions=True,
            reply_window=WINDOW,
            max_text=MAX_TEXT,
            max_file_out=MAX_FILE,
            max_photo_out=MAX_PHOTO,
            upload_life=UPLOAD_LIFE,
            per_second=per_second,
            group_pace=PRIVATE_PACE,
            link=f"https://zalo.me/{oa_id}",
            deep_links=False,
            name=name,
        )
        self.groups = ZaloGroups(api)
        self.people = ZaloPeople(api, self.groups)
        self._api = api
        self._presses = presses
        self._reader = Reader(oa_id, presses)
        self._begun = Steps()
        self._download = Download(api.base_url)

    @classmethod
    async def open(
        cls,
        account: str,
        tokens: TokenSource,
        base_url: str,
        per_second: float,
        press_key: bytes,
    ) -> "ZaloOaChannel":
        """The account of a token, asked who it is; raises a `SendError`.

        `press_key` marks its buttons.
        """
        api = OaApi(base_url, tokens)
        async with opening(api):
            me = await api.get("/v2.0/oa/getoa")
            oa_id, name = str(me["oa_id"]), str(me["name"])
        return cls(account, api, oa_id, name, per_second, Presses(press_key))

    async def close(self) -> None:
        await self._api.close()
        await self._download.close()

    async def keep_fresh(self) -> None:
        """Renew the token when it is time, also where nobody sends; never raises."""
        await self._api.keep_fresh()

    async def send(self, chat_id: str, content: Content) -> Sent:
        """Send one message, which may take several of the platform's; raises a `SendError`.

        When it is sent again after `TryLater` or `Lost`, what has gone already stays.
        """
        steps = self._steps(chat_id, content)
        if not steps:
            raise Refused("the message is empty")
        key = (chat_id, content.text, content.choices, *(file.path for file in content.files))
        done = await self._begun.take(key, steps)
        files = tuple(file_id for each in done for file_id in each.file_ids)
        quotas = [each.quota for each in done if each.quota]
        renewed = any(each.renewed for each in done)
        return Sent(done[0].message_id, files, quotas[-1] if quotas else None, renewed)

    def _steps(self, chat_id: str, content: Content) -> list[Step]:
        """The platform's messages for one of ours: a file has no words beside it, a photo may."""
        *before, last = to_texts(content.text, _group_id(chat_id)) or [""]
        buttons = self._buttons(chat_id, content.choices)
        file = content.files[0] if content.files else None
        beside = file is not None and file.kind is FileKind.PHOTO and not buttons
        steps: list[Step] = [partial(self._post, chat_id, {"text": text}) for text in before]
        if last and not beside:
            steps.append(partial(self._post_words, chat_id, last, buttons))
        if file:
            steps.append(partial(self._post_file, chat_id, file, last if beside else ""))
        return steps

    def _buttons(self, chat_id: str, choices: Sequence[Sequence[Choice]]) -> dict[str, Any]:
        buttons = [
            {
                "title": choice.label,
                "type": "oa.query.hide",
                "payload": self._presses.payload(chat_id, choice.action),
            }
            for row in choices
            for choice in row
        ]
        return {"attachment": _template({"buttons": buttons})} if buttons else {}

    async def _post_words(self, chat_id: str, text: str, buttons: dict[str, Any]) -> Sent:
        """Send a text with its buttons, as long as the platform takes buttons."""
        try:
            return await self._post(chat_id, {"text": text, **buttons})
        except KindRefused as error:
            if not buttons:
                raise
            self.capabilities = replace(self.capabilities, buttons=False)
            raise TryLater(f"words instead of buttons: {error}", after=0.0) from None

    async def _post(self, chat_id: str, message: dict[str, Any]) -> Sent:
        group_id = _group_id(chat_id)
        path = "/v3.0/oa/group/message" if group_id else "/v3.0/oa/message/cs"
        to = {"group_id": group_id} if group_id else {"user_id": chat_id}
        answer = await self._api.post(path, {"recipient": to, "message": message})
        try:
            return Sent(str(answer["message_id"]), quota=_quota(answer.get("quota") or {}))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Lost("the answer of what was sent cannot be read") from None

    async def _post_file(self, chat_id: str, file: FileOut, caption: str) -> Sent:
        """Send a file by its id, and once more when the platform has forgotten that."""
        if file.platform_id:
            with suppress(FileForgotten):
                return await self._post_uploaded(chat_id, file, file.platform_id, caption)
        uploaded = await self._upload(file)
        sent = await self._post_uploaded(chat_id, file, uploaded, caption)
        return Sent(sent.message_id, (uploaded,), sent.quota, renewed=bool(file.platform_id))

    async def _post_uploaded(
        self, chat_id: str, file: FileOut, uploaded: str, caption: str
    ) -> Sent:
        sent = await self._post(chat_id, _with_file(file.kind, uploaded, caption))
        return Sent(sent.message_id, (uploaded,), sent.quota)

    async def _upload(self, file: FileOut) -> str:
        """The id by which the platform knows the file for seven days."""
        try:
            data = await asyncio.to_thread(Path(file.path).read_bytes)
        except OSError as error:
            raise Refused(f"the file to send cannot be read: {error.strerror}") from None
        if file.kind is FileKind.PHOTO:
            ending = "png" if data.startswith(_PNG) else "jpeg"
            kind, name, mime, key = "image", f"anh.{ending}", f"image/{ending}", "attachment_id"
        else:
            ending = file.name.rpartition(".")[2].lower()
            mime = _MIMES.get(ending, "application/octet-stream")
            kind, name, key = "file", file.name, "token"
        answer = await self._api.upload(f"/v2.0/oa/upload/{kind}", name, data, mime)
        try:
            return str(answer[key])
        except (KeyError, TypeError):
            raise TryLater("the answer to an upload cannot be read") from None

    async def edit(self, chat_id: str, message_id: str, content: Content) -> None:
        """The platform changes no message; raises Refused."""
        raise Refused("a message cannot be changed")

    async def fetch(self, file: FileIn) -> bytes:
        """The bytes of a file that somebody sent; raises a `SendError`."""
        address = file.platform_id
        if not address.startswith(self._api.base_url):  # some of its examples are not encrypted
            address = address.replace("http://", "https://", 1)
        return await self._download.fetch(address, self.capabilities.max_file_in)

    async def notice(self, press_id: str, text: str) -> None:
        """A press is answered by a message; there is no passing note."""

    def parse(self, raw: object) -> Update:
        """What a webhook's body says; raises BadUpdate."""
        return self._reader.parse(raw)

    async def name_of(self, chat: Chat, person_id: str) -> str:
        """What somebody in a chat is called; empty where nobody says. Never raises."""
        return await self.people.name_of(_group_id(chat.id), person_id)


def _group_id(chat_id: str) -> str:
    """The platform's id of a group; empty for a private chat."""
    return chat_id.removeprefix(GROUP) if chat_id.startswith(GROUP) else ""


def _template(payload: dict[str, Any]) -> dict[str, Any]:
    return {"type": "template", "payload": payload}


def _with_file(kind: FileKind, uploaded: str, caption: str) -> dict[str, Any]:
    if kind is not FileKind.PHOTO:
        return {"attachment": {"type": "file", "payload": {"token": uploaded}}}
    elements = [{"media_type": "image", "attachment_id": uploaded}]
    attachment = _template({"template_type": "media", "elements": elements})
    return {"text": caption, "attachment": attachment} if caption else {"attachment": attachment}


def _quota(raw: dict[str, Any]) -> Quota | None:
    """What is left of the account's package; a person's free answers are no quota of it."""
    if raw.get("quota_type") != "sub_quota":
        return None
    return Quota(int(raw["total"]), int(raw["remain"]))
