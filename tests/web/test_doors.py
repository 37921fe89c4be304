"""The doors of every messenger: what is forged, broken or repeated leaves no trace."""

import asyncio
import gzip
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, select

from loa.channels import Means, door_of, path_of
from loa.settings_accounts import AccountSettings
from storage import chats, inbox
from storage.schema import inbox as inbox_table
from storage.store import Store
from tests.web.serving import client_of
from web.app import MAX_BODY, Door, make_app
from web.proof import OLDEST, TELEGRAM_SECRET, ZALO_BOT_SECRET, ZALO_SIGNATURE

SECRET = "a-s3cret-of-the-door"
APP = "360846524940903967"
NOW = datetime.fromisoformat("2026-11-20T09:00:00+07:00")
SENT = str(int(NOW.timestamp() * 1000))
"""The moment of an event as Zalo writes it, in milliseconds."""


Headers = Mapping[str, str] | Mapping[bytes, bytes]
Knock = tuple[bytes, Headers]


def signature(body: bytes, secret: str = SECRET) -> str:
    """https://developers.zalo.me/docs/official-account/webhook/tong-quan"""
    text = APP.encode() + body + json.loads(body)["timestamp"].encode() + secret.encode()
    return "mac=" + hashlib.sha256(text).hexdigest()


def header(name: str) -> Callable[[bytes], dict[str, str]]:
    return lambda body: {name: SECRET}


@dataclass(frozen=True)
class Case:
    """A messenger's account, an update of it with its key, and how it shows that it is its own."""

    account: AccountSettings
    update: dict[str, Any]
    key: str
    headers: Callable[[bytes], dict[str, str]]

    @property
    def body(self) -> bytes:
        return json.dumps(self.update, ensure_ascii=False).encode()


ZALO_BOT = {
    "event_name": "message.text.received",
    "message": {
        "from": {"id": "6ede9afa66b88fe6d6a9", "display_name": "Ted", "is_bot": False},
        "chat": {"id": "6ede9afa66b88fe6d6a9", "chat_type": "PRIVATE"},
        "text": "Xin chào",
        "message_id": "2d758cb5e222177a4e35",
        "date": 1750316131602,
    },
}
ZALO_OA = {
    "app_id": APP,
    "sender": {"id": "246845883529197922"},
    "user_id_by_app": "552177279717587730",
    "recipient": {"id": "388613280878808645"},
    "event_name": "user_send_text",
    "message": {"text": "Xin chào", "msg_id": "96d3cdf3af150460909"},
    "timestamp": SENT,
}


def account(channel: str) -> AccountSettings:
    given = {"app_id": APP} if channel == "zalo_oa" else {}
    return AccountSettings.model_validate({"channel": channel, "receive": "webhook", **given})


CASES = {
    "telegram": Case(
        account("telegram"),
        {"update_id": 100, "message": {"text": "Xin chào"}},
        "100",
        header(TELEGRAM_SECRET),
    ),
    "zalo bot, flat": Case(
        account("zalo_bot"), ZALO_BOT, "2d758cb5e222177a4e35", header(ZALO_BOT_SECRET)
    ),
    "zalo bot, wrapped": Case(
        account("zalo_bot"),
        {"ok": True, "result": ZALO_BOT},
        "2d758cb5e222177a4e35",
        header(ZALO_BOT_SECRET),
    ),
    "zalo oa": Case(
        account("zalo_oa"),
        ZALO_OA,
        "96d3cdf3af150460909",
        lambda body: {ZALO_SIGNATURE: signature(body)},
    ),
    "zalo oa, bare signature": Case(
        account("zalo_oa"),
        ZALO_OA,
        "96d3cdf3af150460909",
        lambda body: {ZALO_SIGNATURE: signature(body).removeprefix("mac=")},
    ),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@dataclass
class Doorstep:
    client: httpx.AsyncClient
    store: Store
    door: Door
    path: str

    async def knock(self, body: bytes, headers: Headers) -> int:
        return (await self.client.post(self.path, content=body, headers=headers)).status_code

    async def kept(self) -> list[str]:
        return await self.store.read(keys)


def keys(c: Connection) -> list[str]:
    return list(c.execute(select(inbox_table.c.key).order_by(inbox_table.c.key)).scalars())


@asynccontextmanager
async def standing(case: Case, store: Store, now: datetime = NOW) -> AsyncIterator[Doorstep]:
    means = Means({case.account.secret_env: SECRET}, store, lambda: now)
    door, path = door_of(case.account, means), path_of(case.account)
    await store.write(chats.open_account, case.account.id, None)

    async def keep(account_id: str, key: str, payload: object) -> bool:
        return await store.write(inbox.put, account_id, key, payload, now)

    app = make_app({path: door}, keep)
    async with client_of(app) as client:
        yield Doorstep(client, store, door, f"/hook/{path}")


@every_case
async def test_an_update_is_kept_once_however_often_it_comes(case: Case, store: Store) -> None:
    async with standing(case, store) as step:
        headers = case.headers(case.body)
        assert [await step.knock(case.body, headers) for _ in range(3)] == [200] * 3
        assert await step.kept() == [case.key]
        assert step.door.wake.is_set()


def without(case: Case) -> Knock:
    return case.body, {}


def forged(case: Case) -> Knock:
    return case.body, {name: value[:-1] + "!" for name, value in case.headers(case.body).items()}


def strange(case: Case) -> Knock:
    return case.body, {name.encode(): b"\xff\xfe" for name in case.headers(case.body)}


def large(case: Case) -> Knock:
    body = case.body + b" " * MAX_BODY
    return body, case.headers(body)


def truncated(case: Case) -> Knock:
    return case.body[:-3], case.headers(case.body)


def squeezed(case: Case) -> Knock:
    return gzip.compress(case.body), {**case.headers(case.body), "Content-Encoding": "gzip"}


def latin(case: Case) -> Knock:
    body = json.dumps(case.update, ensure_ascii=False).replace("à", "\xe0").encode("latin-1")
    return body, case.headers(case.body)


def utf16(case: Case) -> Knock:
    return case.body.decode().encode("utf-16"), case.headers(case.body)


def listed(case: Case) -> Knock:
    return b"[" + case.body + b"]", case.headers(case.body)


def deep(case: Case) -> Knock:
    return b"[" * 100_000, case.headers(case.body)


def keyless(case: Case) -> Knock:
    body = json.dumps({"timestamp": SENT, "message": {}}).encode()
    return body, case.headers(body)


BAD = (without, forged, strange, large, truncated, squeezed, latin, utf16, listed, deep, keyless)


@every_case
@pytest.mark.parametrize("make", BAD)
async def test_what_is_no_genuine_update_leaves_no_trace(
    case: Case, make: Callable[[Case], Knock], store: Store
) -> None:
    async with standing(case, store) as step:
        status = await step.knock(*make(case))
        assert status in (400, 403, 413)
        assert await step.kept() == []
        assert not step.door.wake.is_set()


@every_case
async def test_a_call_that_breaks_off_leaves_no_trace(case: Case, store: Store) -> None:
    async with standing(case, store) as step:
        port = step.client.base_url.port
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST {step.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(case.body)}\r\n"
        more = "".join(f"{name}: {value}\r\n" for name, value in case.headers(case.body).items())
        writer.write(f"{head}{more}\r\n".encode() + case.body[:-1])
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert await step.knock(b"", {}) == 403
        assert await step.kept() == []


async def test_a_signature_of_another_secret_or_for_another_body_is_refused(store: Store) -> None:
    case = CASES["zalo oa"]
    other = json.dumps(case.update | {"message": {"text": "Khác", "msg_id": "1"}}).encode()
    async with standing(case, store) as step:
        wrong = {ZALO_SIGNATURE: signature(case.body, "another secret")}
        assert await step.knock(case.body, wrong) == 403
        assert await step.knock(other, case.headers(case.body)) == 403
        assert await step.kept() == []


@pytest.mark.parametrize(("age", "status"), [(OLDEST - timedelta(minutes=1), 200), (OLDEST, 403)])
async def test_a_genuine_event_that_is_played_again_much_later_is_refused(
    age: timedelta, status: int, store: Store
) -> None:
    case = CASES["zalo oa"]
    async with standing(case, store, NOW + age) as step:
        assert await step.knock(case.body, case.headers(case.body)) == status


async def test_the_echo_of_our_own_message_is_taken_and_not_kept(store: Store) -> None:
    case = CASES["zalo oa"]
    body = json.dumps(case.update | {"event_name": "oa_send_text"}).encode()
    async with standing(case, store) as step:
        assert await step.knock(body, case.headers(body)) == 200
        assert await step.kept() == []
