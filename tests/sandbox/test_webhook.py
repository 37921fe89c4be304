import pytest
from aiohttp import web

from tests.sandbox.stage import AN, PRIVATE, Stage
from tests.sandbox.webhook_door import open_door


async def _say(stage: Stage, *texts: str) -> None:
    for text in texts:
        await stage.act("say", person=AN, bot="loa_bot", text=text)


async def _pending(stage: Stage) -> int:
    info = await stage.call("getWebhookInfo")
    pending: int = info["pending_update_count"]
    return pending


async def test_updates_come_in_order_with_the_secret(stage: Stage) -> None:
    await _say(stage, "một")
    async with open_door() as door:
        await stage.call("setWebhook", url=door.url, secret_token="bi-mat_1")
        await _say(stage, "hai")
        assert (await door.came.get())[0] == "bi-mat_1"
        assert await door.texts(1) == ["hai"]


async def test_a_refused_update_comes_again_before_the_next(stage: Stage) -> None:
    failing = [web.Response(status=500, reason="Broken"), web.Response(status=404)]
    async with open_door(*failing) as door:
        await stage.call("setWebhook", url=door.url)
        await _say(stage, "một", "hai")
        assert await door.texts(4) == ["một", "một", "một", "hai"]
    assert stage.clock.slept == [1.0, 2.0]
    info = await stage.call("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 404 Not Found"
    assert info["last_error_date"] == int(stage.clock.now()) - 2


async def test_nobody_at_the_address_is_told_in_the_info(stage: Stage) -> None:
    async with open_door() as door:
        url = door.url
    await stage.call("setWebhook", url=url, max_connections=7, allowed_updates=["message"])
    await _say(stage, "một")
    info = await stage.call("getWebhookInfo")
    while "last_error_message" not in info:
        info = await stage.call("getWebhookInfo")
    assert info["last_error_message"] == "Connection refused"
    assert (info["url"], info["max_connections"]) == (url, 7)
    assert (info["pending_update_count"], info["allowed_updates"]) == (1, ["message"])
    await stage.call("deleteWebhook", drop_pending_updates=True)
    assert await stage.call("getUpdates") == []


async def test_a_method_in_the_answer_is_carried_out(stage: Stage) -> None:
    reply = web.json_response({"method": "sendMessage", "chat_id": AN, "text": "Chào bạn"})
    async with open_door(reply) as door:
        await stage.call("setWebhook", url=door.url)
        await _say(stage, "xin chào")
        seen = await stage.ask(f"/chats/{PRIVATE}/messages?after={(await stage.ask(''))['seq']}")
        while not any(each["text"] == "Chào bạn" for each in seen["messages"]):
            seen = await stage.ask(f"/chats/{PRIVATE}/messages?after=0&wait=5")
        assert await _pending(stage) == 0


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"url": "ftp://a"}, "invalid webhook URL specified"),
        ({"url": "xin chào"}, "invalid webhook URL specified"),
        ({"url": "http://a", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "http://a", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_a_wrong_webhook_is_refused(
    stage: Stage, params: dict[str, str], problem: str
) -> None:
    assert await stage.fail("setWebhook", **params) == (400, f"Bad Request: {problem}")
