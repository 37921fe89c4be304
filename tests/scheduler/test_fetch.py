"""Files that people sent come to the disk, whole."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from domain.channel import Capabilities, Lost, Refused, SendError
from domain.message import FileIn, FileKind
from scheduler.fetch import Fetch, keep_bytes
from storage import chats, deliveries, files
from storage.store import Store
from tests.stage import Memory

ACCOUNT = "memory"
BYTES = b"%PDF-1.4\n\x00\xff" * 1000
NAME = hashlib.sha256(BYTES).hexdigest()


@dataclass
class Shelf(Memory):
    """A messenger that has files, by their ids there; asked for others it raises `error`."""

    held: dict[str, bytes] = field(default_factory=dict)
    error: SendError = field(default_factory=lambda: Lost("no answer"))
    asked: list[str] = field(default_factory=list)

    async def fetch(self, file: FileIn) -> bytes:
        self.asked.append(file.platform_id)
        if file.platform_id not in self.held:
            raise self.error
        return self.held[file.platform_id]


async def received(store: Store, *ids: str) -> list[int]:
    """Files that somebody sent and that are still with the messenger; their numbers."""
    await store.write(chats.open_account, ACCOUNT, None)
    sent = [FileIn(FileKind.DOCUMENT, each, f"{each}.pdf", "application/pdf", 9) for each in ids]
    return [await store.write(files.received, ACCOUNT, each) for each in sent]


async def test_bytes_come_whole_and_once(store: Store, tmp_path: Path) -> None:
    (number,) = await received(store, "x")
    shelf = Shelf(Capabilities(), held={"x": BYTES})
    for _ in range(2):
        await Fetch(store, shelf, tmp_path / "files").missing()
    assert shelf.asked == ["x"]
    assert await store.read(files.sha256, number) == NAME
    assert [path.name for path in (tmp_path / "files").iterdir()] == [NAME]
    assert (tmp_path / "files" / NAME).read_bytes() == BYTES


async def test_another_account_sends_them_from_the_disk(store: Store, tmp_path: Path) -> None:
    (number,) = await received(store, "x")
    await Fetch(store, Shelf(Capabilities(), held={"x": BYTES}), tmp_path / "files").missing()
    out = await store.read(deliveries.file_out, "another", number, str(tmp_path))
    assert (out.platform_id, out.name) == ("", "x.pdf")
    assert out.path == str(tmp_path / "files" / NAME)


async def test_what_did_not_come_is_asked_for_again(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    number, _ = await received(store, "x", "y")
    shelf = Shelf(Capabilities(), held={"y": b"y"})
    fetch = Fetch(store, shelf, tmp_path)
    await fetch.missing()
    assert await store.read(files.sha256, number) is None
    assert caplog.messages == [f"memory: file {number} not fetched: no answer"]
    shelf.held["x"] = BYTES
    await fetch.missing()
    assert shelf.asked == ["x", "y", "x"]
    assert await store.read(files.sha256, number) == NAME


async def test_what_the_platform_refuses_is_in_nobodys_way(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.fetch.BATCH", 1)
    await received(store, "x", "y")
    shelf = Shelf(Capabilities(), held={"y": b"y"}, error=Refused("no longer there"))
    fetch = Fetch(store, shelf, tmp_path)
    for _ in range(3):
        await fetch.missing()
    assert shelf.asked == ["x", "y"]


def test_what_a_crash_left_half_written_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(BYTES[:7])
    assert keep_bytes(tmp_path, BYTES) == NAME
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {NAME: BYTES}
