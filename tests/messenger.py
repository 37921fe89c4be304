"""Messengers in memory: each kind as its channel says that it is, and what people see there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from itertools import count
from typing import Any

from domain.channel import (
    PRIVATE_PACE,
    Capabilities,
    Choice,
    Content,
    Refused,
    SendError,
    Sent,
    TryLater,
    WindowClosed,
)
from domain.message import FileIn

TAG = re.compile(r"<[^>]+>")
WITH_BUTTONS = Capabilities(albums=True, link="https://t.me/loa_bot", name="@loa_bot")
IN_WORDS = Capabilities(
    buttons=False,
    group_buttons=False,
    edits=False,
    files_in=False,
    files_out=False,
    hears_all=False,
)
OFFICIAL_ACCOUNT = Capabilities(
    max_buttons=5,
    group_buttons=False,
    edits=False,
    notices=False,
    upload_life=timedelta(days=7),
    file_kinds=frozenset({"pdf", "doc", "docx"}),
    mentions=True,
    deep_links=False,
    reply_window=timedelta(days=7),
    max_file_out=5 * 2**20,
    max_photo_out=2**20,
    group_pace=PRIVATE_PACE,
    link="https://zalo.me/388613280878808645",
    name="OA Tỉnh Mẫu",
)
BOT_PLATFORM = Capabilities(
    buttons=False,
    group_buttons=False,
    edits=False,
    documents_in=False,
    files_out=False,
    photo_by_link=True,
    hears_all=False,
    gathers=True,
    counts_inbound=True,
    max_photo_out=5 * 2**20,
    group_pace=PRIVATE_PACE,
    deep_links=False,
    call="@Bot Loa",
    link="https://bot.zaloplatforms.com/bots/1459232241454765289",
    name="Bot Loa",
)
SURFACES = {
    "telegram": WITH_BUTTONS,
    "zalo_oa": OFFICIAL_ACCOUNT,
    "zalo_bot": BOT_PLATFORM,
    "bare": IN_WORDS,
}
"""Each kind of messenger as its channel says that it is, and one that has nothing but words."""
KINDS = {"buttons": ("telegram", "zalo_oa"), "words": ("zalo_bot", "bare")}
"""What a conversation may ask for instead of naming surfaces."""


def surfaces_of(conversation: dict[str, Any]) -> list[str]:
    """The surfaces on which a conversation is played; all, unless it says which."""
    wanted = conversation.get("surfaces", SURFACES)
    return [name for each in wanted for name in KINDS.get(each, (each,))]


@dataclass(frozen=True, slots=True)
class Post:
    """A message of Loa as people see it."""

    id: str
    chat: str
    text: str
    choices: tuple[Choice, ...]
    files: tuple[str, ...] = ()


FAULTS: dict[str, SendError] = {
    "refused": Refused("not allowed here"),
    "later": TryLater("too fast", after=3600),
    "closed": WindowClosed("no interaction in 7 days"),
    "blocked": Refused("blocked by the user", gone=True),
}
"""What the next message to a chat can meet with."""


def posted(message_id: str, chat: str, content: Content) -> Post:
    choices = tuple(choice for row in content.choices for choice in row)
    names = tuple(file.name for file in content.files)
    return Post(message_id, chat, content.text, choices, names)


@dataclass
class Memory:
    """A messenger in memory. `errors` are raised by the next sends to a chat."""

    capabilities: Capabilities
    account: str = "memory"
    posts: list[Post] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    errors: dict[str, list[SendError]] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    async def send(self, chat_id: str, content: Content) -> Sent:
        if waiting := self.errors.get(chat_id):
            raise waiting.pop(0)
        post = posted(f"m{next(self._ids)}", chat_id, content)
        self.posts.append(post)
        return Sent(post.id)

    async def edit(self, chat_id: str, message_id: str, content: Content) -> None:
        self.posts.append(posted(message_id, chat_id, content))

    async def fetch(self, file: FileIn) -> bytes:
        return b"bytes of " + file.platform_id.encode()

    async def notice(self, press_id: str, text: str) -> None:
        self.notices.append(text)

    async def close(self) -> None:
        pass


def plain(text: str) -> str:
    """The text as it is read on the screen."""
    return unescape(TAG.sub("", text))
