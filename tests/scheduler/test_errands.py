import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from domain.message import FileKind
from scheduler.errands import Errands, Making
from storage import errands, schema
from storage.errands import Errand, Kind
from storage.store import Store
from tests.ledger import Ledger

DATA = b"a table"


def asked(c: Connection, now: datetime) -> None:
    """Somebody waits for a table."""
    ledger = Ledger(c, now)
    subject = {"broadcast": ledger.broadcast.id, "unit": ledger.unit("T")}
    errands.give(c, Kind.SHEET, subject, ledger.chat("tinh"), now)


def letters(c: Connection) -> list[tuple[str, list[int]]]:
    """What was queued: its words and its files."""
    found = c.execute(select(schema.content.c.body).order_by(schema.content.c.id)).scalars()
    return [(body["text"], body["files"]) for body in found]


def sheet(*_: object) -> Making:
    return Making("a.xlsx", "text/plain", FileKind.DOCUMENT, "Bảng", lambda: DATA)


def broken(*_: object) -> Making:
    def make() -> bytes:
        raise ZeroDivisionError

    return Making("a.xlsx", "text/plain", FileKind.DOCUMENT, "Bảng", make)


def sorry(errand: Errand) -> str:
    return f"sorry for {errand.kind}"


async def test_a_file_is_made_kept_and_sent_once(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    await store.write(asked, now)
    runner = Errands(store, tmp_path, sheet, sorry)
    assert [await runner.run(now) for _ in range(2)] == [1, 0]
    assert (tmp_path / hashlib.sha256(DATA).hexdigest()).read_bytes() == DATA
    assert await store.read(letters) == [("Bảng", [1])]


async def test_what_another_process_has_sent_is_not_sent_again(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    await store.write(asked, now)
    (errand,) = await store.read(errands.waiting, 1)

    def late(*_: object) -> Making:
        return Making("a.xlsx", "text/plain", FileKind.DOCUMENT, "again", lambda: DATA)

    await Errands(store, tmp_path, sheet, sorry).run(now)
    await Errands(store, tmp_path, late, sorry)._run([errand], now)
    assert await store.read(letters) == [("Bảng", [1])]


async def test_what_several_wait_for_is_made_once(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    made: list[str] = []

    def asked_by_two(c: Connection) -> None:
        ledger = Ledger(c, now)
        for code, who in (("T", "tinh"), ("T", "phong"), ("X1", "xa1")):
            subject = {"broadcast": ledger.broadcast.id, "unit": ledger.unit(code)}
            errands.give(c, Kind.DIGEST, subject, ledger.chat(who), now)

    def making(c: Connection, errand: Errand, at: datetime) -> Making:
        def make() -> bytes:
            made.append("made")
            return DATA

        name = str(errand.subject["unit"])
        return Making(name, "image/png", FileKind.PHOTO, "Bảng", make)

    await store.write(asked_by_two)
    assert await Errands(store, tmp_path, making, sorry).run(now) == 3
    assert len(made) == 2
    assert [files for _, files in await store.read(letters)] == [[1], [1], [2]]


async def test_where_there_is_nothing_to_make_nothing_is_said(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    await store.write(asked, now)
    assert await Errands(store, tmp_path, lambda *_: None, sorry).run(now) == 1
    assert await store.read(errands.waiting, 1) == []
    assert await store.read(letters) == []


async def test_what_cannot_be_made_is_told_and_given_up(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    await store.write(asked, now)
    await Errands(store, tmp_path, broken, sorry).run(now)
    assert await store.read(letters) == [("sorry for sheet", [])]
    assert await store.read(errands.waiting, 1) == []


async def test_a_full_disk_is_waited_for(store: Store, now: datetime, tmp_path: Path) -> None:
    await store.write(asked, now)
    blocked = tmp_path / "a file where the folder should be"
    blocked.touch()
    await Errands(store, blocked, sheet, sorry).run(now)
    assert await store.read(letters) == []
    await Errands(store, tmp_path, sheet, sorry).run(now)
    assert await store.read(letters) == [("Bảng", [1])]
