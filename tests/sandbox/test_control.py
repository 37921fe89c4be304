import asyncio
import json

import pytest

from tests.sandbox.stage import AN, BINH, BOT, GROUP, PRIVATE, WORLD, Stage


async def test_seeding_twice_changes_nothing(stage: Stage) -> None:
    before = await stage.ask("")
    again = await stage.act("bulk", **WORLD)
    assert (again["created"], again["people"], again["groups"]) == (0, [AN, BINH], [GROUP])
    assert await stage.ask("") == before


async def test_a_person_of_a_known_key_is_brought_up_to_date(stage: Stage) -> None:
    changed = await stage.act("people", key="an", name="Lò Thị An", label="Điều phối viên")
    assert (changed["id"], changed["label"]) == (AN, "Điều phối viên")
    assert (await stage.ask(""))["people"] == 2


async def test_thousands_are_made_in_one_call(stage: Stage) -> None:
    people = [{"key": f"p{i}", "name": f"Người {i}"} for i in range(3000)]
    groups = [
        {"key": f"n{i}", "title": f"Nhóm {i}", "members": [f"p{i}"], "bots": ["loa_bot"]}
        for i in range(3000)
    ]
    made = await stage.act("bulk", people=people, groups=groups, quiet=True)
    assert (made["created"], len(set(made["groups"]))) == (6000, 3000)
    assert await stage.updates() == []
    page = (await stage.ask(f"/groups?after={made['groups'][10]}&limit=2"))["groups"]
    assert [each["title"] for each in page] == ["Nhóm 11", "Nhóm 12"]


async def test_a_group_that_is_not_quiet_is_announced(stage: Stage) -> None:
    await stage.act("groups", title="Tổ 2", members=[AN], bots=["loa_bot"])
    member, created = await stage.updates()
    assert member["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert created["message"]["group_chat_created"] is True


@pytest.mark.parametrize(
    ("act", "body", "status", "problem"),
    [
        ("say", {"person": AN}, 400, "chat: a chat id"),
        ("say", {"person": "An", "chat": GROUP}, 400, "person: "),
        ("say", {"person": AN, "chat": GROUP}, 400, "there is nothing to say"),
        ("say", {"person": AN, "chat": GROUP, "text": "a" * 4097}, 400, "4097 characters"),
        ("say", {"person": AN, "chat": "-1", "text": "a"}, 404, "there is no chat '-1'"),
        ("say", {"person": 9, "chat": GROUP, "text": "a"}, 404, "there is no person 9"),
        (
            "say",
            {"person": AN, "chat": GROUP, "text": "a", "reply_to": 9},
            404,
            "there is no message 9",
        ),
        ("groups", {"title": "Tổ", "members": []}, 400, "has no members"),
        ("groups", {"title": "Tổ", "members": ["ai"]}, 404, "there is no person 'ai'"),
        ("groups", {"title": "Tổ", "members": ["an"], "bots": ["x"]}, 404, "there is no bot @x"),
        ("bots", {"username": "x", "token": "secret"}, 400, "token must look like"),
        ("press", {"person": AN, "chat": GROUP, "message": 9}, 404, "there is no message 9"),
        ("add", {"chat": GROUP, "by": 9, "user": AN}, 403, "can add nobody"),
        ("remove", {"chat": GROUP, "by": AN, "user": 9}, 404, "9 is not in"),
        ("upgrade", {"chat": PRIVATE, "by": AN}, 404, "there is no chat"),
    ],
)
async def test_errors_say_what_is_wrong(
    stage: Stage, act: str, body: dict[str, object], status: int, problem: str
) -> None:
    answer = await stage.http.post(f"/sandbox/{act}", json=body)
    assert answer.status_code == status
    assert problem in answer.json()["error"]


async def test_only_those_who_may_speak_do(stage: Stage) -> None:
    stranger = (await stage.act("people", name="Người lạ"))["id"]
    await stage.act("block", person=AN, bot="loa_bot")
    for body, status in (
        ({"person": stranger, "chat": GROUP}, 403),
        ({"person": BINH, "chat": PRIVATE}, 403),
        ({"person": AN, "chat": PRIVATE}, 409),
    ):
        answer = await stage.http.post("/sandbox/say", json=body | {"text": "a"})
        assert answer.status_code == status, answer.text


async def test_people_are_found_without_diacritics(stage: Stage) -> None:
    found = (await stage.ask("/people?search=do binh"))["people"]
    assert [each["id"] for each in found] == [BINH]
    by_label = (await stage.ask("/people?search=to truong"))["people"]
    assert [each["id"] for each in by_label] == [AN]


async def test_unread_messages_are_counted_until_read(stage: Stage) -> None:
    for text in ("một", "hai"):
        await stage.call("sendMessage", chat_id=GROUP, text=text)
    (row,) = (await stage.ask(f"/people/{AN}/chats"))["chats"]
    assert (row["unread"], row["last"]["text"]) == (2, "hai")
    await stage.act("read", person=AN, chat=GROUP, message=2)
    assert (await stage.ask(f"/people/{AN}/chats"))["chats"][0]["unread"] == 0
    assert (await stage.ask(f"/people/{BINH}/chats"))["chats"][0]["unread"] == 2


async def test_history_comes_in_pages(stage: Stage) -> None:
    for number in range(1, 6):
        await stage.call("sendMessage", chat_id=GROUP, text=str(number))
    newest = (await stage.ask(f"/chats/{GROUP}/messages?limit=2"))["messages"]
    assert [each["text"] for each in newest] == ["4", "5"]
    older = (await stage.ask(f"/chats/{GROUP}/messages?limit=2&before=4"))["messages"]
    assert [each["text"] for each in older] == ["2", "3"]
    assert (await stage.ask(f"/chats/{GROUP}/messages?before=1"))["messages"] == []


async def test_waiting_for_messages_sees_new_and_edited_ones(stage: Stage) -> None:
    sent = await stage.call("sendMessage", chat_id=GROUP, text="một")
    seq = (await stage.ask(""))["seq"]
    waiting = asyncio.create_task(stage.ask(f"/chats/{GROUP}/messages?after={seq}&wait=30"))
    place = {"chat_id": GROUP, "message_id": sent["message_id"]}
    await stage.call("editMessageText", text="hai", **place)
    assert [each["text"] for each in (await waiting)["messages"]] == ["hai"]


async def test_events_stream_and_go_on_after_a_break(stage: Stage) -> None:
    seq = (await stage.ask(""))["seq"]
    await stage.call("sendMessage", chat_id=GROUP, text="một")
    async with stage.http.stream("GET", f"/sandbox/events?after={seq}") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        await anext(lines)
        assert await anext(lines) == f"id: {seq + 1}"
        first = json.loads((await anext(lines)).removeprefix("data: "))
        assert (first["fact"], first["data"]["message"]["text"]) == ("Posted", "một")
        await anext(lines)
        await stage.call("sendMessage", chat_id=GROUP, text="hai")
        assert await anext(lines) == f"id: {seq + 2}"
    headers = {"Last-Event-ID": str(seq + 1)}
    async with stage.http.stream("GET", "/sandbox/events", headers=headers) as stream:
        lines = stream.aiter_lines()
        assert f"id: {seq + 2}" in [await anext(lines) for _ in range(3)]


async def test_a_stream_too_old_is_told_to_load_anew(stage: Stage) -> None:
    async with stage.http.stream("GET", "/sandbox/events?after=999999") as stream:
        lines = stream.aiter_lines()
        seen = [await anext(lines) for _ in range(4)]
    assert "event: reset" in seen
    assert (await stage.http.get("/sandbox/log?after=999999")).status_code == 410


async def test_a_bot_of_a_new_name_gets_a_token(stage: Stage) -> None:
    made = await stage.act("bots", username="new_bot")
    assert made["id"] == BOT + 1
    assert (await stage.call("getMe", token=made["token"]))["username"] == "new_bot"
