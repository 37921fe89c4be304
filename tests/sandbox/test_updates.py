import asyncio

import httpx
import pytest

from tests.sandbox.stage import AN, BINH, BOT, GROUP, Stage


async def _say(stage: Stage, text: str) -> None:
    await stage.act("say", person=AN, bot="loa_bot", text=text)


async def _poll(stage: Stage) -> "asyncio.Task[httpx.Response]":
    """A long poll that is known to be waiting."""
    queue = stage.running.sandbox.api.updates.of(BOT)
    before = queue.poller
    task = asyncio.create_task(stage.raw("getUpdates", timeout=30))
    while queue.poller == before:
        await queue.bell.wait()
    return task


def _texts(updates: list[dict[str, dict[str, str]]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_a_long_poll_ends_with_the_first_update(stage: Stage) -> None:
    task = await _poll(stage)
    await _say(stage, "xin chào")
    assert _texts((await task).json()["result"]) == ["xin chào"]


async def test_what_is_not_confirmed_comes_again(stage: Stage) -> None:
    for text in ("một", "hai", "ba"):
        await _say(stage, text)
    first = await stage.call("getUpdates", limit=2)
    assert _texts(first) == ["một", "hai"]
    assert await stage.call("getUpdates", limit=2) == first
    assert _texts(await stage.call("getUpdates", offset=first[1]["update_id"])) == ["hai", "ba"]
    assert _texts(await stage.call("getUpdates")) == ["hai", "ba"]


async def test_a_negative_offset_keeps_only_the_last_ones(stage: Stage) -> None:
    for text in ("một", "hai", "ba"):
        await _say(stage, text)
    assert _texts(await stage.call("getUpdates", offset=-1)) == ["ba"]
    assert _texts(await stage.call("getUpdates")) == ["ba"]


async def test_a_newer_poll_ends_the_older_one(stage: Stage) -> None:
    older = await _poll(stage)
    newer = await _poll(stage)
    answer = await older
    assert answer.status_code == 409
    assert answer.json()["description"] == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    await _say(stage, "còn đây")
    assert _texts((await newer).json()["result"]) == ["còn đây"]


async def test_a_webhook_ends_the_poll_and_forbids_it(stage: Stage) -> None:
    waiting = await _poll(stage)
    await stage.call("setWebhook", url="http://127.0.0.1:9/")
    assert (await waiting).json()["description"] == "Conflict: terminated by setWebhook request"
    status, text = await stage.fail("getUpdates")
    assert (status, text.split(";")[0]) == (
        409,
        "Conflict: can't use getUpdates method while webhook is active",
    )
    await stage.call("deleteWebhook")
    assert await stage.call("getUpdates") == []


async def test_updates_are_forgotten_after_a_day(stage: Stage) -> None:
    await _say(stage, "cũ")
    stage.clock.time += 24 * 3600 + 1
    await _say(stage, "mới")
    assert _texts(await stage.call("getUpdates")) == ["mới"]


async def test_only_the_kinds_asked_for_come_and_the_choice_is_kept(stage: Stage) -> None:
    await stage.call("getUpdates", allowed_updates=["edited_message"])
    await _say(stage, "xin chào")
    assert await stage.call("getUpdates") == []
    await stage.call("getUpdates", allowed_updates=[])
    await _say(stage, "lại đây")
    assert _texts(await stage.call("getUpdates")) == ["lại đây"]


async def test_an_edit_of_a_person_is_an_update(stage: Stage) -> None:
    said = await stage.act("say", person=AN, bot="loa_bot", text="muoi hai")
    stage.clock.time += 60
    await stage.act("edit", person=AN, bot="loa_bot", message=said["id"], text="12")
    _, edited = await stage.updates()
    message = edited["edited_message"]
    assert (message["message_id"], message["text"]) == (said["id"], "12")
    assert message["edit_date"] == message["date"] + 60


async def test_a_bot_does_not_hear_bots_nor_itself(stage: Stage) -> None:
    await stage.act("bots", username="other_bot", token="8:b", reads_all=True)
    await stage.act("add", chat=GROUP, by=AN, bot="other_bot")
    await stage.updates()
    await stage.updates("8:b")
    await stage.call("sendMessage", chat_id=GROUP, text="@other_bot xin chào")
    await stage.call("sendMessage", token="8:b", chat_id=GROUP, text="@loa_bot xin chào")
    assert (await stage.updates(), await stage.updates("8:b")) == ([], [])


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("xin chào cả tổ", False),
        ("/baocao", True),
        ("/baocao@loa_bot 5", True),
        ("/baocao@other_bot", False),
        ("hỏi @Loa_Bot chút", True),
        ("hỏi @loa_bot2 chút", False),
    ],
)
async def test_privacy_mode_hears_what_is_meant_for_the_bot(
    stage: Stage, text: str, heard: bool
) -> None:
    await stage.act("say", person=AN, chat=GROUP, text=text)
    assert bool(await stage.updates()) is heard


async def test_privacy_mode_hears_replies_to_the_bot(stage: Stage) -> None:
    own = await stage.call("sendMessage", chat_id=GROUP, text="Mấy hộ?")
    await stage.act("say", person=BINH, chat=GROUP, text="12", reply_to=own["message_id"])
    (update,) = await stage.updates()
    assert update["message"]["reply_to_message"]["text"] == "Mấy hộ?"
    assert update["message"]["reply_to_message"]["from"]["id"] == BOT


async def test_a_plain_command_goes_to_the_bot_that_spoke_last(stage: Stage) -> None:
    await stage.act("bots", username="other_bot", token="8:b")
    await stage.act("add", chat=GROUP, by=AN, bot="other_bot")
    await stage.call("sendMessage", token="8:b", chat_id=GROUP, text="Tôi đây")
    await stage.updates()
    await stage.updates("8:b")
    await stage.act("say", person=AN, chat=GROUP, text="/help")
    assert (len(await stage.updates()), len(await stage.updates("8:b"))) == (0, 1)


@pytest.mark.parametrize("way", ["reads_all", "administrator"])
async def test_some_bots_hear_everything(stage: Stage, way: str) -> None:
    if way == "reads_all":
        await stage.act("bots", username="loa_bot", name="Loa", reads_all=True)
    else:
        await stage.act("add", chat=GROUP, by=AN, user=BOT, role="administrator")
        await stage.updates()
    await stage.act("say", person=AN, chat=GROUP, text="xin chào cả tổ")
    (update,) = await stage.updates()
    assert update["message"]["chat"]["title"] == "Tổ công nghệ số 1"
