"""Loa as a bot of Zalo's Bot Platform, under both readings of what the platform does."""

from pathlib import Path

import pytest

from bot.house import House
from domain.people import Role
from loa.settings import Settings
from loa.settings_accounts import AccountSettings
from tests.e2e.people import PATIENCE, Clock
from tests.e2e.running import ENVIRON, SECRET_ENV, TOKEN_ENV, Loa, settings_for, with_door
from tests.sandbox.stage import BINH, on_stage
from tests.sandbox.zalo_bot_stage import CALLED, PRIVATE, TOKEN, ZaloStage, with_zalo


def _settings(url: str, data: Path, base_url: str, receive: str) -> Settings:
    account = AccountSettings.model_validate(
        {
            "id": "zalo-bot",
            "channel": "zalo_bot",
            "token_env": TOKEN_ENV,
            "secret_env": SECRET_ENV,
            "base_url": base_url,
            "receive": receive,
            "name": "Bot Loa",
            "per_second": 50,
        }
    )
    settings = with_door(settings_for(url, data, base_url))
    return settings.model_copy(update={"accounts": (account,)})


async def _hear(zalo: ZaloStage, chat: str, words: str) -> str:
    """Wait for a message with these words in a chat."""
    seq = 0
    for _ in range(PATIENCE):
        page = await zalo.stage.ask(f"/chats/{chat}/messages?after={seq}&wait=1")
        seq = page["seq"]
        for message in page["messages"]:
            if words in message.get("text", ""):
                text: str = message["text"]
                return text
    raise AssertionError(f"nobody said {words!r}")


@pytest.mark.parametrize(
    ("receive", "rules"),
    [
        ("polling", {"redelivery": "always", "idle_status": 408}),
        ("polling", {"redelivery": "never", "idle_status": 200}),
        ("webhook", {"webhook_body": "flat"}),
        ("webhook", {"webhook_body": "wrapped"}),
    ],
)
async def test_people_join_alone_and_call_the_bot_in_their_group(
    url: str,
    house: House,
    tmp_path: Path,
    receive: str,
    rules: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(ENVIRON, TOKEN_ENV, TOKEN)
    async with on_stage() as stage:
        zalo = await with_zalo(stage)
        await zalo.rule(**rules)
        settings = _settings(url, tmp_path, stage.running.zalo_bot, receive)
        loa = Loa(settings, house, Clock())
        await loa.import_all()
        code = await loa.invite("08", Role.ADMINISTRATOR)
        async with loa.running():
            if receive == "webhook":
                await _hooked(zalo)
            await zalo.say(f"tham gia {code}")
            welcome = await _hear(zalo, PRIVATE, "Chào mừng Lò Thị An")
            assert "<b>" not in welcome
            await zalo.say_in_group("chuyện của tổ, không phải của bot", BINH)
            await zalo.say_in_group(f"{CALLED}/gannhom", BINH)
            await _hear(zalo, zalo.group, "Để gắn nhóm này")
        page = await stage.ask(f"/chats/{zalo.group}/messages")
        assert len(page["messages"]) == 3


async def _hooked(zalo: ZaloStage) -> None:
    """Wait until Loa has told the platform its address."""
    world = zalo.stage.running.sandbox.world
    api = zalo.stage.running.sandbox.zalo_bot
    while not api.hooked_at:
        await world.bell.wait(PATIENCE)
