"""What the pretend Bot Platform tells a bot, by poll and by webhook, under every switch."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from tests.sandbox.stage import AN, BINH, Stage, on_stage
from tests.sandbox.test_sending import picture
from tests.sandbox.webhook_door import open_door
from tests.sandbox.zalo_bot_stage import AN_ID, BOT, CALLED, TOKEN, ZaloStage, with_zalo

SECRET = "mat-khau-cua-cong"


@pytest.fixture
def zalo(stage: Stage, runner: asyncio.Runner) -> ZaloStage:
    return runner.run(with_zalo(stage))


async def test_a_poll_gives_one_message(zalo: ZaloStage) -> None:
    said = await zalo.say("Xin chào")
    update = await zalo.next()
    message = update["message"]
    assert update["event_name"] == "message.text.received"
    assert message.pop("message_id")
    assert message == {
        "from": {"id": AN_ID, "display_name": "Lò Thị An", "is_bot": False},
        "chat": {"id": AN_ID, "chat_type": "PRIVATE"},
        "text": "Xin chào",
        "date": said["date"] * 1000,
    }


@pytest.mark.parametrize("status", [200, 408])
async def test_an_idle_poll_ends_with_408(zalo: ZaloStage, status: int) -> None:
    await zalo.rule(idle_status=status)
    found = await zalo.fail("getUpdates", timeout="0")
    assert found == (status, 408, "Request timeout")


async def test_a_poll_waits_for_what_comes(zalo: ZaloStage) -> None:
    queue = zalo.stage.running.sandbox.zalo_bot.updates.of(BOT)
    waiting = asyncio.create_task(zalo.next())
    while not queue.poller:
        await queue.bell.wait()
    await zalo.say("đây")
    assert (await waiting)["message"]["text"] == "đây"


async def test_updates_come_back_again_and_again_or_never(zalo: ZaloStage) -> None:
    for text in ("một", "hai"):
        await zalo.say(text)
    await zalo.rule(redelivery="always")
    texts = [(await zalo.next())["message"]["text"] for _ in range(5)]
    assert texts == ["một", "hai", "một", "hai", "một"]
    await zalo.say("ba")
    assert (await zalo.next())["message"]["text"] == "ba"
    await zalo.rule(redelivery="never")
    assert await zalo.nothing()
    await zalo.say("bốn")
    assert (await zalo.next())["message"]["text"] == "bốn"
    assert await zalo.nothing()


async def test_in_a_group_only_what_is_meant_for_the_bot_is_heard(zalo: ZaloStage) -> None:
    await zalo.rule(redelivery="never")
    await zalo.say_in_group("bao giờ họp?")
    await zalo.say_in_group("/baocao")
    assert await zalo.nothing()
    await zalo.say_in_group(f"{CALLED}bao giờ họp?", BINH)
    message = (await zalo.next())["message"]
    assert message["text"] == "@Bot Loa bao giờ họp?"
    assert message["chat"] == {"id": zalo.group_id, "chat_type": "GROUP"}
    await zalo.call("sendMessage", chat_id=zalo.group_id, text="Mai ạ")
    await zalo.say_in_group("cảm ơn", reply_to=(await zalo.seen())["id"])
    message = (await zalo.next())["message"]
    assert message["text"] == "cảm ơn"
    assert not {"reply_to", "quote", "mentions"} & message.keys()


@pytest.mark.parametrize("field", ["photo", "photo_url"])
async def test_a_picture_has_an_address_for_a_while(
    zalo: ZaloStage, stage: Stage, field: str
) -> None:
    await zalo.rule(photo_field=field, photo_seconds=60)
    await zalo.upload(("a.png", picture(), "image/png"), text="ảnh họp")
    update = await zalo.next()
    assert update["event_name"] == "message.image.received"
    assert update["message"]["caption"] == "ảnh họp"
    url = update["message"][field]
    assert (await stage.http.get(url)).content == picture()
    stage.clock.time += 61
    assert (await stage.http.get(url)).status_code == 404


async def test_a_picture_in_a_group_is_heard_when_its_words_call_the_bot(zalo: ZaloStage) -> None:
    file, where = ("a.png", picture(), "image/png"), {"bot": "", "chat": zalo.group}
    await zalo.upload(file, **where)
    assert await zalo.nothing()
    await zalo.upload(file, **where, text=CALLED)
    assert (await zalo.next())["event_name"] == "message.image.received"


async def test_stickers_are_told_and_files_only_that_they_came(zalo: ZaloStage) -> None:
    await zalo.rule(redelivery="never")
    await zalo.say("", sticker="🙏")
    update = await zalo.next()
    assert update["event_name"] == "message.sticker.received"
    assert {"sticker", "url"} <= update["message"].keys()
    await zalo.upload(("k.pdf", b"%PDF-1.7", "application/pdf"))
    update = await zalo.next()
    assert update["event_name"] == "message.unsupported.received"
    assert update["message"].keys() == {"from", "chat", "message_id", "date"}


async def test_what_was_not_given_survives_a_restart(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        zalo = await with_zalo(stage)
        await zalo.rule(redelivery="never")
        await zalo.say("một")
        await zalo.say("hai")
        assert (await zalo.next())["message"]["text"] == "một"
    async with on_stage(tmp_path, empty=True) as stage:
        zalo = ZaloStage(stage, zalo.group)
        await zalo.rule(redelivery="never")
        assert (await zalo.next())["message"]["text"] == "hai"
        assert (await stage.ask("/zalo_bot"))["bots"]["bot_loa"]["heard"] == 2


# Webhooks


HEADER = "X-Bot-Api-Secret-Token"


@pytest.mark.parametrize("body", ["flat", "wrapped"])
async def test_a_webhook_is_brought_each_message(zalo: ZaloStage, body: str) -> None:
    await zalo.rule(webhook_body=body)
    async with open_door() as door:
        door.header = HEADER
        result = await zalo.call("setWebhook", url=door.url, secret_token=SECRET)
        assert result["url"] == door.url
        verified = result["verification"]
        assert (verified["ok"], verified["outcome"]) == (True, "webhook.ok")
        await zalo.say("chào")
        await door.came.get()  # the try
        secret, update = await door.came.get()
        assert secret == SECRET
        if body == "wrapped":
            assert update["ok"] is True
            update = update["result"]
        assert update["event_name"] == "message.text.received"
        assert update["message"]["text"] == "chào"


@pytest.mark.parametrize(("retries", "came"), [(0, 1), (2, 3)])
async def test_a_webhook_that_fails_is_tried_again_or_not(
    zalo: ZaloStage, retries: int, came: int
) -> None:
    await zalo.rule(webhook_retries=retries)
    failures = [web.Response(status=503) for _ in range(1 + came)]
    async with open_door(*failures) as door:
        found = await zalo.call("setWebhook", url=door.url, secret_token=SECRET)
        assert found["verification"]["outcome"] == "webhook.http.5xx"
        await door.came.get()
        await zalo.say("một")
        assert await door.texts(came) == ["một"] * came
        await zalo.say("hai")
        assert await door.texts(1) == ["hai"]


@pytest.mark.parametrize("beside", ["refused", "silent"])
async def test_a_poll_beside_a_webhook_gets_nothing(zalo: ZaloStage, beside: str) -> None:
    await zalo.rule(beside_webhook=beside)
    async with open_door() as door:
        await zalo.call("setWebhook", url=door.url, secret_token=SECRET)
        await zalo.say("chào")
        code = (await zalo.fail("getUpdates", timeout="0"))[1]
        assert code == (400 if beside == "refused" else 408)
        info = await zalo.call("getWebhookInfo")
        assert info["url"] == door.url
        assert info["updated_at"] == int(zalo.stage.clock.time * 1000)
        assert (await zalo.call("deleteWebhook"))["url"] == ""
    assert (await zalo.fail("getWebhookInfo"))[1:] == (404, "Not Found")
    assert (await zalo.fail("deleteWebhook"))[1] == 400


@pytest.mark.parametrize(
    "params",
    [
        {"url": "https://loa.example/hook"},
        {"url": "https://loa.example/hook", "secret_token": "ngan"},
        {"url": "loa.example", "secret_token": SECRET},
        {"secret_token": SECRET},
    ],
)
async def test_a_wrong_webhook_is_refused(zalo: ZaloStage, params: dict[str, str]) -> None:
    assert (await zalo.fail("setWebhook", **params))[1] == 400


async def test_a_webhook_can_be_tried_so_often_a_day(zalo: ZaloStage) -> None:
    await zalo.rule(tests_a_day=1)
    assert (await zalo.fail("testWebhook"))[1] == 400
    url = "http://127.0.0.1:1/hook"
    await zalo.call("setWebhook", url=url, secret_token=SECRET)
    assert (await zalo.call("testWebhook"))["outcome"] == "webhook.err.conn"
    assert (await zalo.fail("testWebhook"))[1] == 426
    zalo.stage.clock.time += 24 * 3600
    assert (await zalo.call("testWebhook"))["url"] == url


async def test_each_messenger_hears_its_own_chats_only(zalo: ZaloStage, stage: Stage) -> None:
    await stage.act("say", person=AN, bot="loa_bot", text="cho Telegram")
    await zalo.say("cho Zalo")
    (update,) = await stage.updates()
    assert update["message"]["text"] == "cho Telegram"
    assert (await zalo.next())["message"]["text"] == "cho Zalo"
    assert (await stage.raw("getMe", TOKEN)).status_code == 401
