"""The doors, over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from bot.channels.telegram_updates import key_of
from storage.store import StorageError
from tests.web.serving import client_of
from web.app import Door, make_app
from web.proof import TELEGRAM_SECRET, by_secret

SECRET = "s3cret-Token_1"
UPDATE = {"update_id": 100, "message": {"text": "Xin chào"}}
KNOCK = "/hook/telegram/tuyen-quang"


@dataclass
class House:
    """What is behind the door."""

    door: Door = field(
        default_factory=lambda: Door(by_secret(TELEGRAM_SECRET, SECRET), key_of, asyncio.Event())
    )
    kept: list[tuple[str, str, Any]] = field(default_factory=list)
    full: bool = False

    async def keep(self, account_id: str, key: str, payload: Any) -> bool:
        if self.full:
            raise StorageError("database or disk is full")
        self.kept.append((account_id, key, payload))
        return True


@asynccontextmanager
async def calling(house: House) -> AsyncIterator[httpx.AsyncClient]:
    app = make_app({"telegram/tuyen-quang": house.door}, house.keep)
    async with client_of(app) as client:
        yield client


async def test_it_says_that_it_is_up() -> None:
    async with calling(House()) as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


async def test_an_update_is_kept_as_it_came_and_the_worker_is_woken() -> None:
    house = House()
    text = '{"update_id": 100, "odd": ["\\u0000", "\\ud800", 1e999]}'
    async with calling(house) as client:
        answer = await client.post(KNOCK, content=text, headers={TELEGRAM_SECRET: SECRET})
    assert answer.status_code == 200
    assert house.kept == [("tuyen-quang", "100", text)]
    assert house.door.wake.is_set()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {TELEGRAM_SECRET: ""},
        {TELEGRAM_SECRET: "s3cret-Token_2"},
        {TELEGRAM_SECRET: SECRET + "x"},
        {TELEGRAM_SECRET: SECRET.lower()},
        {TELEGRAM_SECRET: "bí mật".encode()},
        {TELEGRAM_SECRET: b"\xff\xfe"},
    ],
)
async def test_without_the_secret_nothing_is_said_and_nothing_kept(
    headers: dict[str, str | bytes], caplog: pytest.LogCaptureFixture
) -> None:
    house = House()
    raw = [
        (name.encode(), v if isinstance(v, bytes) else v.encode()) for name, v in headers.items()
    ]
    async with calling(house) as client:
        answer = await client.post(KNOCK, json=UPDATE, headers=raw)
        stranger = await client.post("/hook/telegram/nobody", json=UPDATE, headers=raw)
    assert (answer.status_code, answer.content) == (403, b"")
    assert (stranger.status_code, stranger.content) == (403, b"")
    assert dict(answer.headers) | {"date": ""} == dict(stranger.headers) | {"date": ""}
    assert not house.kept
    assert not house.door.wake.is_set()
    assert not caplog.messages


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"7",
        b"null",
        b"{}",
        b'{"update_id": "100"}',
        b'{"update_id": true}',
        b'{"update_id": 1.0}',
        b'{"message": {}}',
        b'{"update_id": 1} x',
        b"\xff\xfe\x00",
        b'{"update_id": 1, "a": "\x00"}',
        b"[" * 100_000,
        b'{"update_id": ' + b"9" * 5000 + b"}",
    ],
)
async def test_what_is_no_update_is_refused(body: bytes) -> None:
    house = House()
    async with calling(house) as client:
        answer = await client.post(KNOCK, content=body, headers={TELEGRAM_SECRET: SECRET})
    assert (answer.status_code, house.kept) == (400, [])


@pytest.mark.parametrize(("spare", "status"), [(0, 200), (1, 413)])
async def test_a_body_over_the_limit_is_refused(spare: int, status: int) -> None:
    house = House()
    text = json.dumps(UPDATE)
    body = text + " " * (1024 * 1024 - len(text) + spare)
    async with calling(house) as client:
        answer = await client.post(KNOCK, content=body, headers={TELEGRAM_SECRET: SECRET})
    assert (answer.status_code, len(house.kept)) == (status, 1 - spare)


async def test_when_the_database_is_full_the_messenger_is_asked_to_come_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House(full=True)
    async with calling(house) as client:
        answer = await client.post(KNOCK, json=UPDATE, headers={TELEGRAM_SECRET: SECRET})
    assert answer.status_code == 503
    assert not house.door.wake.is_set()
    assert caplog.messages == [
        "tuyen-quang: the database cannot keep an update: database or disk is full"
    ]


async def test_only_a_post_is_heard() -> None:
    async with calling(House()) as client:
        assert (await client.get(KNOCK)).status_code == 405


def test_a_door_needs_a_secret_and_does_not_show_it() -> None:
    with pytest.raises(ValueError, match="open to everybody"):
        by_secret(TELEGRAM_SECRET, "")
    assert SECRET not in repr(Door(by_secret(TELEGRAM_SECRET, SECRET), key_of, asyncio.Event()))
