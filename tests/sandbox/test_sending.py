import json
import struct
import zlib
from typing import Any

import httpx
import pytest

from tests.sandbox.stage import AN, BINH, BOT, GROUP, PRIVATE, TOKEN, Stage


def picture(width: int = 4, height: int = 3) -> bytes:
    """A whole grey PNG."""
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


async def upload(stage: Stage, method: str, files: Any, **fields: str) -> dict[str, Any]:
    answer = await stage.http.post(f"/bot{TOKEN}/{method}", data=fields, files=files)
    body: dict[str, Any] = answer.json()
    assert body["ok"], body
    return body


@pytest.mark.parametrize("way", ["query", "urlencoded", "json", "multipart"])
async def test_parameters_come_in_every_way(stage: Stage, way: str) -> None:
    params = {"chat_id": GROUP, "text": "<b>Đã</b> nhận", "parse_mode": "HTML"}
    path = f"/bot{TOKEN}/SENDmessage"
    requests = {
        "query": lambda: stage.http.get(path, params=params),
        "urlencoded": lambda: stage.http.post(path, data=params),
        "json": lambda: stage.http.post(path, json=params),
        "multipart": lambda: stage.http.post(path, data=params, files={"none": b"x"}),
    }
    result = (await requests[way]()).json()["result"]
    assert result["text"] == "Đã nhận"
    assert result["entities"] == [{"type": "bold", "offset": 0, "length": 2}]
    assert result["from"] == {
        "id": BOT,
        "is_bot": True,
        "first_name": "Loa",
        "username": "loa_bot",
    }
    assert result["chat"]["id"] == int(GROUP)


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "a", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"text": "a", "chat_id": ""}, "chat_id is empty"),
        ({"text": "a", "chat_id": "@loa"}, "chat not found"),
        ({"text": "a", "chat_id": -1}, "chat not found"),
        ({"text": "a", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"text": "a", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "b"}]]}},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {
                "text": "a",
                "reply_markup": {"inline_keyboard": [[{"text": "b", "callback_data": "đ" * 33}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
    ],
)
async def test_a_wrong_message_is_refused(
    stage: Stage, params: dict[str, object], problem: str
) -> None:
    status, text = await stage.fail("sendMessage", **({"chat_id": GROUP} | params))
    assert (status, text) == (400, f"Bad Request: {problem}")


async def test_the_longest_text_counts_without_its_tags(stage: Stage) -> None:
    text = "<b>" + "a" * 4096 + "</b>"
    sent = await stage.call("sendMessage", chat_id=GROUP, text=text, parse_mode="HTML")
    assert len(sent["text"]) == 4096


async def test_a_missing_answered_message_may_be_allowed(stage: Stage) -> None:
    reply = {"message_id": 99, "allow_sending_without_reply": True}
    sent = await stage.call("sendMessage", chat_id=GROUP, text="a", reply_parameters=reply)
    assert "reply_to_message" not in sent


async def test_unknown_tokens_and_methods(stage: Stage) -> None:
    for token in ("7000001:wrong", "1:a", "nonsense"):
        answer = await stage.raw("getMe", token)
        assert (answer.status_code, answer.json()) == (
            401,
            {"ok": False, "error_code": 401, "description": "Unauthorized"},
        )
    assert await stage.fail("sendTelepathy") == (404, "Not Found: method not found")
    assert (await stage.http.get("/bot")).json()["description"] == "Not Found"


async def test_a_document_comes_and_goes_whole(stage: Stage) -> None:
    await stage.act("say", person=AN, bot="loa_bot", text="xin chào")
    data = bytes(range(256)) * 100
    files = {"document": ("Kế hoạch 793.pdf", data, "application/pdf")}
    sent = (await upload(stage, "sendDocument", files, chat_id=str(AN), caption="Số 793"))["result"]
    assert sent["caption"] == "Số 793"
    document = sent["document"]
    assert (document["file_name"], document["mime_type"]) == ("Kế hoạch 793.pdf", "application/pdf")
    assert document["file_size"] == len(data)
    again = await stage.call("sendDocument", chat_id=GROUP, document=document["file_id"])
    assert again["document"] == document
    file = await stage.call("getFile", file_id=document["file_id"])
    answer = await stage.http.get(f"/file/bot{TOKEN}/{file['file_path']}")
    assert answer.content == data
    assert (await stage.http.get(f"/file/bot{TOKEN}/documents/none.pdf")).status_code == 404


async def test_a_persons_files_reach_the_bot(stage: Stage) -> None:
    form = {"person": str(AN), "bot": "loa_bot", "text": "ảnh đây"}
    await stage.http.post("/sandbox/say", data=form, files={"file": ("a.png", picture())})
    await stage.http.post(
        "/sandbox/say",
        data=form | {"as_document": "true"},
        files={"file": ("a.png", picture())},
    )
    await stage.act("say", person=AN, bot="loa_bot", sticker="👍")
    photo, document, sticker = (each["message"] for each in await stage.updates())
    (size,) = photo["photo"]
    assert (size["width"], size["height"], photo["caption"]) == (4, 3, "ảnh đây")
    assert document["document"]["file_name"] == "a.png"
    assert sticker["sticker"]["emoji"] == "👍"
    file = await stage.call("getFile", file_id=size["file_id"])
    got = await stage.http.get(f"/file/bot{TOKEN}/{file['file_path']}")
    assert got.content == picture()


@pytest.mark.parametrize(
    ("method", "params", "problem"),
    [
        ("sendDocument", {}, "there is no document in the request"),
        ("sendPhoto", {"photo": "https://a.vn/a.png"}, "failed to get HTTP URL content"),
        (
            "sendPhoto",
            {"photo": "AAAA"},
            "wrong remote file identifier specified: Wrong character in the string",
        ),
        ("getFile", {}, "file_id not specified"),
        ("getFile", {"file_id": "AAAA"}, "invalid file_id"),
    ],
)
async def test_a_wrong_file_is_refused(
    stage: Stage, method: str, params: dict[str, str], problem: str
) -> None:
    assert await stage.fail(method, chat_id=GROUP, **params) == (400, f"Bad Request: {problem}")


@pytest.mark.parametrize(
    ("method", "data", "problem"),
    [
        ("sendDocument", b"", "file must be non-empty"),
        ("sendPhoto", b"%PDF-1.7", "IMAGE_PROCESS_FAILED"),
        (
            "sendPhoto",
            bytes(10 * 1024 * 1024 + 1),
            "file of size 10485761 bytes is too big for a photo; "
            "the maximum size is 10485760 bytes",
        ),
    ],
)
async def test_a_wrong_upload_is_refused(
    stage: Stage, method: str, data: bytes, problem: str
) -> None:
    files = {method.removeprefix("send").lower(): ("a", data)}
    answer = await stage.http.post(f"/bot{TOKEN}/{method}", data={"chat_id": GROUP}, files=files)
    assert answer.json()["description"] == f"Bad Request: {problem}"


async def test_files_over_telegrams_limits(stage: Stage) -> None:
    async def send(size: int) -> httpx.Response:
        return await stage.http.post(
            f"/bot{TOKEN}/sendDocument",
            data={"chat_id": GROUP},
            files={"document": ("a.bin", bytes(size))},
        )

    big = (await send(20 * 1024 * 1024 + 1)).json()["result"]["document"]
    assert await stage.fail("getFile", file_id=big["file_id"]) == (
        400,
        "Bad Request: file is too big",
    )
    for size in (50 * 1024 * 1024 + 1, 52 * 1024 * 1024):
        answer = await send(size)
        assert (answer.status_code, answer.json()["description"]) == (
            413,
            "Request Entity Too Large",
        )


async def test_an_album_is_sent_whole_or_not_at_all(stage: Stage) -> None:
    media: list[dict[str, str]] = [
        {"type": "photo", "media": "attach://one", "caption": "<i>Một</i>", "parse_mode": "HTML"},
        {"type": "photo", "media": "attach://two"},
    ]
    files = {"one": ("1.png", picture(5)), "two": ("2.png", picture(6))}
    sent = await upload(stage, "sendMediaGroup", files, chat_id=GROUP, media=json.dumps(media))
    first, second = sent["result"]
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], second["photo"][0]["width"]) == ("Một", 6)
    media[1]["media"] = "attach://three"
    answer = await stage.http.post(
        f"/bot{TOKEN}/sendMediaGroup",
        data={"chat_id": GROUP, "media": json.dumps(media)},
        files=files,
    )
    assert answer.status_code == 400
    assert len((await stage.ask(f"/chats/{GROUP}/messages"))["messages"]) == 2


async def test_a_person_must_come_first(stage: Stage) -> None:
    stranger = await stage.act("people", name="Người lạ")
    assert await stage.fail("sendMessage", chat_id=stranger["id"], text="a") == (
        400,
        "Bad Request: chat not found",
    )
    assert await stage.fail("sendMessage", chat_id=BINH, text="a") == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )
    await stage.act("say", person=BINH, bot="loa_bot", text="/start")
    await stage.call("sendMessage", chat_id=BINH, text="a")


async def test_blocking_and_leaving_for_good(stage: Stage) -> None:
    await stage.act("say", person=AN, bot="loa_bot", text="/start")
    await stage.act("block", person=AN, bot="loa_bot")
    assert await stage.fail("sendMessage", chat_id=AN, text="a") == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    await stage.act("unblock", person=AN, bot="loa_bot")
    await stage.call("sendMessage", chat_id=AN, text="a")
    changes = [each["my_chat_member"] for each in (await stage.updates())[1:]]
    states = [each["new_chat_member"]["status"] for each in changes]
    assert states == ["kicked", "member"]
    assert changes[0]["chat"]["type"] == "private"
    await stage.act("deactivate", person=AN)
    assert await stage.fail("sendMessage", chat_id=AN, text="a") == (
        403,
        "Forbidden: user is deactivated",
    )


async def test_a_poll_is_voted_in(stage: Stage) -> None:
    options = ["Sáng", {"text": "Chiều"}]
    sent = await stage.call(
        "sendPoll", chat_id=GROUP, question="Họp khi nào?", options=options, is_anonymous=False
    )
    assert [each["text"] for each in sent["poll"]["options"]] == ["Sáng", "Chiều"]
    await stage.act("vote", person=AN, chat=GROUP, message=sent["message_id"], options=[1])
    count, answer = await stage.updates()
    assert [each["voter_count"] for each in count["poll"]["options"]] == [0, 1]
    assert (answer["poll_answer"]["user"]["id"], answer["poll_answer"]["option_ids"]) == (AN, [1])
    closed = await stage.call("stopPoll", chat_id=GROUP, message_id=sent["message_id"])
    assert (closed["is_closed"], closed["total_voter_count"]) == (True, 1)


async def test_forwards_name_their_origin_and_copies_do_not(stage: Stage) -> None:
    said = await stage.act("say", person=AN, bot="loa_bot", text="Cách làm hay")
    source = {"chat_id": GROUP, "from_chat_id": AN, "message_id": said["id"]}
    forwarded = await stage.call("forwardMessage", **source)
    assert forwarded["forward_origin"]["sender_user"]["id"] == AN
    copied = await stage.call("copyMessage", **source)
    (copy,) = (await stage.ask(f"/chats/{GROUP}/messages?limit=1"))["messages"]
    assert (copy["id"], copy["text"]) == (copied["message_id"], "Cách làm hay")
    assert "origin" not in copy
    assert (await stage.fail("copyMessage", **(source | {"message_id": 99})))[1] == (
        "Bad Request: message to copy not found"
    )


async def test_a_chat_action_is_checked(stage: Stage) -> None:
    assert await stage.call("sendChatAction", chat_id=GROUP, action="typing") is True
    assert (await stage.fail("sendChatAction", chat_id=GROUP, action="dancing"))[0] == 400


async def test_what_the_bot_sends_is_seen_by_people(stage: Stage) -> None:
    keyboard = {"keyboard": [[{"text": "Có"}, "Không"]], "one_time_keyboard": True}
    await stage.act("say", person=AN, bot="loa_bot", text="/start")
    seq = (await stage.ask(""))["seq"]
    await stage.call("sendMessage", chat_id=AN, text="Có họp?", reply_markup=keyboard)
    (seen,) = (await stage.ask(f"/chats/{PRIVATE}/messages?after={seq}&wait=5"))["messages"]
    assert seen["keyboard"] == {"rows": [["Có", "Không"]], "one_time": True}
