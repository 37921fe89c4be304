"""Messages to a person: what is taken, when, and what it costs."""

import pytest

from sandbox.zalo_oa import ids
from tests.sandbox.oa import USERNAME, Json, Oa
from tests.sandbox.stage import AN, BINH
from tests.sandbox.test_pictures import PNG

CS = "/v3.0/oa/message/cs"
DAY = 24 * 3600
HIDE = {"title": "Đã nhận", "type": "oa.query.hide", "payload": "ok:1"}
SHOW = {"title": "Gửi lại", "type": "oa.query.show", "payload": "gửi lại"}
URL = {"title": "Mở", "type": "oa.open.url", "payload": {"url": "https://a.vn"}}
PHONE = {"title": "Gọi", "type": "oa.open.phone", "payload": {"phone_code": "84900000000"}}
SMS = {"title": "Nhắn", "type": "oa.open.sms", "payload": {"phone_code": "8490", "content": "a"}}


def _buttons(*given: Json, **payload: object) -> Json:
    return {
        "text": "Chọn",
        "attachment": {"type": "template", "payload": {"buttons": list(given)} | payload},
    }


def _file(token: str) -> Json:
    return {"attachment": {"type": "file", "payload": {"token": token}}}


def _media(kind: str = "image", **element: str) -> Json:
    payload = {"template_type": "media", "elements": [{"media_type": kind} | element]}
    return {"text": "Ảnh", "attachment": {"type": "template", "payload": payload}}


async def _hello(oa: Oa, text: str = "xin chào") -> str:
    """An turns to the account; gives the chat."""
    return str((await oa.stage.act("say", person=AN, bot=USERNAME, text=text))["chat"])


async def test_a_text_is_delivered(oa: Oa) -> None:
    chat = await _hello(oa)
    data = await oa.call(CS, oa.to_person({"text": "Chào [@1] bạn"}))
    assert (data["user_id"], data["quota"]) == (oa.an, {"quota_type": "reply"})
    shown = await oa.last(chat)
    assert (shown["text"], shown["sender_name"]) == ("Chào [@1] bạn", "Xã Sơn Dương")
    assert data["message_id"] == ids.message_id(chat, shown["id"])


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "x" * 2001}, -210),
        ({"text": ""}, -201),
        (None, -201),
        ({"text": "a", "quote_message_id": "0" * 20}, -201),
        (_file("unknown"), -100),
        (_media(attachment_id="unknown"), -100),
        (_media("video", attachment_id="a"), -233),
        (_media(url="ftp://a.vn/b.png"), -201),
        ({"attachment": {"type": "audio", "payload": {}}}, -233),
        ({"attachment": {"type": "file"}}, -201),
        (_buttons(*[HIDE] * 6), -210),
        (_buttons(HIDE | {"payload": "x" * 1001}), -210),
        (_buttons(HIDE | {"payload": ""}), -201),
        (_buttons(HIDE | {"title": ""}), -201),
        (_buttons(HIDE | {"type": "oa.dance"}), -201),
        (_buttons(HIDE, template_type="list", elements=[{"title": "a"}]), -233),
        (_buttons(HIDE, template_type="request_user_info"), -233),
    ],
)
async def test_what_zalo_would_not_take_is_refused(oa: Oa, message: object, code: int) -> None:
    chat = await _hello(oa)
    assert await oa.fail(CS, oa.to_person(message)) == code
    assert (await oa.last(chat))["text"] == "xin chào"


async def test_a_text_of_two_thousand_letters_is_taken_however_it_is_composed(oa: Oa) -> None:
    await _hello(oa)
    await oa.call(CS, oa.to_person({"text": "e\u0302\u0301" * 2000}))


async def test_a_message_quotes_another(oa: Oa) -> None:
    chat = await _hello(oa)
    quoted = ids.message_id(chat, 1)
    await oa.call(CS, oa.to_person({"text": "Vâng", "quote_message_id": quoted}))
    assert (await oa.last(chat))["reply_to"] == 1


async def test_buttons_are_shown_and_pressed(oa: Oa) -> None:
    chat = await _hello(oa)
    await oa.call(CS, oa.to_person(_buttons(HIDE, SHOW, URL, PHONE, SMS)))
    shown = await oa.last(chat)
    assert [row[0]["text"] for row in shown["buttons"]] == [
        "Đã nhận",
        "Gửi lại",
        "Mở",
        "Gọi",
        "Nhắn",
    ]
    press = {"person": AN, "chat": chat, "message": shown["id"]}
    assert "query" in await oa.stage.act("press", **press, button="Đã nhận")
    await oa.stage.act("press", **press, button="Gửi lại")
    assert (await oa.last(chat))["text"] == "gửi lại"


async def test_which_template_carries_buttons_is_a_switch(oa: Oa) -> None:
    chat = await _hello(oa)
    await oa.set(switches={"buttons_template": False, "list_template": True})
    assert await oa.fail(CS, oa.to_person(_buttons(HIDE))) == -240
    elements = [{"title": "Văn bản mới", "subtitle": "Số 1"}]
    await oa.call(CS, oa.to_person(_buttons(HIDE, template_type="list", elements=elements)))
    shown = await oa.last(chat)
    assert (shown["text"], len(shown["buttons"])) == ("Văn bản mới\nSố 1\nChọn", 1)


@pytest.mark.parametrize(
    ("kind", "name", "field", "message"),
    [
        ("file", "a.pdf", "token", _file),
        ("image", "a.png", "attachment_id", lambda token: _media(attachment_id=token)),
    ],
)
async def test_an_upload_is_sent_for_seven_days(
    oa: Oa, kind: str, name: str, field: str, message: object
) -> None:
    assert callable(message)
    chat = await _hello(oa)
    token = (await oa.upload(kind, name, PNG))["data"][field]
    oa.stage.clock.time += 7 * DAY - 1
    await _hello(oa)
    await oa.set()
    fresh = await oa.stage.act("zalo_oa/tokens", bot=USERNAME)
    headers = {"access_token": fresh["access_token"]}
    body = oa.to_person(message(token))
    url = f"/zalo/oa{CS}"
    sent = await oa.stage.http.post(url, json=body, headers=headers)
    assert sent.json()["error"] == 0
    assert (await oa.last(chat))["file"]["name"] == name
    oa.stage.clock.time += 2
    sent = await oa.stage.http.post(url, json=body, headers=headers)
    assert sent.json()["error"] == -100


@pytest.mark.parametrize(
    ("kind", "name", "data", "code"),
    [
        ("file", "a.exe", b"x", -201),
        ("file", "a.csv", b"x", -201),
        ("file", "a.pdf", b"", -201),
        ("file", "a.pdf", b"x" * (5 * 1024 * 1024 + 1), -210),
        ("image", "a.gif", PNG, -201),
        ("image", "a.png", b"no picture", -201),
        ("image", "a.png", PNG + b"\0" * 1024 * 1024, -210),
        ("gif", "a.png", PNG, -201),
        ("video", "a.mp4", b"x", -209),
    ],
)
async def test_a_wrong_upload_is_refused(
    oa: Oa, kind: str, name: str, data: bytes, code: int
) -> None:
    assert (await oa.upload(kind, name, data))["error"] == code


async def test_uploads_of_a_month_are_counted(oa: Oa) -> None:
    await oa.set(monthly_uploads=1, switches={"csv_files": True})
    assert (await oa.upload("file", "a.csv", b"a,b"))["error"] == 0
    assert (await oa.upload("file", "b.pdf", b"%PDF"))["error"] == -211


async def _write(oa: Oa) -> Json:
    """The answer to a message, by a fresh token: the clock may have moved far."""
    pair = await oa.stage.act("zalo_oa/tokens", bot=USERNAME)
    headers = {"access_token": pair["access_token"]}
    body = oa.to_person({"text": "Nhắc bạn"})
    answer: Json = (await oa.stage.http.post(f"/zalo/oa{CS}", json=body, headers=headers)).json()
    return answer


async def test_the_window_closes_after_seven_days(oa: Oa) -> None:
    await _hello(oa)
    oa.stage.clock.time += 48 * 3600
    assert (await _write(oa))["data"]["quota"] == {"quota_type": "reply"}
    oa.stage.clock.time += 1
    quota = (await _write(oa))["data"]["quota"]
    assert (quota["quota_type"], quota["remain"], quota["total"]) == ("sub_quota", "499", "500")
    oa.stage.clock.time += 5 * DAY - 1
    assert (await _write(oa))["error"] == 0
    oa.stage.clock.time += 1
    assert (await _write(oa))["error"] == -230
    await oa.stage.act("say", person=AN, bot=USERNAME, text="còn đây")
    assert (await _write(oa))["error"] == 0


async def test_the_month_has_its_number(oa: Oa) -> None:
    await oa.set(monthly_messages=1)
    await _hello(oa)
    oa.stage.clock.time += 3 * DAY
    assert (await _write(oa))["error"] == 0
    assert (await _write(oa))["error"] == -211


async def test_free_replies_may_have_a_number(oa: Oa) -> None:
    await oa.set(switches={"replies": 2})
    await _hello(oa)
    quotas = [(await _write(oa))["data"]["quota"] for _ in range(3)]
    assert [(q["quota_type"], q["remain"]) for q in quotas] == [
        ("reply", "1"),
        ("reply", "0"),
        ("sub_quota", "499"),
    ]
    asked = await oa.call("/v3.0/oa/quota/message", {"user_id": oa.an})
    assert asked["cs_reply"] == {"remain": 0, "total": 2}
    assert asked["last_interaction"] == str(int(oa.stage.clock.time * 1000))


async def test_the_night_is_a_switch(oa: Oa) -> None:
    await oa.set(switches={"night_ban": True})
    await _hello(oa)
    oa.stage.clock.time += 12 * 3600 - (oa.stage.clock.time + 7 * 3600) % DAY
    assert (await _write(oa))["error"] == 0
    oa.stage.clock.time += 11 * 3600
    assert (await _write(oa))["error"] == -234


async def test_who_cannot_be_written_to(oa: Oa) -> None:
    assert await oa.fail(CS, oa.to_person({"text": "a"}, "1" * 18)) == -201
    assert await oa.fail(CS, {"recipient": {"user_id": 5}, "message": {"text": "a"}}) == -201
    assert await oa.fail(CS, oa.to_person({"text": "a"})) == -213
    await oa.stage.act("follow", person=AN, bot=USERNAME)
    await oa.call(CS, oa.to_person({"text": "a"}))
    await oa.stage.act("block", person=AN, bot=USERNAME)
    assert await oa.fail(CS, oa.to_person({"text": "a"})) == -213
    await oa.stage.act("deactivate", person=AN)
    assert await oa.fail(CS, oa.to_person({"text": "a"})) == -227


async def test_the_old_api_is_shut_down(oa: Oa) -> None:
    assert await oa.fail("/v2.0/oa/message", oa.to_person({"text": "a"})) == -240
    assert await oa.fail("/v3.0/oa/group/listgroup") == -209


async def test_people_are_listed_and_told(oa: Oa) -> None:
    assert (await oa.call("/v3.0/oa/user/getlist", data='{"offset":0,"count":5}'))["total"] == 0
    await _hello(oa)
    await oa.stage.act("follow", person=BINH, bot=USERNAME)
    found = await oa.call("/v3.0/oa/user/getlist", data='{"offset":0,"count":50}')
    assert {each["user_id"] for each in found["users"]} == {oa.an, oa.binh}
    followers = await oa.call("/v3.0/oa/user/getlist", data='{"is_follower":"true"}')
    assert followers["users"] == [{"user_id": oa.binh}]
    told = await oa.call("/v3.0/oa/user/detail", data=f'{{"user_id":"{oa.an}"}}')
    assert (told["display_name"], told["user_is_follower"]) == ("Lò Thị An", False)
    assert told["user_last_interaction_date"] == "21/09/2026"
    assert (await oa.call("/v2.0/oa/getoa"))["num_follower"] == 1
    await oa.stage.act("unfollow", person=BINH, bot=USERNAME)
    assert (await oa.call("/v2.0/oa/getoa"))["num_follower"] == 0


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        ("/v3.0/oa/user/getlist", '{"offset":9952,"count":1}', -210),
        ("/v3.0/oa/user/getlist", '{"offset":0,"count":51}', -210),
        ("/v3.0/oa/user/getlist", '{"offset":"x"}', -201),
        ("/v3.0/oa/user/getlist", "x", -201),
        ("/v3.0/oa/user/detail", '{"user_id":"1"}', -201),
        ("/v2.0/oa/conversation", '{"user_id":"1"}', -201),
    ],
)
async def test_a_wrong_question_is_refused(oa: Oa, path: str, data: str, code: int) -> None:
    assert await oa.fail(path, data=data) == code


async def test_a_conversation_is_read_the_newest_first(oa: Oa) -> None:
    await _hello(oa, "một")
    await oa.call(CS, oa.to_person({"text": "hai"}))
    data = f'{{"user_id":"{oa.an}","offset":0,"count":10}}'
    found = await oa.call("/v2.0/oa/conversation", data=data)
    assert [(each["src"], each["message"]) for each in found] == [(0, "hai"), (1, "một")]
    assert found[1]["from_id"] == int(oa.an)
    (recent,) = await oa.call("/v2.0/oa/listrecentchat", data='{"offset":0,"count":5}')
    assert recent["message"] == "hai"


async def test_a_journey_by_the_accounts_link(oa: Oa) -> None:
    link = (await oa.set())["link"]
    chat = (await oa.stage.act("open", person=BINH, link=link))["chat"]
    assert (await oa.stage.ask(f"/chats/{chat}"))["messenger"] == "zalo_oa"


async def test_who_is_only_in_a_group_is_told_too_and_a_stranger_is_not(oa: Oa) -> None:
    told = await oa.call("/v3.0/oa/user/detail", data=f'{{"user_id":"{oa.an}"}}')
    assert (told["display_name"], told["user_last_interaction_date"]) == ("Lò Thị An", "")
    stranger = ids.user_id((await oa.stage.act("people", name="Chi"))["id"])
    assert await oa.fail("/v3.0/oa/user/detail", data=f'{{"user_id":"{stranger}"}}') == -213
