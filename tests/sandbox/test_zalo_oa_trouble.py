"""Limits, faults, the console, and a restart."""

from pathlib import Path

import httpx
import pytest

from tests.sandbox.oa import USERNAME, Json, Oa, oa_on
from tests.sandbox.stage import AN, TOKEN, on_stage

SEND = "/v3.0/oa/group/message"


async def _send(oa: Oa) -> httpx.Response:
    return await oa.raw(SEND, oa.to_group({"text": "a"}))


async def _count(oa: Oa) -> int:
    return len((await oa.stage.ask(f"/chats/{oa.chat}/messages"))["messages"])


async def test_the_rate_has_its_limit(oa: Oa) -> None:
    await oa.set(rate=3)
    answers = [await oa.raw("/v2.0/oa/getoa") for _ in range(4)]
    assert [each.json()["error"] for each in answers] == [0, 0, 0, -32]
    left = [each.headers["X-RateLimit-Remain"] for each in answers]
    assert left == ["2", "1", "0", "0"]
    assert answers[0].headers["X-RateLimit-Limit"] == "3"
    oa.stage.clock.time += 60
    assert (await oa.raw("/v2.0/oa/getoa")).json()["error"] == 0
    tally = (await oa.stage.ask("/limits"))["bots"][USERNAME]
    assert (tally["calls"], tally["too_many_bot"]) == (4, 1)
    await oa.set(rate=0)
    assert "X-RateLimit-Limit" not in (await oa.raw("/v2.0/oa/getoa")).headers


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        ({"kind": "429"}, 200, '"error":-32'),
        ({"kind": "revoked"}, 200, '"error":-216'),
        ({"kind": "error", "code": -224}, 200, '"error":-224'),
        ({"kind": "error", "code": -9999}, 200, '"error":-9999'),
        ({"kind": "500"}, 500, '"error":-1'),
        ({"kind": "502"}, 502, "<h1>502 Bad Gateway</h1>"),
        ({"kind": "504"}, 504, "<h1>504 Gateway Time-out</h1>"),
        ({"kind": "garbage"}, 200, '{"ok":true,"resul'),
    ],
)
@pytest.mark.parametrize("taken", [False, True])
async def test_an_answer_is_spoiled(
    oa: Oa, fault: Json, status: int, text: str, *, taken: bool
) -> None:
    await oa.stage.act("faults", **fault, chat=oa.group, taken=taken, times=1)
    answer = await _send(oa)
    assert answer.status_code == status
    assert text in answer.text
    assert await _count(oa) == taken
    assert (await _send(oa)).json()["error"] == 0
    tally = (await oa.stage.ask("/limits"))["bots"][USERNAME]
    assert (tally["faults"], tally["messages"]) == (1, 1 + taken)


@pytest.mark.parametrize("kind", ["timeout", "drop", "cut"])
async def test_no_whole_answer_comes(oa: Oa, kind: str) -> None:
    await oa.stage.act("faults", kind=kind, bot=USERNAME, times=1)
    with pytest.raises(httpx.TransportError):
        await _send(oa)
    assert (await _send(oa)).json()["error"] == 0


@pytest.mark.parametrize(("kind", "code"), [("kicked", -403), ("disabled", -237)])
async def test_the_world_changes_just_before(oa: Oa, kind: str, code: int) -> None:
    await oa.stage.act("faults", kind=kind, chat=oa.group, times=1)
    assert (await _send(oa)).json()["error"] == code
    assert (await _send(oa)).json()["error"] == code


@pytest.mark.parametrize(("kind", "code"), [("blocked", -213), ("deactivated", -227)])
async def test_a_person_turns_away_just_before(oa: Oa, kind: str, code: int) -> None:
    await oa.stage.act("say", person=AN, bot=USERNAME, text="a")
    await oa.stage.act("faults", kind=kind, chat=oa.an, times=1)
    body = oa.to_person({"text": "a"})
    assert await oa.fail("/v3.0/oa/message/cs", body) == code


async def test_a_fault_of_other_methods_leaves_messages_alone(oa: Oa) -> None:
    await oa.stage.act("faults", kind="500", methods=["group/listmember"])
    assert (await _send(oa)).json()["error"] == 0
    answer = await oa.raw("/v3.0/oa/group/listmember", group_id=oa.group)
    assert answer.status_code == 500


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"bot": USERNAME, "rates": 5}, "rates: no such setting"),
        ({"bot": USERNAME, "switches": {"hash": True}}, "hash: no such setting"),
        ({"bot": USERNAME, "rate": "viele"}, "rate: Input should be a valid integer"),
        ({"bot": USERNAME, "switches": {"signed_with": "me"}}, "switches.signed_with"),
        ({"bot": "loa_bot", "rate": 5}, "@loa_bot is no Official Account"),
        ({}, "there is no bot ''"),
    ],
)
async def test_a_wrong_setting_is_named(oa: Oa, body: Json, problem: str) -> None:
    answer = await oa.stage.http.post("/sandbox/zalo_oa", json=body)
    assert answer.status_code in (400, 404, 409)
    assert problem in answer.json()["error"]


async def test_settings_are_changed_one_by_one(oa: Oa) -> None:
    await oa.set(rate=7, switches={"only_hash": True})
    console = await oa.set(monthly_messages=9, switches={"replies": 8})
    assert (console["rate"], console["monthly_messages"]) == (7, 9)
    assert (console["switches"]["only_hash"], console["switches"]["replies"]) == (True, 8)


async def test_the_messengers_are_kept_apart(oa: Oa) -> None:
    bots = (await oa.stage.ask(""))["bots"]
    token = next(each["token"] for each in bots if each["username"] == USERNAME)
    assert (await oa.stage.fail("getMe", token=token))[0] == 401
    assert (await oa.stage.fail("sendMessage", chat_id=oa.chat, text="a"))[0] == 400
    add = {"chat": oa.chat, "bot": "loa_bot", "by": AN}
    assert (await oa.stage.http.post("/sandbox/add", json=add)).status_code == 409
    await oa.stage.act("say", person=AN, chat=oa.chat, text="/a")
    assert await oa.stage.updates(TOKEN) == []


async def test_what_cannot_be_read_is_refused(oa: Oa) -> None:
    headers = {"access_token": oa.access, "content-type": "application/json"}
    answer = await oa.stage.http.post(f"/zalo/oa{SEND}", content=b"[1", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (200, -201)
    assert (await oa.stage.http.get("/zalo/oa/files/none/a.pdf")).status_code == 404


async def test_a_restart_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        oa = await oa_on(stage)
        await stage.act("say", person=AN, bot=USERNAME, text="một")
        await oa.set(rate=9, webhook="http://127.0.0.1:9/nobody", switches={"replies": 8})
        token = (await oa.upload("file", "a.pdf", b"%PDF"))["data"]["token"]
        await oa.call("/v3.0/oa/message/cs", oa.to_person({"text": "hai"}))
        await oa.call("/v3.0/oa/group/updateinfo", {"group_id": oa.group, "join_appr": True})
        groups = await oa.call("/v3.0/oa/group/getgroupsofoa")
    async with on_stage(tmp_path, empty=True) as stage:
        again = Oa(stage, *(getattr(oa, each) for each in Oa.__match_args__[1:]))
        file = {"attachment": {"type": "file", "payload": {"token": token}}}
        sent = await again.call("/v3.0/oa/message/cs", again.to_person(file))
        assert sent["quota"] == {"quota_type": "reply", "remain": "6", "total": "8"}
        assert await again.call("/v3.0/oa/group/getgroupsofoa") == groups
        told = await again.call("/v3.0/oa/group/getgroup", group_id=oa.group)
        assert told["group_setting"]["join_appr"] is True
        assert (await again.raw("/v2.0/oa/getoa")).headers["X-RateLimit-Limit"] == "9"
