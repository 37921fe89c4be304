"""What Telegram's updates say. Shapes: https://core.telegram.org/bots/api#available-types"""

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram_updates import key_of, parse
from bot.receive import BadUpdate
from domain.message import (
    Arrived,
    Chat,
    ChatKind,
    Departed,
    FileIn,
    FileKind,
    Ignored,
    Message,
    Moved,
    Sender,
    Update,
)

Json = dict[str, Any]

BOT = {"id": 7, "is_bot": True, "first_name": "Loa", "username": "loa_bot"}
AN = {"id": 5_000_000_001, "is_bot": False, "first_name": "Lò Thị", "last_name": "An"}
PRIVATE = {"id": 5_000_000_001, "type": "private", "first_name": "Lò Thị", "last_name": "An"}
GROUP = {"id": -4001, "type": "group", "title": "Tổ công nghệ số\n thôn 1"}
SUPER = {"id": -1004001, "type": "supergroup", "title": "Tổ 2", "is_forum": False}
CHANNEL = {"id": -1009, "type": "channel", "title": "Tin"}

OUR_GROUP = Chat("-4001", ChatKind.GROUP, "Tổ công nghệ số thôn 1")
OUR_PRIVATE = Chat("5000000001", ChatKind.PRIVATE)
SENDER = Sender("5000000001", "Lò Thị An")


def message(chat: Json = GROUP, **content: Any) -> Json:
    head = {"message_id": 11, "date": 1_790_000_000, "from": AN, "chat": chat}
    return {"update_id": 100, "message": head | content}


def pressed(**changes: Any) -> Json:
    shown = message()["message"] | {"from": BOT, "text": "Bấm"}
    query = {"id": "9", "from": AN, "message": shown, "chat_instance": "1", "data": "ack:7"}
    return {"update_id": 100, "callback_query": query | changes}


def changed(before: Json, after: Json, chat: Json = GROUP) -> Json:
    change = {
        "chat": chat,
        "from": AN,
        "date": 1_790_000_000,
        "old_chat_member": {"user": BOT} | before,
        "new_chat_member": {"user": BOT} | after,
    }
    return {"update_id": 100, "my_chat_member": change}


def read(raw: object) -> Update:
    return parse(raw, "loa_bot", "7")


def heard(raw: Json) -> Message:
    update = read(raw)
    assert isinstance(update, Message)
    return update


LEFT = {"status": "left"}
MEMBER = {"status": "member"}
KICKED = {"status": "kicked", "until_date": 0}
RIGHTS = (
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
    "can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories "
    "can_edit_stories can_delete_stories"
)
ADMIN = {"status": "administrator"} | dict.fromkeys(RIGHTS.split(), False)
PERMISSIONS = (
    "can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos "
    "can_send_video_notes can_send_voice_notes can_send_polls can_send_other_messages "
    "can_add_web_page_previews can_change_info can_invite_users can_pin_messages "
    "can_manage_topics can_edit_tag can_react_to_messages"
)
MUTED = {"status": "restricted", "is_member": True, "until_date": 0} | dict.fromkeys(
    PERMISSIONS.split(), False
)

PHOTO = [
    {"file_id": f"p{n}", "file_unique_id": f"u{n}", "width": n, "height": n, "file_size": n * 100}
    for n in (90, 1280, 320)
]
PDF = {
    "file_id": "d1",
    "file_unique_id": "u",
    "file_name": "Công\u200b văn\n793.pdf",
    "mime_type": "application/pdf",
    "file_size": 2048,
}
MEDIA = {"file_id": "v", "file_unique_id": "u", "duration": 3}
STICKER = {
    "file_id": "s",
    "file_unique_id": "u",
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
}
GIF = MEDIA | {"width": 10, "height": 10}


def test_a_message_is_read_whole() -> None:
    assert read(message(text="  1.200 hộ\r\nđã cài\x00 ")) == Message(
        "100", OUR_GROUP, SENDER, "1.200 hộ\nđã cài", addressed=False
    )
    assert read(message(PRIVATE, text="chào")) == Message("100", OUR_PRIVATE, SENDER, "chào")


@pytest.mark.parametrize(
    ("text", "expected", "addressed"),
    [
        ("/baocao", "/baocao", False),
        ("/baocao@loa_bot", "/baocao", True),
        ("/baocao@LOA_Bot 12 hộ", "/baocao 12 hộ", True),
        ("@loa_bot cài VNeID thế nào", "cài VNeID thế nào", True),
        ("@Loa_Bot, cài VNeID thế nào?", "cài VNeID thế nào?", True),
        ("cài VNeID thế nào @loa_bot", "cài VNeID thế nào", True),
        ("@loa_bot /hoi VNeID", "/hoi VNeID", True),
        ("@loa_bot", "", True),
        ("hỏi @loa_bot xem", "hỏi @loa_bot xem", True),
        ("@loa_bot2 ơi", "@loa_bot2 ơi", False),
        ("thu@loa_bot", "thu@loa_bot", False),
        ("bao cao", "bao cao", False),
        ("\u202e\x00", "", False),
    ],
)
def test_in_a_group_the_bot_knows_when_it_is_meant(
    text: str, expected: str, addressed: bool
) -> None:
    update = heard(message(text=text))
    assert (update.text, update.addressed) == (expected, addressed)


@pytest.mark.parametrize("text", ["/baocao@other_bot", "@loa_bot /x@other_bot 1"])
def test_a_command_to_another_bot_is_not_ours(text: str) -> None:
    assert read(message(text=text)) == Ignored("100")


def test_a_reply_to_the_bot_is_addressed_to_it() -> None:
    answered = message()["message"] | {"message_id": 8, "from": BOT, "text": "Hỏi"}
    update = heard(message(text="12", reply_to_message=answered))
    assert (update.reply_to, update.addressed) == ("8", True)
    update = heard(message(text="12", reply_to_message=answered | {"from": AN}))
    assert (update.reply_to, update.addressed) == ("", False)


def test_a_press_names_its_button_and_its_message() -> None:
    expected = Message("100", OUR_GROUP, SENDER, press="ack:7", press_id="9", reply_to="11")
    assert read(pressed()) == expected
    too_old = {"chat": GROUP, "message_id": 11, "date": 0}
    assert read(pressed(message=too_old)) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"message": None, "inline_message_id": "1"},
        {"data": None, "game_short_name": "x"},
        {"message": {"chat": CHANNEL, "message_id": 11, "date": 0}},
    ],
)
def test_other_presses_are_ignored(changes: Json) -> None:
    assert read(pressed(**changes)) == Ignored("100")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            {"document": PDF},
            FileIn(FileKind.DOCUMENT, "d1", "Công văn 793.pdf", "application/pdf", 2048),
        ),
        (
            {"document": {"file_id": "d2", "file_unique_id": "u"}},
            FileIn(FileKind.DOCUMENT, "d2"),
        ),
        ({"photo": PHOTO}, FileIn(FileKind.PHOTO, "p1280", size=128_000)),
        ({"sticker": STICKER}, FileIn(FileKind.OTHER)),
        ({"voice": MEDIA}, FileIn(FileKind.OTHER)),
        ({"audio": MEDIA}, FileIn(FileKind.OTHER)),
        ({"video": GIF}, FileIn(FileKind.OTHER)),
        ({"animation": GIF, "document": PDF}, FileIn(FileKind.OTHER)),
        ({"contact": {"phone_number": "1", "first_name": "A"}}, FileIn(FileKind.OTHER)),
        ({"dice": {"emoji": "🎲", "value": 3}}, FileIn(FileKind.OTHER)),
    ],
)
def test_files_are_told_apart(content: Json, expected: FileIn) -> None:
    assert heard(message(PRIVATE, **content)).file == expected


SPOT = {"latitude": 21.027764, "longitude": 105.8342}


@pytest.mark.parametrize(
    "content",
    [
        {"location": SPOT},
        {"location": SPOT, "venue": {"location": SPOT, "title": "Nhà văn hoá", "address": "Thôn"}},
    ],
)
def test_a_spot_on_the_map_is_a_place(content: Json) -> None:
    update = heard(message(PRIVATE, **content))
    assert (update.place, update.file, update.text) == ("21.02776,105.83420", None, "")


def test_the_caption_of_a_file_is_its_text() -> None:
    update = heard(message(document=PDF, caption="/guivanban@loa_bot Số 793"))
    assert (update.text, update.addressed) == ("/guivanban Số 793", True)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (LEFT, MEMBER, Arrived),
        (LEFT, ADMIN, Arrived),
        (LEFT, MUTED, Arrived),
        (KICKED, MEMBER, Arrived),
        (MEMBER, LEFT, Departed),
        (ADMIN, KICKED, Departed),
        (MUTED, MUTED | {"is_member": False}, Departed),
        (MEMBER, ADMIN, Ignored),
        (ADMIN, MUTED, Ignored),
        (LEFT, KICKED, Ignored),
    ],
)
def test_coming_and_going(before: Json, after: Json, expected: type) -> None:
    update = read(changed(before, after))
    assert type(update) is expected
    if isinstance(update, Arrived | Departed):
        assert update.chat == OUR_GROUP


def test_blocking_is_leaving_and_channels_are_not_ours() -> None:
    assert read(changed(MEMBER, KICKED, PRIVATE)) == Departed("100", OUR_PRIVATE)
    assert read(changed(LEFT, ADMIN, CHANNEL)) == Ignored("100")


def test_a_group_goes_on_under_another_id() -> None:
    assert read(message(migrate_to_chat_id=-1004001)) == Moved("100", OUR_GROUP, "-1004001")
    assert read(message(SUPER, migrate_from_chat_id=-4001)) == Ignored("100")


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 100},
        {"update_id": 100, "edited_message": message(text="sửa")["message"]},
        {"update_id": 100, "channel_post": message(CHANNEL, text="tin")["message"]},
        {"update_id": 100, "something_new": {"a": 1}},
        message(text="bíp", **{"from": BOT}),
        message(text="ẩn danh", sender_chat=GROUP),
        message(CHANNEL, text="tin"),
        message(new_chat_members=[AN]),
        message(left_chat_member=AN),
        message(new_chat_title="Tổ 1"),
        message(pinned_message=message(text="a")["message"]),
        message(group_chat_created=True),
        message(something_new={"a": 1}),
    ],
)
def test_what_says_nothing_to_us_is_ignored(raw: Json) -> None:
    assert read(raw) == Ignored("100")


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"first_name": " Lò \u200b Thị\n", "last_name": None}, "Lò Thị"),
        ({"first_name": "<b>{{ x }}</b>"}, "<b>{{ x }}</b> An"),
        ({"first_name": "\u202e", "last_name": "", "username": "an_lo"}, "an_lo"),
        ({"first_name": "", "last_name": None}, "5000000001"),
        ({"first_name": "Nguyễn " * 20, "last_name": None}, "Nguyễn " * 13 + "Nguyễn…"),
    ],
)
def test_names_are_clean_and_short(user: Json, name: str) -> None:
    sender = heard(message(text="a", **{"from": AN | user})).sender
    assert sender == Sender("5000000001", name)
    assert len(sender.name) <= 100


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "text",
        7,
        {},
        {"update_id": None},
        {"update_id": "100"},
        {"update_id": 1.5},
        {"update_id": True},
        {"update_id": 2**63},
    ],
)
def test_what_has_no_key_is_no_update(raw: object) -> None:
    with pytest.raises(BadUpdate) as bad:
        key_of(raw)
    assert bad.value.key == ""
    with pytest.raises(BadUpdate):
        read(raw)


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 100, "message": "text"},
        {"update_id": 100, "message": {"message_id": 11}},
        message(text=12),
        message(text=["a"]),
        message({"id": "x", "type": "group", "title": "a"}, text="a"),
        message(GROUP | {"title": 5}, text="a"),
        message(GROUP | {"type": "sect"}, text="a"),
        message(text="a", **{"from": AN | {"id": None}}),
        message(text="a", **{"from": AN | {"first_name": {}}}),
        message(document=PDF | {"file_size": "big"}),
        message(photo=[{}]),
        message(migrate_to_chat_id="-1"),
        pressed(data=5),
        pressed(id=9),
        changed({"status": "left"}, {}),
    ],
)
def test_an_update_of_a_wrong_shape_is_named_without_its_content(raw: Json) -> None:
    with pytest.raises(BadUpdate, match=r"^update 100 cannot be read: \w+$") as bad:
        read(raw)
    assert bad.value.key == "100"


SAMPLES = [
    message(text="@loa_bot chào"),
    message(document=PDF, caption="Số 793"),
    message(photo=PHOTO),
    message(sticker=STICKER, reply_to_message=message()["message"] | {"from": BOT}),
    message(migrate_to_chat_id=-1004001),
    pressed(),
    changed(MEMBER, KICKED),
    changed(ADMIN, MUTED),
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a JSON value."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        for key in keys:
            pairs += [(value, key), *_places(value[key])]
    return pairs


@st.composite
def mutated(draw: Callable[[st.SearchStrategy[Any]], Any]) -> object:
    """A real update in which some values are missing or something else."""
    raw = copy.deepcopy(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 3))):
        if not (places := _places(raw)):
            break
        container, key = draw(st.sampled_from(places))
        if draw(st.booleans()):
            del container[key]
        else:
            container[key] = draw(ANYTHING)
    return raw


@settings(max_examples=500, deadline=None)
@given(mutated() | ANYTHING)
def test_a_mutilated_update_is_read_or_refused_and_nothing_else(raw: object) -> None:
    before = copy.deepcopy(raw)
    try:
        update = read(raw)
    except BadUpdate:
        return
    finally:
        assert repr(raw) == repr(before)
    _check_texts(update)


def _check_texts(value: Any) -> None:
    """All texts can be kept, all types are what they are said to be."""
    for field in dataclasses.fields(value):
        part = getattr(value, field.name)
        if dataclasses.is_dataclass(part):
            _check_texts(part)
        elif isinstance(part, str):
            assert "\0" not in part
            part.encode()
        else:
            assert part is None or isinstance(part, bool | int)
