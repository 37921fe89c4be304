"""Telegram's limits of rate, the counts of what a bot did, and answers that are held back."""

from collections.abc import Iterable
from typing import Any

import pytest

import sandbox
from sandbox.tally import Window
from sandbox.telegram.limits import Rates
from tests.sandbox.stage import AN, GROUP, START, Stage, TestClock


async def _limit(stage: Stage, **rates: object) -> dict[str, Any]:
    return await stage.act("limits", **rates)


async def _tally(stage: Stage) -> dict[str, Any]:
    tally: dict[str, Any] = (await stage.ask("/limits"))["bots"]["loa_bot"]
    return tally


async def _groups(stage: Stage, count: int) -> list[str]:
    made = [
        {"title": f"Tổ {number}", "members": ["an"], "bots": ["loa_bot"]} for number in range(count)
    ]
    groups: list[str] = (await stage.act("bulk", groups=made, quiet=True))["groups"]
    return groups


async def _send(stage: Stage, chats: Iterable[str | int], **params: Any) -> list[int]:
    """Send to each of these at this very moment; the status of each."""
    answers = [await stage.raw("sendMessage", chat_id=chat, text="a", **params) for chat in chats]
    return [answer.status_code for answer in answers]


async def test_without_being_asked_there_is_no_limit_but_a_count(stage: Stage) -> None:
    assert await _send(stage, [GROUP] * 50) == [200] * 50
    await stage.call("getMe")
    assert (await stage.ask("/limits")) == {
        "rates": None,
        "bots": {
            "loa_bot": {
                "calls": 51,
                "messages": 50,
                "paid": 0,
                "too_many_bot": 0,
                "too_many_chat": 0,
                "faults": 0,
                "most_in_a_second": 50,
            }
        },
    }


async def test_a_group_gets_twenty_messages_a_minute(stage: Stage) -> None:
    await _limit(stage, bot=1000)
    assert await _send(stage, [GROUP] * 20) == [200] * 20
    stage.clock.time += 17.5
    answer = await stage.raw("sendMessage", chat_id=GROUP, text="a")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "43")
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 43",
        "parameters": {"retry_after": 43},
    }
    stage.clock.time += 43
    assert await _send(stage, [GROUP]) == [200]
    tally = await _tally(stage)
    assert (tally["messages"], tally["too_many_chat"], tally["too_many_bot"]) == (21, 1, 0)


async def test_a_private_chat_gets_one_a_second_after_a_short_burst(stage: Stage) -> None:
    await stage.act("say", person=AN, bot="loa_bot", text="chào")
    await _limit(stage)
    assert await _send(stage, [AN] * 6) == [200] * 5 + [429]
    for _ in range(10):
        stage.clock.time += 1
        assert await _send(stage, [AN]) == [200]
    assert await _send(stage, [AN] * 5) == [200] * 4 + [429]


async def test_a_bot_gets_thirty_a_second_over_all_chats(stage: Stage) -> None:
    groups = await _groups(stage, 300)
    await _limit(stage, bot=3)
    assert await _send(stage, groups[:7]) == [200] * 6 + [429]
    taken = 6
    for second in range(1, 60):
        stage.clock.time += 1
        taken += (await _send(stage, groups[4 * second : 4 * second + 4])).count(200)
    assert taken == 3 * 61
    assert (await _tally(stage))["most_in_a_second"] == 6


async def test_a_paid_broadcast_has_a_limit_of_its_own(stage: Stage) -> None:
    groups = await _groups(stage, 100)
    await _limit(stage, bot=10, paid=20)
    assert (await _send(stage, groups[:50], allow_paid_broadcast=True)).count(200) == 40
    assert (await _send(stage, groups[50:])).count(200) == 20
    tally = await _tally(stage)
    assert (tally["messages"], tally["paid"], tally["too_many_bot"]) == (60, 40, 10 + 30)


async def test_a_speed_of_ten_allows_ten_times_as_much(stage: Stage) -> None:
    await _limit(stage, speed=10)
    assert (await _send(stage, [GROUP] * 210)).count(200) == 200


async def test_what_sends_nothing_is_not_limited(stage: Stage) -> None:
    await _limit(stage, group=1)
    assert (await stage.fail("sendMessage", chat_id=GROUP, text=""))[0] == 400
    for _ in range(3):
        await stage.call("sendChatAction", chat_id=GROUP, action="typing")
    assert await _send(stage, [GROUP, GROUP]) == [200, 429]


async def test_an_album_counts_as_what_is_in_it(stage: Stage) -> None:
    sent = await stage.http.post(
        f"/bot{stage.bot().token}/sendDocument",
        data={"chat_id": GROUP},
        files={"document": ("a.pdf", b"%PDF")},
    )
    document = sent.json()["result"]["document"]["file_id"]
    await _limit(stage)
    media = [{"type": "document", "media": document}] * 3
    await stage.call("sendMediaGroup", chat_id=GROUP, media=media)
    assert (await _tally(stage))["messages"] == 3


async def test_limits_are_switched_off_and_counts_begin_anew(stage: Stage) -> None:
    await _limit(stage, group=1)
    assert await _send(stage, [GROUP, GROUP]) == [200, 429]
    answer = await stage.http.delete("/sandbox/limits")
    assert answer.json() == {"rates": None, "bots": {}}
    assert await _send(stage, [GROUP, GROUP]) == [200, 200]


@pytest.mark.parametrize("rates", [{"bot": 0}, {"speed": -1}, {"group": "many"}])
async def test_wrong_rates_are_refused(stage: Stage, rates: dict[str, object]) -> None:
    answer = await stage.http.post("/sandbox/limits", json=rates)
    assert answer.status_code == 400
    assert (await stage.ask("/limits"))["rates"] is None


async def test_every_answer_is_held_back(stage: Stage) -> None:
    await stage.act("latency", milliseconds=50)
    await stage.call("getMe")
    await stage.fail("sendMessage", chat_id=GROUP, text="")
    assert stage.clock.slept == [0.05, 0.05]
    assert (await stage.http.post("/sandbox/latency", json={"milliseconds": -1})).status_code == 400


async def test_limits_and_latency_are_set_from_the_start() -> None:
    clock = TestClock()
    async with sandbox.serve(port=0, clock=clock, limits=Rates(speed=2), latency=0.1) as running:
        assert running.sandbox.api.limits.rates == Rates(speed=2)
        assert running.sandbox.trouble.latency == 0.1


def test_a_window_slides() -> None:
    window = Window(2, 10)
    for moment in (START, START + 4):
        assert window.wait(moment) == 0
        window.count(moment)
    assert window.wait(START + 4) == 6
    assert window.wait(START + 10) == 0
    window.count(START + 10)
    assert window.wait(START + 10) == 4
