"""What goes wrong on request, as plain HTTP and as aiogram see it."""

import httpx
import pytest

from tests.sandbox.stage import AN, GROUP, Stage
from tests.sandbox.test_clients import aiogram_of


async def _spoil(stage: Stage, kind: str, **how: object) -> int:
    number: int = (await stage.act("faults", kind=kind, **how))["id"]
    return number


async def _send(stage: Stage, chat: str | int = GROUP) -> httpx.Response:
    return await stage.raw("sendMessage", chat_id=chat, text="a")


async def _count(stage: Stage, chat: str = GROUP) -> int:
    """How many messages a chat has."""
    return len((await stage.ask(f"/chats/{chat}/messages"))["messages"])


async def _groups(stage: Stage, count: int) -> list[str]:
    made = [{"title": f"Tổ {n}", "members": ["an"], "bots": ["loa_bot"]} for n in range(count)]
    groups: list[str] = (await stage.act("bulk", groups=made, quiet=True))["groups"]
    return groups


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        ({"kind": "429", "seconds": 17}, 429, '"parameters":{"retry_after":17}'),
        ({"kind": "500"}, 500, '"description":"Internal Server Error"'),
        ({"kind": "error", "code": 418}, 418, '"description":"Error on request"'),
        ({"kind": "502"}, 502, "<h1>502 Bad Gateway</h1>"),
        ({"kind": "504"}, 504, "<h1>504 Gateway Time-out</h1>"),
        ({"kind": "revoked"}, 401, '"description":"Unauthorized"'),
        ({"kind": "garbage"}, 200, '{"ok":true,"resul'),
    ],
)
@pytest.mark.parametrize("taken", [False, True])
async def test_an_answer_is_spoiled(
    stage: Stage, fault: dict[str, object], status: int, text: str, *, taken: bool
) -> None:
    await stage.act("faults", **fault, taken=taken, times=1)
    answer = await _send(stage)
    assert answer.status_code == status
    assert text in answer.text
    assert await _count(stage) == taken
    assert (await _send(stage)).status_code == 200


@pytest.mark.parametrize("kind", ["timeout", "drop"])
@pytest.mark.parametrize("taken", [False, True])
async def test_no_answer_comes(stage: Stage, kind: str, *, taken: bool) -> None:
    await _spoil(stage, kind, taken=taken, times=1, seconds=7)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await _send(stage)
    assert stage.clock.slept == [7 if kind == "timeout" else 0]
    assert await _count(stage) == taken
    assert (await _send(stage)).status_code == 200


async def test_an_answer_breaks_off_in_the_middle(stage: Stage) -> None:
    await _spoil(stage, "cut", times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
        await _send(stage)
    assert await _count(stage) == 1
    assert (await _send(stage)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "chat", "code", "text"),
    [
        ("blocked", AN, 403, "Forbidden: bot was blocked by the user"),
        ("deactivated", AN, 403, "Forbidden: user is deactivated"),
        ("kicked", GROUP, 403, "Forbidden: bot was kicked from the group chat"),
        ("migrated", GROUP, 400, "Bad Request: group chat was upgraded to a supergroup chat"),
    ],
)
async def test_the_world_changes_just_before_a_message(
    stage: Stage, kind: str, chat: str | int, code: int, text: str
) -> None:
    await stage.act("say", person=AN, bot="loa_bot", text="chào")
    await _spoil(stage, kind, times=1)
    other = AN if chat == GROUP else GROUP
    assert (await _send(stage, other)).status_code == 200
    answers = [(await _send(stage, chat)).json() for _ in range(2)]
    assert [(each["error_code"], each["description"]) for each in answers] == [(code, text)] * 2
    if kind == "migrated":
        new = answers[0]["parameters"]["migrate_to_chat_id"]
        assert (await _send(stage, new)).status_code == 200


async def test_a_fault_is_for_a_bot_a_chat_and_methods(stage: Stage) -> None:
    await stage.act("bots", username="other_bot", token="7000002:b")
    first, second = await _groups(stage, 2)
    await _spoil(stage, "500", bot="@LOA_bot", chat=first, methods=["sendMessage"])
    assert (await _send(stage, first)).status_code == 500
    assert (await _send(stage, second)).status_code == 200
    action = {"chat_id": first, "action": "typing"}
    assert (await stage.raw("sendChatAction", **action)).status_code == 200
    assert (await stage.raw("getMe", "7000002:b")).status_code == 200


async def test_a_revoked_token_stops_every_method_until_it_is_given_back(stage: Stage) -> None:
    number = await _spoil(stage, "revoked", bot="loa_bot")
    for method in ("getMe", "getUpdates", "sendMessage"):
        assert await stage.fail(method, chat_id=GROUP, text="a") == (401, "Unauthorized")
    await stage.http.delete(f"/sandbox/faults/{number}")
    assert (await _send(stage)).status_code == 200


async def test_all_methods_can_be_spoiled(stage: Stage) -> None:
    await _spoil(stage, "502", methods=["*"])
    assert (await stage.raw("getMe")).status_code == 502


async def test_a_share_is_the_same_in_whatever_order_chats_are_served(stage: Stage) -> None:
    groups = await _groups(stage, 100)

    async def struck(order: list[str], **how: object) -> set[str]:
        number = await _spoil(stage, "500", share=0.3, **how)
        found = {chat for chat in order if (await _send(stage, chat)).status_code == 500}
        await stage.http.delete(f"/sandbox/faults/{number}")
        return found

    forth, back = await struck(groups), await struck(groups[::-1])
    assert forth == back
    assert 15 < len(forth) < 45
    assert await struck(groups, seed=2) != forth


async def test_faults_are_listed_with_their_hits_and_taken_away(stage: Stage) -> None:
    await _spoil(stage, "500", times=1)
    await _spoil(stage, "502")
    assert [(await _send(stage)).status_code for _ in range(3)] == [500, 502, 502]
    found = (await stage.ask("/faults"))["faults"]
    assert [(each["id"], each["kind"], each["hits"]) for each in found] == [
        (1, "500", 1),
        (2, "502", 2),
    ]
    assert (await stage.ask("/limits"))["bots"]["loa_bot"]["faults"] == 3
    assert (await stage.http.delete("/sandbox/faults")).json() == {"faults": []}
    assert (await stage.http.delete("/sandbox/faults/2")).status_code == 404
    assert (await _send(stage)).status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "problem"),
    [
        ({"kind": "418"}, 400, "kind: "),
        ({}, 400, "kind: "),
        ({"kind": "500", "share": "half"}, 400, "share: "),
        ({"kind": "500", "share": 2}, 400, "share"),
        ({"kind": "500", "bot": "nobody_bot"}, 404, "there is no bot 'nobody_bot'"),
    ],
)
async def test_a_wrong_fault_is_refused(
    stage: Stage, fault: dict[str, object], status: int, problem: str
) -> None:
    answer = await stage.http.post("/sandbox/faults", json=fault)
    assert answer.status_code == status
    assert problem in answer.json()["error"]


async def test_aiogram_meets_them(stage: Stage) -> None:
    from aiogram.exceptions import TelegramRetryAfter, TelegramServerError  # as in test_clients

    async with aiogram_of(stage) as bot:
        await _spoil(stage, "429", seconds=5, times=1)
        with pytest.raises(TelegramRetryAfter) as later:
            await bot.send_message(GROUP, "a")
        assert later.value.retry_after == 5
        await _spoil(stage, "500", times=1)
        with pytest.raises(TelegramServerError):
            await bot.send_message(GROUP, "a")
        await stage.act("limits", group=1)
        await bot.send_message(GROUP, "a")
        with pytest.raises(TelegramRetryAfter):
            await bot.send_message(GROUP, "b")
