"""Whatever comes to a webhook is refused, or kept and worked off; nothing breaks, nothing is lost.

Each body comes in by its door and, where that lets it in, goes on as in service: read by its
channel, and taken in by the road.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st

from bot.channels import telegram_updates, zalo_bot_updates
from bot.channels.zalo_oa_updates import Reader
from bot.handlers import make_dispatch
from bot.receive import BadUpdate
from bot.road import Road
from domain.message import Update
from loa.channels import Means, door_of, path_of
from storage import chats
from storage.store import Store
from tests.bot.channels import test_telegram_updates as telegram
from tests.bot.channels import test_zalo_bot_updates as zalo_bot
from tests.bot.channels import test_zalo_oa_updates as zalo_oa
from tests.fuzz.spoiling import spoilt_json
from tests.fuzz.trying import broken, tried
from tests.messenger import WITH_BUTTONS, Memory
from tests.stage import make_house
from tests.web import test_doors as doors
from web.app import Door, make_app
from web.proof import ZALO_SIGNATURE

Headers = Callable[[bytes], Mapping[str, str]]
ANSWERS = {200, 400, 403, 413}


@dataclass(frozen=True)
class Messenger:
    """A messenger's door, its updates, and how they are read."""

    case: doors.Case
    headers: Headers
    updates: list[Any]
    parse: Callable[[object], Update]


def signed(body: bytes) -> Mapping[str, str]:
    """The signature of a body that need not even say when it was made."""
    try:
        sent = str(json.loads(body)["timestamp"])
    except (ValueError, TypeError, KeyError, RecursionError):
        sent = ""
    text = doors.APP.encode() + body + sent.encode("utf-8", "replace") + doors.SECRET.encode()
    return {ZALO_SIGNATURE: "mac=" + sha256(text).hexdigest()}


ATTACHED = zalo_oa.attached("file", url="https://f1/a", size="10", name="a.pdf", type="pdf")
MESSENGERS = {
    "telegram": Messenger(
        doors.CASES["telegram"],
        doors.CASES["telegram"].headers,
        [
            telegram.message(telegram.PRIVATE, text="/baocao"),
            telegram.message(text="@loa_bot 12 hộ", entities=[{"type": "bold", "offset": 0}]),
            telegram.message(document={"file_id": "a", "file_unique_id": "b", "file_size": 5}),
            telegram.message(location={"latitude": 21.8, "longitude": 105.2}),
            telegram.message(migrate_to_chat_id=-1004001),
            telegram.pressed(),
            telegram.changed({"status": "left"}, {"status": "member"}),
        ],
        partial(telegram_updates.parse, bot_username="loa_bot", bot_id="7"),
    ),
    "zalo_bot": Messenger(
        doors.CASES["zalo bot, flat"],
        doors.CASES["zalo bot, flat"].headers,
        [
            zalo_bot._update(),
            {"ok": True, "result": zalo_bot._update()},
            zalo_bot._update("image", photo_url="https://f1/a.jpg", caption="đây"),
            zalo_bot._update(text=f"@{zalo_bot.NAME} hỏi", chat={"chat_type": "GROUP", "id": "a"}),
        ],
        partial(zalo_bot_updates.parse, name=zalo_bot.NAME),
    ),
    "zalo_oa": Messenger(
        doors.CASES["zalo oa"],
        signed,
        [
            each | {"timestamp": doors.SENT}
            for each in (
                zalo_oa.private("user_send_text", text="báo cáo"),
                zalo_oa.private("user_send_file", **ATTACHED),
                zalo_oa.group("user_send_group_text", text="12 hộ"),
                zalo_oa.lifecycle("follow", follower={"id": "1"}),
                zalo_oa.lifecycle("user_join_group", group_id="g", users=[{"id": "1"}]),
                zalo_oa.lifecycle("user_withdraw", user={"id": "1"}),
                zalo_oa.lifecycle("permission_revoked"),
            )
        ],
        Reader(zalo_oa.OA, zalo_oa.PRESSES).parse,
    ),
}
HOUSE = make_house()


@dataclass(frozen=True)
class Doorstep:
    """A messenger's door with the road behind it."""

    messenger: Messenger
    door: Door
    path: str
    road: Road

    async def bring(self, body: bytes, headers: Mapping[str, str]) -> int:
        """Bring a body to the door, and work off what is kept of it; the status."""
        kept: list[str] = []

        async def keep(account: str, key: str, text: str) -> bool:
            kept.append(text)
            return True

        app = httpx.ASGITransport(make_app({self.path: self.door}, keep))
        async with httpx.AsyncClient(transport=app, base_url="http://loa") as client:
            answer = await client.post(f"/hook/{self.path}", content=body, headers=headers)
        for text in kept:
            await self.work_off(text)
        return answer.status_code

    async def work_off(self, text: str) -> None:
        try:
            update = self.messenger.parse(json.loads(text))
        except BadUpdate:
            return
        await self.road.take(Memory(WITH_BUTTONS), update)


def at_door(messenger: Messenger, store: Store) -> Doorstep:
    account = messenger.case.account
    means = Means({account.secret_env: doors.SECRET}, store, lambda: doors.NOW)
    road = Road(store, HOUSE, make_dispatch(), lambda: doors.NOW, lambda: None)
    return Doorstep(messenger, door_of(account, means), path_of(account), road)


@pytest.mark.parametrize("name", MESSENGERS)
@tried(data=st.data())
def test_a_webhook_refuses_or_works_off_whatever_comes(
    name: str,
    data: st.DataObject,
    store: Store,
    runner: asyncio.Runner,
    caplog: pytest.LogCaptureFixture,
) -> None:
    messenger = MESSENGERS[name]
    runner.run(store.write(chats.open_account, "memory", None))
    step = at_door(messenger, store)
    body = data.draw(spoilt_json(messenger.updates), "body")
    assert runner.run(step.bring(body, messenger.headers(body))) in ANSWERS
    assert runner.run(step.bring(body, {})) in ANSWERS - {200}
    assert broken(caplog) == []
