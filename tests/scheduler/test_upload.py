"""A file is uploaded once an account, however many groups it goes to at the same time."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Connection, insert

from domain.channel import Capabilities, Content, FileOut, SendError, Sent, TryLater
from domain.message import Chat, ChatKind, FileIn, FileKind
from scheduler.drain import Drain, Hands
from storage import chats, deliveries, files
from storage.deliveries import Letter
from storage.schema import account
from storage.store import Store

GROUPS = 100
FAST = Capabilities(albums=True, per_second=10_000)


@dataclass
class Uploads:
    """A messenger that gives each file an id, and remembers what was uploaded."""

    account: str = "memory"
    capabilities: Capabilities = field(default_factory=lambda: FAST)
    failures: list[SendError] = field(default_factory=list)
    uploaded: list[str] = field(default_factory=list)
    sent: list[tuple[str, ...]] = field(default_factory=list)

    async def send(self, chat_id: str, content: Content) -> Sent:
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop()
        ids = tuple(self._id(file) for file in content.files)
        self.sent.append(ids)
        return Sent(f"{chat_id}-{len(self.sent)}", ids)

    def _id(self, file: FileOut) -> str:
        if not file.platform_id:
            self.uploaded.append(file.path)
        return file.platform_id or f"id of {file.path}"

    async def edit(self, chat_id: str, message_id: str, content: Content) -> None: ...

    async def fetch(self, file: FileIn) -> bytes:
        return b""

    async def notice(self, press_id: str, text: str) -> None: ...

    async def close(self) -> None:
        raise NotImplementedError


def queue_all(c: Connection, now: datetime) -> None:
    c.execute(insert(account).values(id="memory"))
    kinds = (FileKind.DOCUMENT, FileKind.PHOTO, FileKind.PHOTO)
    paper, *photos = [
        files.kept(c, kind, "", "", 1, kind + str(n), now) for n, kind in enumerate(kinds)
    ]
    letters = (Letter(0, "Văn bản", file_ids=(paper,)), Letter(0, "", file_ids=tuple(photos)))
    for number in range(GROUPS):
        chat = chats.seen(c, "memory", Chat(str(number), ChatKind.GROUP))
        for letter in letters:
            deliveries.queue(c, replace(letter, chat_id=chat.id), now)


@pytest.mark.parametrize("failures", [[], [TryLater("busy", 0.0)]])
async def test_files_and_albums_are_uploaded_once(
    store: Store, now: datetime, failures: list[SendError]
) -> None:
    await store.write(queue_all, now)
    channel = Uploads(failures=list(failures))
    moments = (now + timedelta(seconds=each) for each in count())
    hands = Hands(
        lambda content, *_: content,
        lambda text, *_: text,
        lambda *ended: None,
        lambda *lost: None,
        "var/files",
    )
    drain = Drain(store, channel, lambda: next(moments), hands)
    for _ in range(8):
        await drain.settle()
    assert len(channel.sent) == 2 * GROUPS
    assert sorted(channel.uploaded) == [
        "var/files/document0",
        "var/files/photo1",
        "var/files/photo2",
    ]
