import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from domain.channel import Capabilities, Content, Lost, Refused, SendError, Sent
from domain.message import FileIn, FileKind
from scheduler.fetch import Fetch
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

    async def send(self, chat_id: str, content: Content) -> Sent:
        raise NotImplementedError

    async def edit(self, chat_id: str, message_id: str, content: Content) -> None: ...

    async def notice(self, press_id: str, text: str) -> None: ...

    async def fetch(self, file: FileIn) -> bytes:
        assert file == FileIn(FileKind.DOCUMENT, "id", size=5)
        if isinstance(self.result, SendError):
            raise self.result
        return self.result


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def receive(c: Connection) -> None:
    c.execute(insert(account).values(id="memory"))
    files.received(c, "memory", FileIn(FileKind.DOCUMENT, "id", "../../../etc/passwd", "", 5))


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
