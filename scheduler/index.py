"""Reads the text inside files that have arrived, so that documents are found by it."""

import asyncio
import logging
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.text import clean
from storage import pages
from storage.store import Store

log = logging.getLogger(__name__)

BATCH = 10
MAX_PAGES = 500
MAX_SIGNS = 5_000_000
MAX_SECONDS = 60.0
MAX_UNPACKED = 100 * 2**20
"""What is over one of these is not read at all: half of a file would be found, half not."""

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LAYOUT = {f"{_WORD}p": "\n", f"{_WORD}br": "\n", f"{_WORD}tab": " "}
_TEXT, _NEW_PAGE = f"{_WORD}t", f"{_WORD}lastRenderedPageBreak"


class TooLargeError(Exception):
    """A file over one of the limits."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads the files of `folder`, named by their SHA-256."""

    store: Store
    folder: Path

    async def unread(self) -> None:
        """Read what has arrived since."""
        for each in await self.store.read(pages.unread, BATCH):
            texts = await asyncio.to_thread(read_pages, self.folder / each.sha256)
            await self.store.write(pages.keep, each.id, texts)


def read_pages(path: Path) -> list[str]:
    """The text of a PDF's or DOCX's pages; nothing where there is no text that can be read.

    Such as of a scanned, broken, encrypted or very large file, or one of another kind.
    """
    try:
        texts = _limited(_pages(path))
    except Exception as error:
        # The readers check little: whatever one of them stumbles over, the file is at fault.
        log.warning("file %s cannot be read: %s", path.name, type(error).__name__)
        return []
    return texts if any(texts) else []


def _pages(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        head = file.read(1024)
    if b"%PDF-" in head:
        return _of_pdf(path)
    return _of_docx(path) if head.startswith(b"PK") else iter(())


def _limited(texts: Iterator[str]) -> list[str]:
    """The pages, cleaned; raises TooLargeError."""
    kept: list[str] = []
    signs, until = 0, time.monotonic() + MAX_SECONDS
    for text in texts:
        kept.append(clean(text))
        signs += len(kept[-1])
        if len(kept) > MAX_PAGES or signs > MAX_SIGNS or time.monotonic() > until:
            raise TooLargeError
    return kept


def _of_pdf(path: Path) -> Iterator[str]:
    # Imported here, as Word's reader: each takes 20 MB, which a process that only sends spares.
    from pypdf import PdfReader

    reader = PdfReader(path)
    if len(reader.pages) > MAX_PAGES:
        raise TooLargeError
    for page in reader.pages:
        yield page.extract_text()


def _of_docx(path: Path) -> Iterator[str]:
    """The pages as Word last laid them out; one page where it never did."""
    import docx

    with zipfile.ZipFile(path) as archive:
        if sum(each.file_size for each in archive.infolist()) > MAX_UNPACKED:
            raise TooLargeError
    page: list[str] = []
    for node in docx.Document(str(path)).element.body.iter():
        if node.tag == _NEW_PAGE:
            yield "".join(page)
            page.clear()
        else:
            page.append(node.text or "" if node.tag == _TEXT else _LAYOUT.get(node.tag, ""))
    yield "".join(page)
