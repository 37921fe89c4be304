"""Files under signed links, over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer

from storage.files import Stored
from tests.web.serving import client_of
from web.app import make_app
from web.files import FileDoor, Links

KEY = b"k" * 32
BINARY = "application/octet-stream"
FILES = {
    1: (Stored("Kế hoạch 12.pdf", "text/html", "one"), b"%PDF-1.7 x", "application/pdf", "inline"),
    2: (Stored("", "", "two"), b"\xff\xd8\xff\xe0 x", "image/jpeg", "inline"),
    3: (
        Stored("x.html", "text/html", "three"),
        b"<html>",
        BINARY,
        "attachment",
    ),
    4: (Stored("../../a.docx", "", "four"), b"PK", BINARY, "attachment"),
}


async def find(file_id: int) -> Stored | None:
    return FILES[file_id][0] if file_id in FILES else None


async def keep(account_id: str, key: str, payload: object) -> bool:
    raise AssertionError


@asynccontextmanager
async def calling(folder: Path, days: int = 30) -> AsyncIterator[tuple[httpx.AsyncClient, Links]]:
    for file, content, *_ in FILES.values():
        (folder / file.sha256).write_bytes(content)
    links = Links(KEY, "https://loa.example/", days)
    app = make_app({}, keep, FileDoor(links, folder, find, "Đường dẫn đã hết hạn"))
    async with client_of(app) as client:
        yield client, links


def path_of(link: str) -> str:
    return link.removeprefix("https://loa.example")


@pytest.mark.parametrize("file_id", FILES)
async def test_a_file_is_handed_out_as_what_it_is(file_id: int, tmp_path: Path) -> None:
    _, content, kind, shown = FILES[file_id]
    async with calling(tmp_path) as (client, links):
        answer = await client.get(path_of(links.link(file_id)))
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == kind
    assert answer.headers["content-disposition"].startswith(shown)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert ".." not in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    "signed",
    [
        "1",
        "",
        "..%2F..%2Fetc%2Fpasswd",
        URLSafeTimedSerializer(b"another key", salt="file").dumps(1),
        URLSafeTimedSerializer(KEY, salt="another").dumps(1),
        URLSafeTimedSerializer(KEY, salt="file").dumps("1"),
        URLSafeTimedSerializer(KEY, salt="file").dumps(99),
    ],
    ids=["bare", "empty", "path", "other key", "other salt", "no number", "unknown"],
)
async def test_without_a_link_of_ours_there_is_no_file(signed: str, tmp_path: Path) -> None:
    async with calling(tmp_path) as (client, _):
        answer = await client.get(f"/file/{signed}")
    assert answer.status_code == 404
    assert b"PDF" not in answer.content


async def test_a_link_expires(tmp_path: Path) -> None:
    async with calling(tmp_path, days=-1) as (client, links):
        answer = await client.get(path_of(links.link(1)))
    assert (answer.status_code, answer.text) == (404, "Đường dẫn đã hết hạn")


async def test_bytes_that_are_gone_are_told(tmp_path: Path) -> None:
    async with calling(tmp_path) as (client, links):
        (tmp_path / "one").unlink()
        assert (await client.get(path_of(links.link(1)))).status_code == 404


async def test_without_links_there_is_no_door_for_files() -> None:
    async with client_of(make_app({}, keep)) as client:
        assert (await client.get("/file/x")).status_code == 404
