"""The sandbox's messengers answer every call with JSON as the platform would, and never fall."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st

import sandbox
from sandbox.telegram.methods import METHODS as TELEGRAM
from sandbox.zalo_bot.methods import METHODS as ZALO_BOT
from sandbox.zalo_oa.methods import METHODS as ZALO_OA
from tests.fuzz.spoiling import any_text, any_value, spoilt_bytes, spoilt_tree
from tests.fuzz.trying import tried
from tests.sandbox import oa, zalo_bot_stage
from tests.sandbox.stage import GROUP, TOKEN, WORLD, TestClock

CHATS = (GROUP, "5000000001", 5_000_000_001, "²", "-", "@loa_bot")
VALID: list[dict[str, Any]] = [
    {"chat_id": GROUP, "text": "Xin chào <b>bạn</b>", "parse_mode": "HTML"},
    {"chat_id": GROUP, "text": "*a*", "parse_mode": "MarkdownV2", "entities": [{"type": "bold"}]},
    {"chat_id": 5_000_000_001, "message_id": 1, "text": "b", "reply_parameters": {"message_id": 1}},
    {"chat_id": GROUP, "text": "c", "reply_markup": {"inline_keyboard": [[{"text": "d"}]]}},
    {"chat_id": GROUP, "media": [{"type": "photo", "media": "x"}], "photo": "x", "file_id": "y"},
    {"offset": 1, "limit": 5, "timeout": 0, "allowed_updates": ["message"]},
    {"commands": [{"command": "a", "description": "b"}], "url": "https://a", "secret_token": "c"},
    {"recipient": {"user_id": "1", "group_id": "2"}, "message": {"text": "e"}},
    {"message": {"attachment": {"type": "file", "payload": {"token": "f"}}}, "user_id": "1"},
    {"data": {"offset": 0, "count": 5, "user_id": "1"}, "group_id": "2", "group_name": "g"},
    {"member_user_ids": ["1"], "group_setting": {"lock_send_msg": False}, "asset_id": "h"},
]
ZALO = {"username": "bot_loa", "name": "Bot Loa", "messenger": "zalo_bot"} | {
    "token": zalo_bot_stage.TOKEN
}
HEADERS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "")


class Booth:
    """A sandbox with a bot of each messenger, called without a network."""

    def __init__(self) -> None:
        self.play = sandbox.Sandbox(clock=TestClock(), address="http://sandbox")
        app = httpx.ASGITransport(self.play.app(local_only=False))
        self.http = httpx.AsyncClient(transport=app, base_url="http://127.0.0.1")
        self.access = ""

    async def open(self) -> None:
        for body in (WORLD, oa.MADE, {"bots": [ZALO], "quiet": True}):
            (await self.http.post("/sandbox/bulk", json=body)).raise_for_status()
        pair = await self.http.post("/sandbox/zalo_oa/tokens", json={"bot": oa.USERNAME})
        self.access = pair.json()["access_token"]

    async def post(self, path: str, body: bytes, content_type: str) -> httpx.Response:
        headers = {"access_token": self.access, "content-type": content_type}
        return await self.http.post(path, content=body, headers=headers)


@pytest.fixture
def booth(runner: asyncio.Runner) -> Iterator[Booth]:
    booth = Booth()
    runner.run(booth.open())
    yield booth
    runner.run(booth.http.aclose())


PATHS = {
    "telegram": [f"/bot{TOKEN}/{name}" for name in (*TELEGRAM, "noSuchMethod")],
    "zalo_bot": [f"/zalo/bot/bot{zalo_bot_stage.TOKEN}/{name}" for name in (*ZALO_BOT, "none")],
    "zalo_oa": [f"/zalo/oa{name.partition(' ')[2]}" for name in ZALO_OA],
    "tokens": ["/bot²:a/getMe", "/zalo/bot/bot²:a/getMe", "/zalo/oa/v4/access_token"],
}
SLOW = ("deleteWebhook", "setWebhook", "sendPhoto", "sendVoice")
"""Methods that ask for an address; the network is not what is tried here."""


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A call's parameters, some of them odd."""
    tree = draw(spoilt_tree(VALID))
    if isinstance(tree, dict) and draw(st.booleans()):
        tree["chat_id"] = draw(st.one_of(st.sampled_from(CHATS), any_value))
    tree = {**tree, "timeout": 0} if isinstance(tree, dict) else tree
    written = json.dumps(tree).encode()
    return draw(spoilt_bytes([written])) if draw(st.integers(0, 3)) == 0 else written


@pytest.mark.parametrize("messenger", PATHS)
@tried(data=st.data())
def test_every_call_is_answered_in_form(
    messenger: str, data: st.DataObject, booth: Booth, runner: asyncio.Runner
) -> None:
    path = data.draw(st.sampled_from([p for p in PATHS[messenger] if not p.endswith(SLOW)]))
    # A poll with another timeout, or without one, would wait.
    body = b'{"timeout": 0}' if "Updates" in path else data.draw(bodies())
    answer = runner.run(booth.post(path, body, data.draw(st.sampled_from(HEADERS))))
    assert answer.status_code < 500
    assert isinstance(answer.json(), dict)


ACTS = ("say", "press", "react", "bulk", "people", "bots", "zalo_bot", "zalo_oa", "faults")
SAID = [
    {"person": 5_000_000_001, "chat": GROUP, "text": "a"},
    WORLD,
    {"rules": {}, "bot": "loa_bot"},
]


@pytest.mark.parametrize("act", ACTS)
@tried(slow=2, tree=spoilt_tree(SAID), query=any_text)
def test_the_control_api_says_what_is_wrong(
    act: str, tree: object, query: str, booth: Booth, runner: asyncio.Runner
) -> None:
    body = json.dumps(tree).encode()
    assert runner.run(booth.post(f"/sandbox/{act}", body, "application/json")).status_code < 500
    asked = {"after": query.encode("utf-8", "replace").decode(), "wait": "0"}
    shown = runner.run(booth.http.get(f"/sandbox/chats/{GROUP}/messages", params=asked))
    assert shown.status_code < 500
