"""Events: how they are signed and brought, and what each of them looks like."""

import hashlib

import pytest

from sandbox.zalo_oa import ids
from sandbox.zalo_oa.webhook import PAUSES
from tests.sandbox.oa import USERNAME, Came, Json, Oa, door_of
from tests.sandbox.stage import AN, BINH
from tests.sandbox.test_pictures import GIF, PNG

CS = "/v3.0/oa/message/cs"


async def _say(oa: Oa, text: str, **more: object) -> Json:
    return await oa.stage.act("say", person=AN, bot=USERNAME, text=text, **more)


async def _say_in_group(oa: Oa, text: str, person: int = AN) -> Json:
    return await oa.stage.act("say", person=person, chat=oa.chat, text=text)


async def _console(oa: Oa) -> Json:
    return await oa.stage.ask(f"/zalo_oa/of/{USERNAME}")


async def _settled(oa: Oa) -> Json:
    """The console once nothing waits any more."""
    while (console := await _console(oa))["waiting"]:
        pass
    return console


async def _cancelled(oa: Oa) -> Json:
    """The console once the webhook is taken away."""
    while (console := await _console(oa))["webhook"]:
        pass
    return console


def _mac(came: Came, app_id: str, secret: str) -> str:
    text = app_id.encode() + came.raw + (came.event["timestamp"] + secret).encode()
    return hashlib.sha256(text).hexdigest()


@pytest.mark.parametrize(
    ("switches", "prefix", "secret"),
    [
        ({}, "mac=", "secret"),
        ({"mac_prefix": False}, "", "secret"),
        ({"signed_with": "app"}, "mac=", "app_secret"),
    ],
)
async def test_an_event_is_signed_on_its_raw_bytes(
    oa: Oa, switches: Json, prefix: str, secret: str
) -> None:
    async with door_of(oa, switches=switches) as door:
        await _say(oa, "Xin chào \U0001f600")
        came = await door.events.get()
    console = await _console(oa)
    mac = _mac(came, console["app_id"], console[secret])
    assert came.headers["X-ZEvent-Signature"] == prefix + mac
    assert "num_retry" not in came.headers


async def test_a_persons_text_is_told(oa: Oa) -> None:
    async with door_of(oa) as door:
        said = await _say(oa, "báo cáo")
        event = (await door.events.get()).event
    console = await _console(oa)
    assert event == {
        "app_id": console["app_id"],
        "sender": {"id": oa.an},
        "recipient": {"id": oa.oa_id},
        "user_id_by_app": ids.user_id_by_app(AN),
        "event_name": "user_send_text",
        "message": {"text": "báo cáo", "msg_id": ids.message_id(said["chat"], said["id"])},
        "timestamp": str(int(oa.stage.clock.time * 1000)),
    }


@pytest.mark.parametrize(
    ("name", "data", "kind", "keys"),
    [
        ("a.png", PNG, "image", {"thumbnail", "url"}),
        ("a.gif", GIF, "gif", {"thumbnail", "url"}),
        ("a.pdf", b"%PDF", "file", {"url", "size", "name", "checksum", "type"}),
    ],
)
async def test_a_persons_file_is_told_and_can_be_fetched(
    oa: Oa, name: str, data: bytes, kind: str, keys: set[str]
) -> None:
    mime = {"gif": "image/gif"}.get(kind, "application/octet-stream")
    async with door_of(oa) as door:
        form = {"person": str(AN), "bot": USERNAME, "text": "gửi"}
        files = {"file": (name, data, mime)}
        answer = await oa.stage.http.post("/sandbox/say", data=form, files=files)
        assert answer.status_code == 200
        event = (await door.events.get()).event
    (attachment,) = event["message"]["attachments"]
    assert (event["event_name"], attachment["type"]) == (f"user_send_{kind}", kind)
    assert event["message"]["text"] == "gửi"
    assert set(attachment["payload"]) == keys
    assert (await oa.stage.http.get(attachment["payload"]["url"])).content == data


async def test_a_sticker_and_a_quote_are_told(oa: Oa) -> None:
    async with door_of(oa) as door:
        first = await _say(oa, "một")
        await _say(oa, "", sticker="👍")
        await _say(oa, "hai", reply_to=first["id"])
        assert await door.names(2) == ["user_send_text", "user_send_sticker"]
        quoted = (await door.events.get()).event["message"]["quote_msg_id"]
    assert quoted == ids.message_id(first["chat"], first["id"])


@pytest.mark.parametrize("echoes", [True, False])
async def test_own_messages_come_back_as_echoes(oa: Oa, *, echoes: bool) -> None:
    async with door_of(oa, switches={"echoes": echoes}) as door:
        await _say(oa, "a")
        sent = await oa.call(CS, oa.to_person({"text": "b"}))
        await oa.call("/v3.0/oa/group/message", oa.to_group({"text": "c"}))
        await _say(oa, "d")
        expected = ["user_send_text", "user_received_message", "user_send_text"]
        if echoes:
            expected[1:1] = ["oa_send_text"]
            expected[3:3] = ["oa_send_group_text"]
        came = [await door.events.get() for _ in expected]
    assert [each.name for each in came] == expected
    received = next(each.event for each in came if each.name == "user_received_message")
    assert received["message"]["msg_id"] == sent["message_id"]
    assert (received["sender"], received["recipient"]) == ({"id": oa.oa_id}, {"id": oa.an})


async def test_a_press_comes_as_a_text(oa: Oa) -> None:
    said = await _say(oa, "a")
    button = {"title": "Đã nhận", "type": "oa.query.hide", "payload": "ok:7"}
    attachment = {"type": "template", "payload": {"buttons": [button]}}
    await oa.call(CS, oa.to_person({"text": "b", "attachment": attachment}))
    async with door_of(oa) as door:
        press = {"person": AN, "chat": said["chat"], "message": 2, "button": "Đã nhận"}
        query = (await oa.stage.act("press", **press))["query"]
        event = (await door.events.get()).event
    assert event["event_name"] == "user_send_text"
    assert event["message"] == {"text": "ok:7", "msg_id": ids.press_id(query)}


async def test_what_was_seen_is_told_once(oa: Oa) -> None:
    chat = (await _say(oa, "a"))["chat"]
    sent = [await oa.call(CS, oa.to_person({"text": each})) for each in "bc"]
    async with door_of(oa) as door:
        await oa.stage.act("read", person=AN, chat=chat, message=3)
        await oa.stage.act("read", person=AN, chat=chat, message=3)
        event = (await door.events.get()).event
        await _say(oa, "d")
        assert await door.names(1) == ["user_send_text"]
    assert event["event_name"] == "user_seen_message"
    assert event["message"]["msg_ids"] == [each["message_id"] for each in sent]


async def test_following_is_told(oa: Oa) -> None:
    async with door_of(oa) as door:
        for _ in range(2):
            await oa.stage.act("follow", person=AN, bot=USERNAME)
        await oa.stage.act("unfollow", person=AN, bot=USERNAME)
        first = (await door.events.get()).event
        assert await door.names(1) == ["unfollow"]
    assert (first["event_name"], first["follower"]) == ("follow", {"id": oa.an})
    assert (first["source"], first["oa_id"]) == ("oa_profile", oa.oa_id)


async def test_what_a_group_says_is_told_with_its_mentions(oa: Oa) -> None:
    async with door_of(oa) as door:
        said = await _say_in_group(oa, "@Đỗ Văn Bình và @Xã Sơn Dương, @Tất cả và @Ai đó")
        event = (await door.events.get()).event
    assert (event["event_name"], event["oa_id"]) == ("user_send_group_text", oa.oa_id)
    assert (event["sender"], event["recipient"]) == ({"id": oa.an}, {"id": oa.group})
    assert event["message"] == {
        "text": f"[@{oa.binh}] và [@{oa.oa_id}], [@{oa.group}] và @Ai đó",
        "msg_id": ids.message_id(oa.chat, said["id"]),
    }
    assert "user_id_by_app" not in event


async def test_only_what_begins_with_a_hash_may_be_told_of_groups(oa: Oa) -> None:
    async with door_of(oa, switches={"only_hash": True}) as door:
        await _say_in_group(oa, "chào cả nhà")
        await _say_in_group(oa, "#baocao 5")
        assert (await door.events.get()).event["message"]["text"] == "#baocao 5"


OLD, NEW = (
    {
        "accept_event": "accept_request_join_group",
        "delete_event": "delete_group",
        "out_event": "user_out_group",
    },
    {
        "accept_event": "react_request_join_group",
        "delete_event": "disperse_group",
        "out_event": "user_leave_group",
    },
)


@pytest.mark.parametrize("switches", [OLD, NEW])
async def test_the_life_of_a_group_is_told(oa: Oa, switches: dict[str, str]) -> None:
    link = (await oa.stage.act("zalo_oa/group", chat=oa.chat))["link"]
    made = await oa.stage.act("people", name="Chi")
    async with door_of(oa, switches=switches) as door:
        await oa.stage.act("remove", chat=oa.chat, user=BINH, by=BINH)
        await oa.stage.act("zalo_oa/group", chat=oa.chat, approval=True)
        for _ in range(2):
            await oa.stage.act("open", person=made["id"], link=link)
            users = {"group_id": oa.group, "member_user_ids": [ids.user_id(made["id"])]}
            await oa.call("/v3.0/oa/group/rejectpendinginvite", users)
        await oa.stage.act("open", person=made["id"], link=link)
        await oa.call("/v3.0/oa/group/acceptpendinginvite", users)
        await oa.call("/v3.0/oa/group/addadmins", users)
        await oa.call("/v3.0/oa/group/removeadmins", users)
        await oa.call("/v3.0/oa/group/removemembers", users)
        await oa.call("/v3.0/oa/group/delete", {"group_id": oa.group})
        came = [await door.events.get() for _ in range(13)]
    assert [each.name for each in came] == [
        switches["out_event"],
        "update_group_info",
        *["user_request_join_group", "reject_request_join_group"] * 2,
        "user_request_join_group",
        switches["accept_event"],
        "user_join_group",
        "add_group_admin",
        "remove_group_admin",
        switches["out_event"],
        switches["delete_event"],
    ]
    assert came[0].event["users"] == [{"id": oa.binh}]
    assert {each.event["group_id"] for each in came} == {oa.group}


async def test_a_new_group_is_told(oa: Oa) -> None:
    async with door_of(oa) as door:
        group = {"title": "Tổ 2", "members": ["an"], "bots": [USERNAME], "messenger": "zalo_oa"}
        await oa.stage.act("groups", **group)
        event = await door.next("create_group")
    assert event["users"] == [{"id": oa.an}]


async def test_any_other_event_can_be_sent(oa: Oa) -> None:
    async with door_of(oa) as door:
        body = {"user_id": oa.an}
        await oa.stage.act("zalo_oa/event", bot=USERNAME, name="user_withdraw", body=body)
        event = (await door.events.get()).event
    assert (event["event_name"], event["user_id"]) == ("user_withdraw", oa.an)


async def test_events_may_be_chosen(oa: Oa) -> None:
    async with door_of(oa, events=["follow"]) as door:
        await _say(oa, "a")
        await oa.stage.act("follow", person=AN, bot=USERNAME)
        assert await door.names(1) == ["follow"]


async def test_a_refused_event_comes_again_and_holds_up_no_other(oa: Oa) -> None:
    async with door_of(oa, 500, 404) as door:
        await _say(oa, "một")
        came = [await door.events.get() for _ in range(3)]
        await _say(oa, "hai")
        assert (await door.events.get()).event["message"]["text"] == "hai"
        assert (await _settled(oa))["webhook"] == door.url
    assert [each.headers.get("num_retry") for each in came] == [None, "1", "2"]
    assert len({each.raw for each in came}) == 1
    assert oa.stage.clock.slept == [30, 300]


async def test_after_the_last_try_the_webhook_is_cancelled(oa: Oa) -> None:
    async with door_of(oa, *[500] * 6) as door:
        await _say(oa, "một")
        came = [await door.events.get() for _ in range(6)]
        console = await _cancelled(oa)
        assert (console["waiting"], console["failure"]) == (0, "HTTP 500")
        await _say(oa, "không ai nghe")
        await oa.set(webhook=door.url)
        await _say(oa, "lại nghe")
        assert (await door.events.get()).event["message"]["text"] == "lại nghe"
    assert came[-1].headers["num_retry"] == "5"
    assert tuple(oa.stage.clock.slept) == PAUSES


async def test_who_is_slow_is_asked_again(oa: Oa) -> None:
    async with door_of(oa, slow=1, webhook_seconds=0.05) as door:
        await _say(oa, "một")
        assert await door.names(2) == ["user_send_text"] * 2
        assert (await _settled(oa))["failure"] == "no answer in time"


async def test_nobody_at_the_address_is_told_in_the_console(oa: Oa) -> None:
    async with door_of(oa):
        pass
    await _say(oa, "một")
    assert (await _cancelled(oa))["failure"] == "no connection"


async def test_many_events_go_out_at_once(oa: Oa) -> None:
    async with door_of(oa, slow=20) as door:
        for number in range(21):
            await _say(oa, str(number))
        assert len(await door.names(21)) == 21
