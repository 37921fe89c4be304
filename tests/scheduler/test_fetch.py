import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from domain.channel import Capabilities, Content, Lost, Refused, SendError, Sent
from domain.message import FileIn, FileKind
from scheduler.fetch import PAUSE_SECONDS, Fetch, keep_bytes
from storage import files
from storage.schema import account, file
from storage.store import Store

NAME = hashlib.sha256(b"bytes").hexdigest()


@dataclass
class Holder:
    """A messenger that holds one file."""

    result: bytes | SendError
    account: str = "memory"
    capabilities: Capabilities = Capabilities()  # noqa: RUF009  # a frozen value
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, chat_id: str, content: Content) -> Sent:
        raise NotImplementedError

    async def edit(self, chat_id: str, message_id: str, content: Content) -> None: ...

    async def close(self) -> None: ...

    async def notice(self, press_id: str, text: str) -> None: ...

    async def fetch(self, file: FileIn) -> bytes:
        self.asked.set()
        assert file == FileIn(FileKind.DOCUMENT, "id", size=5)
        if isinstance(self.result, SendError):
            raise self.result
        return self.result


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def receive(c: Connection) -> None:
    c.execute(insert(account).values(id="memory"))
    sent = FileIn(FileKind.DOCUMENT, "id", "../../../etc/passwd", "", 5)
    files.received(c, "memory", sent, datetime(2026, 11, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("result", "kept", "waiting"),
    [
        (b"bytes", NAME, 0),
        (Refused("too large"), files.LOST, 0),
        (Lost("no answer"), None, 1),
    ],
)
async def test_a_file_is_fetched_under_its_hash_lost_or_tried_again(
    store: Store, tmp_path: Path, result: bytes | SendError, kept: str | None, waiting: int
) -> None:
    await store.write(receive)
    await Fetch(store, Holder(result), tmp_path / "files").missing()
    assert await store.read(lambda c: c.execute(select(file.c.sha256)).scalar()) == kept
    assert len(await store.read(files.missing, "memory", 5)) == waiting
    assert names(tmp_path) == ([NAME] if kept == NAME else [])


async def test_a_full_disk_is_waited_out(store: Store, tmp_path: Path) -> None:
    await store.write(receive)
    (tmp_path / "files").write_text("no folder")
    await Fetch(store, Holder(b"bytes"), tmp_path / "files").missing()
    assert len(await store.read(files.missing, "memory", 5)) == 1


async def test_a_file_is_fetched_as_soon_as_it_comes(store: Store, tmp_path: Path) -> None:
    holder = Holder(b"bytes")
    fetch = Fetch(store, holder, tmp_path / "files")
    running = asyncio.create_task(fetch.run())
    await store.write(receive)
    fetch.soon()
    async with asyncio.timeout(PAUSE_SECONDS / 2):
        await holder.asked.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_any_number_may_keep_the_same_file_at_once(tmp_path: Path) -> None:
    data = b"bytes" * 500_000
    with ThreadPoolExecutor(8) as threads:
        kept = set(threads.map(partial(keep_bytes, tmp_path), [data] * 32))
    assert names(tmp_path) == list(kept)
    assert (tmp_path / kept.pop()).read_bytes() == data
