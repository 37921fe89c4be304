"""What updates say, and what they cannot make us believe."""

import random
from typing import Any

import pytest

from bot.channels.zalo_bot_updates import key_of, parse, spoken
from bot.receive import BadUpdate
from domain.message import ChatKind, FileIn, FileKind, Ignored, Message

NAME = "Bot Loa Sơn Dương"


def _update(what: Any = "text", **changes: Any) -> dict[str, Any]:
    message: dict[str, Any] = {
        "date": 1775362520302,
        "chat": {"chat_type": "PRIVATE", "id": "818e7bf147beaee0f7af"},
        "message_id": "261de7b845d153890ac6",
        "from": {"id": "818e7bf147beaee0f7af", "is_bot": False, "display_name": "Nguyen Van A"},
        "text": "Xin chao",
    }
    return {"event_name": f"message.{what}.received", "message": message | changes}


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_body_is_flat_or_wrapped(*, wrapped: bool) -> None:
    raw = {"ok": True, "result": _update()} if wrapped else _update()
    assert key_of(raw) == "261de7b845d153890ac6"
    message = parse(raw, NAME)
    assert isinstance(message, Message)
    assert (message.text, message.sender.name) == ("Xin chao", "Nguyen Van A")


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("@Bot Loa Sơn Dương bao giờ họp?", NAME, "bao giờ họp?"),
        ("@bot loa sơn dương, /baocao", NAME, "/baocao"),
        ("@Bot  Loa\u00a0Sơn Dương", NAME, ""),
        ("@Bot Loa So\u031bn Du\u031bo\u031bng chào", NAME, "chào"),
        ("bao giờ họp? @Bot Loa Sơn Dương", NAME, "bao giờ họp?"),
        ("@Bot Loa Sơn Dươngs hỏi", NAME, "@Bot Loa Sơn Dươngs hỏi"),
        ("@Lò Thị An ơi", NAME, "@Lò Thị An ơi"),
        ("@Bot gì đó /baocao 5", "", "/baocao 5"),
        ("@Bot gì đó chào", "", "@Bot gì đó chào"),
        ("hỏi 1/2", "", "hỏi 1/2"),
    ],
)
def test_the_call_is_taken_from_a_text_in_a_group(text: str, name: str, said: str) -> None:
    chat = {"chat_type": "GROUP", "id": "aa"}
    message = parse(_update(text=text, chat=chat), name)
    assert isinstance(message, Message)
    assert message.text == said
    assert message.addressed
    assert spoken(text, name, ChatKind.PRIVATE) == text


@pytest.mark.parametrize(
    ("what", "changes", "file"),
    [
        ("image", {"photo": "https://z.vn/a.jpg", "text": None}, ("https://z.vn/a.jpg", "")),
        ("image", {"photo_url": "https://z.vn/a.jpg", "text": None}, ("https://z.vn/a.jpg", "")),
        (
            "image",
            {"photo": "https://z.vn/a.jpg", "caption": "ảnh", "text": None},
            ("https://z.vn/a.jpg", "ảnh"),
        ),
    ],
)
def test_a_picture_is_an_address(what: str, changes: dict[str, Any], file: tuple[str, str]) -> None:
    message = parse(_update(what, **changes), NAME)
    assert isinstance(message, Message)
    assert message.file == FileIn(FileKind.PHOTO, file[0], resendable=False)
    assert message.text == file[1]


@pytest.mark.parametrize("what", ["sticker", "voice", "unsupported", "image"])
def test_what_cannot_be_used_is_seen(what: str) -> None:
    message = parse(_update(what, text=None), NAME)
    assert isinstance(message, Message)
    assert message.file == FileIn(FileKind.OTHER)


@pytest.mark.parametrize(
    "raw",
    [
        _update("edited"),
        _update(chat={"chat_type": "CHANNEL", "id": "aa"}),
        _update("text", **{"from": {"id": "aa", "is_bot": True, "display_name": "Bot"}}),
    ],
)
def test_what_says_nothing_to_us_is_ignored(raw: object) -> None:
    assert parse(raw, NAME) == Ignored("261de7b845d153890ac6")


def test_the_try_of_a_webhook_has_no_key() -> None:
    assert key_of({"event_name": "webhook.test"}) == ""
    assert parse({"event_name": "webhook.test"}, NAME) == Ignored("")


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"event_name": ""},
        {"event_name": "a", "message": []},
        _update(message_id=7),
        _update(message_id=" "),
        _update(message_id="a" * 121),
    ],
)
def test_an_update_without_an_id_is_refused(raw: object) -> None:
    with pytest.raises(BadUpdate) as refused:
        key_of(raw)
    assert refused.value.key == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"text": 5},
        {"chat": None},
        {"chat": {"chat_type": "GROUP", "id": 5}},
        {"chat": {"chat_type": [], "id": "aa"}},
        {"from": {}},
        {"from": {"id": "aa", "display_name": ["a"]}},
    ],
)
def test_an_update_that_cannot_be_read_is_refused_by_its_key(changes: dict[str, Any]) -> None:
    with pytest.raises(BadUpdate) as refused:
        parse(_update(**changes), NAME)
    assert refused.value.key == "261de7b845d153890ac6"


def test_whatever_comes_it_is_read_or_refused() -> None:
    chance = random.Random(7)
    odd: list[object] = [
        None,
        0,
        "",
        "a",
        [],
        {},
        {"id": 1},
        True,
        1.5,
        "\ud800",
        {"chat_type": "GROUP"},
    ]
    for _ in range(3000):
        raw = _update(chance.choice(["text", "image", "x"]))
        keys = list(raw["message"])
        raw["message"][chance.choice(keys)] = chance.choice(odd)
        if chance.random() < 0.2:
            raw[chance.choice(["event_name", "message", "result"])] = chance.choice(odd)
        try:
            parse(raw, chance.choice([NAME, ""]))
        except BadUpdate:
            continue
