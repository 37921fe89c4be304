import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from pypdf import PdfWriter
from sqlalchemy import Connection, select

from domain.message import FileKind
from scheduler import index
from scheduler.fetch import keep_bytes
from scheduler.index import Reading, read_pages
from storage import files, pages
from storage.schema import page
from storage.store import Store
from tests.papers import pdf, word


def locked(data: bytes) -> bytes:
    writer = PdfWriter(io.BytesIO(data))
    writer.encrypt("mat khau", algorithm="RC4-128")
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def zipped(name: str, size: int) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"\0" * size)
    return kept.getvalue()


def of(tmp_path: Path, data: bytes) -> list[str]:
    (tmp_path / "tep").write_bytes(data)
    return read_pages(tmp_path / "tep")


def test_a_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    assert of(tmp_path, pdf("Ke hoach", "", "So 793")) == ["Ke hoach", "", "So 793"]


def test_a_docx_is_read_by_the_pages_that_word_laid_out(tmp_path: Path) -> None:
    first, second = of(tmp_path, word("Tổ công nghệ số", "Hội phụ nữ"))
    assert first.split("\n") == ["Tổ công nghệ số", "bảng 1"]
    assert second.split("\n") == ["Hội phụ nữ", "bảng 2"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"chu thuong",
        b"\xd0\xcf\x11\xe0 an old Word file",
        b"%PDF-1.7 and no more",
        pdf("Ke hoach")[:200],
        pdf("", ""),
        locked(pdf("Ke hoach")),
        word("Một")[:900],
        zipped("word/document.xml", 10),
        zipped("anh.png", 10),
    ],
)
def test_what_has_no_text_that_can_be_read_gives_nothing(tmp_path: Path, data: bytes) -> None:
    assert of(tmp_path, data) == []


def test_a_file_that_vanished_gives_nothing(tmp_path: Path) -> None:
    assert read_pages(tmp_path / "khong-co") == []


@pytest.mark.parametrize(
    ("limit", "most", "data"),
    [
        ("MAX_PAGES", 2, pdf("a", "b", "c")),
        ("MAX_PAGES", 2, word("a", "b", "c")),
        ("MAX_SIGNS", 5, pdf("sau chu")),
        ("MAX_SECONDS", -1, pdf("a")),
        ("MAX_UNPACKED", 100, word("a")),
    ],
)
def test_a_file_over_a_limit_gives_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: float, data: bytes
) -> None:
    assert of(tmp_path, data)
    monkeypatch.setattr(index, limit, most)
    assert of(tmp_path, data) == []


async def test_each_file_that_has_arrived_is_read_once(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    async def add(kind: FileKind, data: bytes) -> int:
        name = keep_bytes(tmp_path, data)
        return await store.write(files.kept, kind, "../../tep.pdf", "", len(data), name, now)

    def kept(c: Connection) -> list[tuple[int, int, str]]:
        query = select(page.c.file_id, page.c.number, page.c.text)
        return [tuple(row) for row in c.execute(query.order_by(page.c.file_id, page.c.number))]

    plan = await add(FileKind.DOCUMENT, pdf("Trang mot", "Trang hai"))
    scan = await add(FileKind.DOCUMENT, b"%PDF- hong")
    await add(FileKind.PHOTO, b"anh")
    reading = Reading(store, tmp_path)
    for _ in range(2):
        await reading.unread()
        assert await store.read(kept) == [
            (plan, 1, "Trang mot"),
            (plan, 2, "Trang hai"),
            (scan, 0, ""),
        ]
    assert await store.read(pages.without_text, [plan, scan]) == {scan}
