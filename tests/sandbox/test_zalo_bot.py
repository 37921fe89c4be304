"""The pretend Bot Platform as plain HTTP: who the bot is, what it sends, and what it is refused."""

import asyncio

import pytest

from sandbox.zalo_bot.formatting import markdown
from tests.sandbox.stage import AN, BINH, Stage
from tests.sandbox.test_sending import picture
from tests.sandbox.zalo_bot_stage import AN_ID, BINH_ID, PRIVATE, TOKEN, ZaloStage, with_zalo


@pytest.fixture
def zalo(stage: Stage, runner: asyncio.Runner) -> ZaloStage:
    return runner.run(with_zalo(stage))


async def test_a_bot_is_told_who_it_is_but_not_its_name(zalo: ZaloStage) -> None:
    me = await zalo.call("getMe")
    assert (me["account_name"], me["account_type"]) == ("bot.bot_loa", "BASIC")
    assert me["can_join_groups"] is True
    assert len(me["id"]) == 18
    assert "display_name" not in me


@pytest.mark.parametrize(
    ("method", "token", "status", "code"),
    [
        ("getMe", "7100001:other", 200, 401),
        ("getMe", "7000001:secret", 200, 401),  # Telegram's bot
        ("getme", TOKEN, 404, 404),
        ("sendDocument", TOKEN, 404, 404),
        ("sendMessage", TOKEN, 400, 400),
    ],
)
async def test_a_wrong_call_is_refused(
    zalo: ZaloStage, method: str, token: str, status: int, code: int
) -> None:
    found = await zalo.fail(method, token=token)
    assert found[:2] == (status, code)


async def test_telegram_does_not_know_the_bot(zalo: ZaloStage, stage: Stage) -> None:
    assert (await stage.raw("getMe", TOKEN)).status_code == 401
    mixed = {"title": "Nhóm", "members": ["an"], "bots": ["loa_bot"], "messenger": "zalo_bot"}
    assert (await stage.http.post("/sandbox/groups", json=mixed)).status_code == 409


@pytest.mark.parametrize("method", ["get", "form", "json", "multipart"])
async def test_parameters_come_in_every_way(zalo: ZaloStage, stage: Stage, method: str) -> None:
    params = {"chat_id": zalo.group_id, "text": "Chào cả tổ & bạn"}
    url = f"/zalo/bot/bot{TOKEN}/sendMessage"
    match method:
        case "get":
            answer = await stage.http.get(url, params=params)
        case "form":
            answer = await stage.http.post(url, data=params)
        case "multipart":
            answer = await stage.http.post(url, files=[(n, (None, v)) for n, v in params.items()])
        case _:
            answer = await stage.http.post(url, json=params)
    result = answer.json()["result"]
    assert len(result["message_id"]) == 20
    assert result["date"] % 1000 == 0
    assert (await zalo.seen())["text"] == "Chào cả tổ & bạn"


async def test_a_person_is_written_to_only_after_meeting_the_bot(zalo: ZaloStage) -> None:
    assert (await zalo.fail("sendMessage", chat_id=AN_ID, text="a"))[1] == 404
    await zalo.say("chào")
    await zalo.call("sendMessage", chat_id=AN_ID, text="Chào bạn")
    assert (await zalo.seen(PRIVATE))["text"] == "Chào bạn"
    await zalo.stage.act("block", person=AN, bot="bot_loa")
    assert (await zalo.fail("sendMessage", chat_id=AN_ID, text="a"))[1] == 404
    assert (await zalo.fail("sendMessage", chat_id=BINH_ID, text="a"))[1] == 404


@pytest.mark.parametrize(
    ("text", "fits"), [("a" * 2000, True), ("a" * 2001, False), ("🙂" * 1001, False), (" ", False)]
)
@pytest.mark.parametrize("error_status", ["code", "200"])
async def test_a_text_has_at_most_2000_units(
    zalo: ZaloStage, text: str, error_status: str, *, fits: bool
) -> None:
    await zalo.rule(error_status=error_status)
    answer = await zalo.raw("sendMessage", chat_id=zalo.group_id, text=text)
    assert answer.json()["ok"] is fits
    assert answer.status_code == (200 if fits or error_status == "200" else 400)


async def test_styles_are_shown_and_signs_stay_as_they_are(zalo: ZaloStage) -> None:
    styles = [{"start": 3, "len": 2, "st": ["b", "c_db342e"]}]
    await zalo.call("sendMessage", chat_id=zalo.group_id, text="🙂 số **9**", text_styles=styles)
    seen = await zalo.seen()
    assert seen["text"] == "🙂 số **9**"
    assert seen["entities"] == [{"type": "bold", "offset": 3, "length": 2}]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("**Số 9** và *nghiêng*", "Số 9 và nghiêng", [("bold", 0, 4), ("italic", 8, 7)]),
        ("🙂 ~~bỏ~~ `ma`", "🙂 bỏ ma", [("code", 6, 2), ("strikethrough", 3, 2)]),
        ("***cả hai***", "cả hai", [("bold", 0, 6), ("italic", 0, 6)]),
        ("{underline}dưới{/} 2*3", "dưới 2*3", [("underline", 0, 4)]),
    ],
)
def test_markdown_is_read(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    shown, found = markdown(source)
    assert shown == text
    assert sorted((each.type, each.offset, each.length) for each in found) == entities


async def test_a_photo_is_fetched_from_its_address(zalo: ZaloStage, stage: Stage) -> None:
    await zalo.upload(("a.png", picture(), "image/png"))
    url = (await zalo.next())["message"]["photo"]
    await zalo.call("sendPhoto", chat_id=zalo.group_id, photo=url, caption="Ảnh tổ")
    seen = await zalo.seen()
    assert (seen["text"], seen["file"]["kind"]) == ("Ảnh tổ", "photo")
    bare = f"{stage.running.url}/sandbox"
    for wrong in (f"{url}0/none", bare, "ftp://x/a.png", "http://127.0.0.1:1/a.png"):
        found = await zalo.fail("sendPhoto", chat_id=zalo.group_id, photo=wrong)
        assert found[1] == 400
    answer = await stage.http.post(
        f"/zalo/bot/bot{TOKEN}/sendPhoto",
        data={"chat_id": zalo.group_id},
        files={"photo": ("a.png", picture(), "image/png")},
    )
    assert answer.json()["error_code"] == 400


async def test_a_voice_arrives_in_private_only(zalo: ZaloStage) -> None:
    await zalo.say("chào")
    await zalo.upload(("a.png", picture(), "image/png"))
    await zalo.next()
    url = (await zalo.next())["message"]["photo"]
    for chat_id in (AN_ID, zalo.group_id):
        assert (await zalo.call("sendVoice", chat_id=chat_id, voice_url=url))["message_id"]
    assert (await zalo.seen(PRIVATE))["file"]["kind"] == "voice"
    page = await zalo.stage.ask(f"/chats/{zalo.group}/messages")
    assert page["messages"] == []


async def test_a_sticker_and_the_sign_of_typing(zalo: ZaloStage) -> None:
    await zalo.call("sendSticker", chat_id=zalo.group_id, sticker="0e078a2fb66a5f34067b")
    assert (await zalo.seen())["file"]["kind"] == "sticker"
    assert await zalo.call("sendChatAction", chat_id=zalo.group_id, action="typing") is None
    assert (await zalo.fail("sendChatAction", chat_id=zalo.group_id, action="x"))[1] == 400


@pytest.mark.parametrize(("counts", "left"), [("outbound", 2), ("both", 1)])
async def test_the_month_has_its_budget(zalo: ZaloStage, counts: str, left: int) -> None:
    await zalo.rule(monthly=3, counts=counts)
    await zalo.say("chào")
    await zalo.call("sendMessage", chat_id=AN_ID, text="a")
    told = (await zalo.stage.ask("/zalo_bot"))["bots"]["bot_loa"]
    assert (told["sent"], told["heard"], told["left"]) == (1, 1, left)
    for _ in range(left):
        await zalo.call("sendMessage", chat_id=AN_ID, text="a")
    assert (await zalo.fail("sendMessage", chat_id=AN_ID, text="a"))[:2] == (429, 429)
    zalo.stage.clock.time += 31 * 24 * 3600
    await zalo.call("sendMessage", chat_id=AN_ID, text="a")


async def test_a_bot_has_three_groups_and_fifty_people(zalo: ZaloStage, stage: Stage) -> None:
    new = {"title": "Nhóm", "members": ["an"], "bots": ["bot_loa"], "messenger": "zalo_bot"}
    answers = [await stage.http.post("/sandbox/groups", json=new) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 409]
    people = [{"name": f"Người {n}", "key": f"n{n}"} for n in range(50)]
    made = (await stage.act("bulk", people=people))["people"]
    for person in [*made[:49], AN]:
        await zalo.say("chào", person)
    last = {"person": made[49], "bot": "bot_loa", "text": "chào"}
    assert (await stage.http.post("/sandbox/say", json=last)).status_code == 409


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("429", 429, 429), ("500", 403, 403), ("revoked", 200, 401), ("502", 502, 0)],
)
async def test_an_answer_is_spoiled(zalo: ZaloStage, fault: str, status: int, code: int) -> None:
    await zalo.stage.act("faults", kind=fault, bot="bot_loa", times=1)
    answer = await zalo.raw("sendMessage", chat_id=zalo.group_id, text="a")
    assert answer.status_code == status
    if code:
        assert answer.json()["error_code"] == code
    assert (await zalo.raw("sendMessage", chat_id=zalo.group_id, text="a")).json()["ok"]


async def test_a_group_loses_its_bot(zalo: ZaloStage) -> None:
    await zalo.stage.act("faults", kind="kicked", bot="bot_loa", times=1)
    assert (await zalo.fail("sendMessage", chat_id=zalo.group_id, text="a"))[1] == 404


async def test_only_a_founder_adds_the_bot_by_its_link(zalo: ZaloStage, stage: Stage) -> None:
    link = (await stage.ask("/zalo_bot"))["bots"]["bot_loa"]["link"]
    new = {"title": "Nhóm", "members": ["an", "binh"], "messenger": "zalo_bot"}
    group = (await stage.act("groups", **new))["id"]
    refused = {"person": BINH, "link": link, "chat": group}
    assert (await stage.http.post("/sandbox/open", json=refused)).status_code == 403
    await stage.act("open", person=AN, link=link, chat=group)
    assert await zalo.nothing()
    assert (await stage.act("open", person=AN, link=link))["chat"] == PRIVATE
