from typing import Any

import pytest

from tests.sandbox.stage import AN, BINH, BOT, GROUP, PRIVATE, Stage


async def test_a_start_link_opens_the_chat_and_says_its_code(stage: Stage) -> None:
    opened = await stage.act("open", person=AN, link="https://t.me/loa_bot?start=xa-So_1")
    assert opened["chat"] == PRIVATE
    (update,) = await stage.updates()
    message = update["message"]
    assert message["text"] == "/start xa-So_1"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["chat"] == {"id": AN, "first_name": "Lò Thị An", "type": "private"}
    assert message["from"]["language_code"] == "vi"


async def test_a_link_without_code_only_opens(stage: Stage) -> None:
    await stage.act("open", person=AN, link="t.me/loa_bot")
    assert await stage.updates() == []
    assert (await stage.ask(f"/chats/{PRIVATE}"))["title"] == "Loa"


async def test_a_group_link_adds_the_bot_and_says_its_code(stage: Stage) -> None:
    group = await stage.act("groups", title="Tổ 2", members=["binh"])
    await stage.act(
        "open", person=BINH, link="https://t.me/loa_bot?startgroup=ABC", chat=group["id"]
    )
    member, joined, said = await stage.updates()
    assert member["my_chat_member"]["old_chat_member"]["status"] == "left"
    assert member["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert joined["message"]["new_chat_members"][0]["id"] == BOT
    assert said["message"]["text"] == "/start@loa_bot ABC"


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("https://t.me/loa_bot?start=có dấu", "a start code is"),
        ("https://t.me/nobody_bot?start=1", "there is no bot 'nobody_bot'"),
        ("https://example.com/?start=1", "is not a link"),
    ],
)
async def test_a_wrong_link_is_refused(stage: Stage, link: str, problem: str) -> None:
    answer = await stage.http.post("/sandbox/open", json={"person": AN, "link": link})
    assert answer.status_code in (400, 404)
    assert problem in answer.json()["error"]


@pytest.mark.parametrize(
    ("by", "states", "problem"),
    [
        ("someone", ("kicked", "kicked"), "Forbidden: bot was kicked from the group chat"),
        ("itself", ("left", "left"), "Forbidden: bot is not a member of the group chat"),
    ],
)
async def test_a_bot_that_is_gone_cannot_write(
    stage: Stage, by: str, states: tuple[str, str], problem: str
) -> None:
    if by == "someone":
        await stage.act("remove", chat=GROUP, by=AN, bot="loa_bot")
    else:
        await stage.call("leaveChat", chat_id=GROUP)
    service, change = await stage.updates()
    assert service["message"]["left_chat_member"]["id"] == BOT
    assert change["my_chat_member"]["new_chat_member"]["status"] == states[0]
    assert await stage.fail("sendMessage", chat_id=GROUP, text="a") == (403, problem)
    await stage.act("add", chat=GROUP, by=AN, bot="loa_bot")
    await stage.call("sendMessage", chat_id=GROUP, text="Mình đã trở lại")


async def test_a_group_that_grows_has_a_new_id(stage: Stage) -> None:
    new = (await stage.act("upgrade", chat=GROUP, by=AN))["chat"]
    assert new.startswith("-100")
    old, fresh = (each["message"] for each in await stage.updates())
    assert (old["chat"]["id"], old["migrate_to_chat_id"]) == (int(GROUP), int(new))
    assert (fresh["chat"]["id"], fresh["migrate_from_chat_id"]) == (int(new), int(GROUP))
    assert fresh["chat"]["type"] == "supergroup"
    answer = await stage.raw("sendMessage", chat_id=GROUP, text="a")
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": int(new)},
        },
    )
    await stage.call("sendMessage", chat_id=new, text="Nhóm mới")
    await stage.act("remove", chat=new, by=AN, bot="loa_bot")
    assert await stage.fail("sendMessage", chat_id=new, text="a") == (
        403,
        "Forbidden: bot was kicked from the supergroup chat",
    )
    assert [each["id"] for each in (await stage.ask("/groups"))["groups"]] == [new]


async def test_who_is_in_a_group(stage: Stage) -> None:
    assert await stage.call("getChatMemberCount", chat_id=GROUP) == 3
    (admin,) = await stage.call("getChatAdministrators", chat_id=GROUP)
    assert (admin["user"]["id"], admin["status"]) == (AN, "creator")
    await stage.act("remove", chat=GROUP, by=AN, user=BINH)
    stranger = await stage.act("people", name="Người lạ")
    states: dict[int, Any] = {
        user: (await stage.call("getChatMember", chat_id=GROUP, user_id=user))["status"]
        for user in (AN, BOT, BINH, stranger["id"])
    }
    assert list(states.values()) == ["creator", "member", "kicked", "left"]
    assert (await stage.fail("getChatMember", chat_id=GROUP, user_id=1))[0] == 400


async def test_administrators_hear_of_members_on_request(stage: Stage) -> None:
    await stage.act("add", chat=GROUP, by=AN, user=BOT, role="administrator")
    await stage.updates()
    await stage.call("getUpdates", allowed_updates=["chat_member"])
    await stage.act("remove", chat=GROUP, by=BINH, user=BINH)
    (change,) = await stage.updates()
    assert change["chat_member"]["old_chat_member"]["status"] == "member"
    assert change["chat_member"]["new_chat_member"]["status"] == "left"


async def test_a_pinned_message_is_shown_in_the_chat(stage: Stage) -> None:
    sent = await stage.call("sendMessage", chat_id=GROUP, text="Lịch họp")
    place = {"chat_id": GROUP, "message_id": sent["message_id"]}
    assert await stage.call("pinChatMessage", **place) is True
    assert (await stage.call("getChat", chat_id=GROUP))["pinned_message"]["text"] == "Lịch họp"
    (update,) = await stage.updates()
    assert update["message"]["pinned_message"]["message_id"] == sent["message_id"]
    assert await stage.call("unpinChatMessage", chat_id=GROUP) is True
    assert "pinned_message" not in await stage.call("getChat", chat_id=GROUP)


async def test_what_a_bot_says_of_itself_is_kept_apart_by_scope_and_language(stage: Stage) -> None:
    commands = [{"command": "baocao", "description": "Báo cáo tuần"}]
    scope = {"type": "all_group_chats"}
    await stage.call("setMyCommands", commands=commands, scope=scope)
    assert await stage.call("getMyCommands", scope=scope) == commands
    assert await stage.call("getMyCommands") == []
    await stage.call("deleteMyCommands", scope=scope)
    assert await stage.call("getMyCommands", scope=scope) == []
    wrong = [{"command": "Báo", "description": "a"}]
    assert await stage.fail("setMyCommands", commands=wrong) == (
        400,
        "Bad Request: BOT_COMMAND_INVALID",
    )
    await stage.call("setMyDescription", description="Loa của tổ", language_code="vi")
    assert await stage.call("getMyDescription", language_code="vi") == {"description": "Loa của tổ"}
    assert await stage.call("getMyName") == {"name": "Loa"}
