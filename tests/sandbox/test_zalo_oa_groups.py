"""GMF groups: their making, their members, and what is said in them."""

import pytest

from sandbox.zalo_oa import ids
from tests.sandbox.oa import USERNAME, Json, Oa
from tests.sandbox.stage import AN, BINH

SEND = "/v3.0/oa/group/message"
GROUP = "/v3.0/oa/group"


async def _person(oa: Oa, *, follows: bool = True) -> str:
    """The user_id of someone new."""
    made = await oa.stage.act("people", name="Chi", key="chi")
    if follows:
        await oa.stage.act("follow", person=made["id"], bot=USERNAME)
    return ids.user_id(made["id"])


def _users(oa: Oa, *users: str) -> Json:
    return {"group_id": oa.group, "member_user_ids": list(users)}


async def _members(oa: Oa, group: str = "") -> list[str]:
    found = await oa.call(f"{GROUP}/listmember", group_id=group or oa.group, offset=0, count=50)
    return [each.get("user_id") or each["oa_id"] for each in found["members"]]


async def _asset(oa: Oa) -> str:
    console = await oa.stage.ask(f"/zalo_oa/of/{USERNAME}")
    return str(console["assets"][0]["id"])


async def test_a_text_mentions_one_and_all(oa: Oa) -> None:
    text = f"[@{oa.an}] nhắc [@{oa.group}] và [@{'1' * 18}]"
    data = await oa.call(SEND, oa.to_group({"text": text}))
    assert data["group_id"] == oa.group
    shown = await oa.last(oa.chat)
    assert shown["text"] == f"@Lò Thị An nhắc @Tất cả và [@{'1' * 18}]"
    assert [(e["type"], e["offset"], e["length"], e["user"]) for e in shown["entities"]] == [
        ("text_mention", 0, 10, AN),
        ("text_mention", 16, 7, -1),
    ]


async def test_a_file_is_sent_and_buttons_are_not(oa: Oa) -> None:
    token = (await oa.upload("file", "a.pdf", b"%PDF"))["data"]["token"]
    file = {"attachment": {"type": "file", "payload": {"token": token}}}
    await oa.call(SEND, oa.to_group(file))
    assert (await oa.last(oa.chat))["file"]["name"] == "a.pdf"
    button = {"title": "a", "type": "oa.query.hide", "payload": "b"}
    buttons = {"type": "template", "payload": {"buttons": [button]}}
    assert await oa.fail(SEND, oa.to_group({"text": "a", "attachment": buttons})) == -233


async def test_a_group_needs_no_window(oa: Oa) -> None:
    oa.stage.clock.time += 24 * 3600
    await oa.call(SEND, oa.to_group({"text": "a"}))


async def test_where_one_cannot_write(oa: Oa) -> None:
    text = {"text": "a"}
    assert await oa.fail(SEND, oa.to_group(text, "0" * 20)) == -201
    assert await oa.fail(SEND, {"message": text}) == -201
    await oa.stage.act("zalo_oa/group", chat=oa.chat, enabled=False)
    assert await oa.fail(SEND, oa.to_group(text)) == -237
    told = await oa.call(f"{GROUP}/getgroup", group_id=oa.group)
    assert told["group_info"]["status"] == "disabled"
    await oa.stage.act("zalo_oa/group", chat=oa.chat, enabled=True)
    await oa.stage.act("remove", chat=oa.chat, bot=USERNAME, by=AN)
    assert await oa.fail(SEND, oa.to_group(text)) == -403


async def test_a_group_is_made_and_listed(oa: Oa) -> None:
    chi, asset = await _person(oa), await _asset(oa)
    body = {"group_name": "Tổ 9", "group_description": "của xã", "asset_id": asset}
    made = await oa.call(f"{GROUP}/creategroupwithoa", body | {"member_user_ids": [chi]})
    assert (made["name"], made["total_member"], made["status"]) == ("Tổ 9", 2, "enabled")
    assert set(await _members(oa, made["group_id"])) == {chi, oa.oa_id}
    found = await oa.call(f"{GROUP}/getgroupsofoa", offset=0, count=5)
    assert [each["name"] for each in found["groups"]] == ["Tổ Zalo 1", "Tổ 9"]
    assert found["groups"][1] == made
    assert await oa.fail(f"{GROUP}/creategroupwithoa", body | {"member_user_ids": [chi]}) == -238
    (place,) = await oa.call("/v3.0/oa/quota/group", {"product_type": "gmf100"})
    assert (place["status"], place["used_id"]) == ("used", made["group_id"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"asset_id": "nobody's"}, -201),
        ({"member_user_ids": []}, -201),
        ({"member_user_ids": ["1" * 18]}, -201),
        ({"group_name": ""}, -201),
    ],
)
async def test_a_wrong_group_is_not_made(oa: Oa, change: Json, code: int) -> None:
    body = {"group_name": "a", "asset_id": await _asset(oa), "member_user_ids": [await _person(oa)]}
    assert await oa.fail(f"{GROUP}/creategroupwithoa", body | change) == code
    assert (await oa.call(f"{GROUP}/getgroupsofoa"))["total"] == 1


async def test_a_new_group_needs_an_administrator_of_the_account(oa: Oa) -> None:
    chi, path = await _person(oa), f"{GROUP}/creategroupwithoa"
    await oa.set(admins=[AN])
    body = {"group_name": "a", "asset_id": await _asset(oa), "member_user_ids": [chi]}
    assert await oa.fail(path, body) == -201
    assert await oa.fail(path, body | {"member_user_ids": [chi, oa.an]}) == -213
    await oa.stage.act("follow", person=AN, bot=USERNAME)
    await oa.call(path, body | {"member_user_ids": [chi, oa.an]})


async def test_a_full_group_takes_nobody(oa: Oa) -> None:
    await oa.set(assets=[{"id": "small", "product": "gmf10"}])
    people = [{"name": f"Người {n}", "key": f"p{n}"} for n in range(10)]
    made = (await oa.stage.act("bulk", people=people))["people"]
    for each in made:
        await oa.stage.act("follow", person=each, bot=USERNAME)
    users = [ids.user_id(each) for each in made]
    body = {"group_name": "a", "asset_id": "small", "member_user_ids": users}
    assert await oa.fail(f"{GROUP}/creategroupwithoa", body) == -210
    group = await oa.call(f"{GROUP}/creategroupwithoa", body | {"member_user_ids": users[:9]})
    more = {"group_id": group["group_id"], "member_user_ids": users[9:]}
    assert await oa.fail(f"{GROUP}/invite", more) == -210


async def test_people_are_invited_and_removed(oa: Oa) -> None:
    chi = await _person(oa, follows=False)
    assert await oa.fail(f"{GROUP}/invite", _users(oa, chi)) == -213
    await _person(oa)
    await oa.call(f"{GROUP}/invite", _users(oa, chi))
    await oa.call(f"{GROUP}/invite", _users(oa, chi))
    assert (await _members(oa)).count(chi) == 1
    await oa.call(f"{GROUP}/removemembers", _users(oa, chi))
    assert chi not in await _members(oa)
    assert await oa.fail(f"{GROUP}/removemembers", _users(oa, chi)) == -201


async def test_who_blocks_the_account_is_not_invited(oa: Oa) -> None:
    chi = await _person(oa)
    person = next(p for p, user in (await _ids(oa)).items() if user == chi)
    await oa.stage.act("block", person=int(person), bot=USERNAME)
    assert await oa.fail(f"{GROUP}/invite", _users(oa, chi)) == -217


async def _ids(oa: Oa) -> dict[str, str]:
    found: dict[str, str] = (await oa.stage.ask("/zalo_oa/ids"))["people"]
    return found


async def test_who_comes_by_the_link_may_have_to_wait(oa: Oa) -> None:
    chi = await _person(oa)
    person = int(next(p for p, user in (await _ids(oa)).items() if user == chi))
    told = await oa.call(f"{GROUP}/getgroup", group_id=oa.group)
    link = told["group_info"]["group_link"]
    body = {"group_id": oa.group, "join_appr": True, "group_name": "Tổ mới"}
    told = await oa.call(f"{GROUP}/updateinfo", body)
    assert (told["group_setting"]["join_appr"], told["group_info"]["name"]) == (True, "Tổ mới")
    assert told["asset_info"]["asset_type"] == "gmf100"
    await oa.stage.act("open", person=person, link=link)
    pending = await oa.call(f"{GROUP}/listpendinginvite", group_id=oa.group)
    assert [each["user_id"] for each in pending["members"]] == [chi]
    await oa.call(f"{GROUP}/acceptpendinginvite", _users(oa, chi))
    assert chi in await _members(oa)
    assert await oa.fail(f"{GROUP}/acceptpendinginvite", _users(oa, chi)) == -201
    assert await oa.fail(f"{GROUP}/rejectpendinginvite", _users(oa, chi)) == -201


async def test_a_link_that_lets_nobody_in(oa: Oa) -> None:
    await _person(oa)
    link = (await oa.stage.act("zalo_oa/group", chat=oa.chat, by_link=False))["link"]
    answer = await oa.stage.http.post("/sandbox/open", json={"person": BINH + 1, "link": link})
    assert answer.status_code == 403


async def test_in_a_locked_group_only_administrators_speak(oa: Oa) -> None:
    await oa.call(f"{GROUP}/updateinfo", {"group_id": oa.group, "lock_send_msg": "true"})
    say = {"person": BINH, "chat": oa.chat, "text": "a"}
    assert (await oa.stage.http.post("/sandbox/say", json=say)).status_code == 403
    await oa.call(f"{GROUP}/addadmins", _users(oa, oa.binh))
    await oa.stage.act("say", **say)
    await oa.call(f"{GROUP}/removeadmins", _users(oa, oa.binh))
    assert (await oa.stage.http.post("/sandbox/say", json=say)).status_code == 403
    await oa.call(SEND, oa.to_group({"text": "OA vẫn nói"}))


async def test_a_deleted_group_is_gone(oa: Oa) -> None:
    await oa.call(f"{GROUP}/delete", {"group_id": oa.group})
    assert await oa.fail(SEND, oa.to_group({"text": "a"})) == -201
    assert (await oa.call(f"{GROUP}/getgroupsofoa"))["total"] == 0
    say = {"person": AN, "chat": oa.chat, "text": "a"}
    assert (await oa.stage.http.post("/sandbox/say", json=say)).status_code == 409


async def test_a_group_moves_to_another_asset(oa: Oa) -> None:
    await oa.set(assets=[{"id": "big", "product": "gmf1000"}])
    body = {"group_id": oa.group, "asset_id": "big"}
    told = await oa.call(f"{GROUP}/updateasset", body)
    assert (told["asset_info"]["asset_id"], told["group_info"]["max_member"]) == ("big", "1000")
    assert await oa.fail(f"{GROUP}/updateasset", body) == -238


async def test_members_are_listed_with_their_names_by_pages(oa: Oa) -> None:
    found = await oa.call(f"{GROUP}/listmember", group_id=oa.group, offset=1, count=1)
    assert (found["total"], found["member_count"], found["offset"]) == (3, 1, 1)
    assert found["members"][0]["name"] == "Đỗ Văn Bình"
    assert await oa.fail(f"{GROUP}/listmember", group_id=oa.group, count="x") == -201
    assert await oa.fail(f"{GROUP}/listmember") == -201


async def test_what_was_said_is_read(oa: Oa) -> None:
    await oa.stage.act("say", person=AN, chat=oa.chat, text="chào @Đỗ Văn Bình")
    await oa.call(SEND, oa.to_group({"text": "vâng"}))
    found = await oa.call(f"{GROUP}/conversation", group_id=oa.group, offset=0, count=5)
    assert [(each["src"], each["message"]) for each in found] == [
        (0, "vâng"),
        (1, f"chào [@{oa.binh}]"),
    ]
    assert (found[1]["from_id"], found[1]["from_display_name"]) == (oa.an, "Lò Thị An")
    (recent,) = await oa.call(f"{GROUP}/listrecentchat", offset=0, count=5)
    assert (recent["group_id"], recent["message"]) == (oa.group, "vâng")
