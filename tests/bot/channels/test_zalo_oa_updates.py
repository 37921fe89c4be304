"""Webhooks of an Official Account, as the platform writes them."""

from typing import Any

import pytest

from bot.channels.zalo_oa_updates import Reader, key_of
from bot.channels.zalo_press import Presses
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
    Revoked,
    Sender,
    Update,
    Withdrew,
)

OA, AN, GROUP = "388613280878808645", "246845883529197922", "f414c8f76fa586fbdfb4"
AT = "1543908534740"
PRESSES = Presses(b"k" * 32)
READER = Reader(OA, PRESSES)

PRIVATE_CHAT = Chat(AN, ChatKind.PRIVATE)
GROUP_CHAT = Chat(f"group:{GROUP}", ChatKind.GROUP)
SENDER = Sender(AN, AN)


def private(event: str, **message: object) -> dict[str, Any]:
    return {
        "app_id": "360846524940903967",
        "sender": {"id": AN},
        "user_id_by_app": "552177279717587730",
        "recipient": {"id": OA},
        "event_name": event,
        "message": {"msg_id": "96d3cdf3af150460909", **message},
        "timestamp": AT,
    }


def group(event: str, **message: object) -> dict[str, Any]:
    return {
        **private(event, **message),
        "oa_id": OA,
        "recipient": {"id": GROUP},
    }


def lifecycle(event: str, **more: object) -> dict[str, Any]:
    return {"event_name": event, "oa_id": OA, "app_id": "1", "timestamp": AT, **more}


def attached(kind: str, **payload: object) -> dict[str, Any]:
    return {"attachments": [{"type": kind, "payload": payload}]}


KEY = "96d3cdf3af150460909"
IMAGE = attached("image", thumbnail="https://f1/t.jpg", url="https://f1/p.jpg")
PAPER = attached(
    "file", url="https://f1/a.pdf", name=" Kế  hoạch.pdf ", size="1204", type="pdf", checksum="0"
)


@pytest.mark.parametrize(
    ("raw", "update"),
    [
        (
            private("user_send_text", text=" Xin chào "),
            Message(KEY, PRIVATE_CHAT, SENDER, "Xin chào"),
        ),
        (
            private("user_send_text", text="ok", quote_msg_id="48687128d04c9410cd5f"),
            Message(KEY, PRIVATE_CHAT, SENDER, "ok", reply_to="48687128d04c9410cd5f"),
        ),
        (
            private("user_send_text", text=PRESSES.payload(AN, "acknowledge.got:7")),
            Message(KEY, PRIVATE_CHAT, SENDER, press="acknowledge.got:7"),
        ),
        (
            private("user_send_text", text="loa:0000000000000000:acknowledge.got:7"),
            Message(KEY, PRIVATE_CHAT, SENDER, "loa:0000000000000000:acknowledge.got:7"),
        ),
        (
            private("user_send_image", text="đây", **IMAGE),
            Message(
                KEY,
                PRIVATE_CHAT,
                SENDER,
                "đây",
                FileIn(FileKind.PHOTO, "https://f1/p.jpg", resendable=False),
            ),
        ),
        (
            private("user_send_file", **PAPER),
            Message(
                KEY,
                PRIVATE_CHAT,
                SENDER,
                file=FileIn(
                    FileKind.DOCUMENT,
                    "https://f1/a.pdf",
                    "Kế hoạch.pdf",
                    size=1204,
                    resendable=False,
                ),
            ),
        ),
        (
            private("user_send_sticker", **attached("sticker", url="https://s", id="1")),
            Message(KEY, PRIVATE_CHAT, SENDER, file=FileIn(FileKind.OTHER)),
        ),
        (
            group("user_send_group_text", text="12 hộ"),
            Message(KEY, GROUP_CHAT, SENDER, "12 hộ", addressed=False),
        ),
        (
            group("user_send_group_text", text=f"[@{OA}] bao cao"),
            Message(KEY, GROUP_CHAT, SENDER, "bao cao"),
        ),
        (
            group("user_send_group_text", text=f"[@{OA}]"),
            Message(KEY, GROUP_CHAT, SENDER),
        ),
        (
            group("user_send_group_text", text=PRESSES.payload(GROUP_CHAT.id, "a:1")),
            Message(
                KEY, GROUP_CHAT, SENDER, PRESSES.payload(GROUP_CHAT.id, "a:1"), addressed=False
            ),
        ),
        (
            group("user_send_group_file", **PAPER),
            Message(
                KEY,
                GROUP_CHAT,
                SENDER,
                file=FileIn(
                    FileKind.DOCUMENT,
                    "https://f1/a.pdf",
                    "Kế hoạch.pdf",
                    size=1204,
                    resendable=False,
                ),
                addressed=False,
            ),
        ),
        (group("user_send_group_text", text="  "), Ignored(KEY)),
        (
            lifecycle("follow", follower={"id": AN}, source="oa_profile"),
            Arrived(f"follow:{AN}:{AT}", PRIVATE_CHAT),
        ),
        (
            lifecycle("unfollow", follower={"id": AN}),
            Departed(f"unfollow:{AN}:{AT}", PRIVATE_CHAT),
        ),
        (
            lifecycle("user_withdraw", user={"id": AN}),
            Withdrew(f"user_withdraw:{AN}:{AT}", PRIVATE_CHAT),
        ),
        (lifecycle("permission_revoked"), Revoked(f"permission_revoked::{AT}")),
        (
            lifecycle("create_group", group_id=GROUP),
            Arrived(f"create_group:{GROUP}:{AT}", GROUP_CHAT),
        ),
        *(
            (lifecycle(name, group_id=GROUP), Departed(f"{name}:{GROUP}:{AT}", GROUP_CHAT))
            for name in ("delete_group", "disperse_group")
        ),
        *(
            (
                lifecycle(name, group_id=GROUP, users=[{"id": who}]),
                kind(f"{name}:{GROUP}:{AT}"),
            )
            for name in ("user_out_group", "user_leave_group")
            for who, kind in ((AN, Ignored), (OA, lambda key: Departed(key, GROUP_CHAT)))
        ),
        *(
            (lifecycle(name, group_id=GROUP), Ignored(f"{name}:{GROUP}:{AT}"))
            for name in (
                "user_join_group",
                "user_request_join_group",
                "accept_request_join_group",
                "react_request_join_group",
                "reject_request_join_group",
                "add_group_admin",
                "remove_group_admin",
                "update_group_info",
            )
        ),
        (
            private("user_submit_info", name="An") | {"event_name": "user_click_chatnow"},
            Ignored(f"user_click_chatnow:{AN}:{AT}"),
        ),
    ],
    ids=lambda value: value.get("event_name") if isinstance(value, dict) else type(value).__name__,
)
def test_a_webhook_says(raw: dict[str, Any], update: Update) -> None:
    assert READER.parse(raw) == update
    assert key_of(raw) == update.key


@pytest.mark.parametrize(
    "event",
    [
        "oa_send_text",
        "oa_send_group_text",
        "oa_send_group_file",
        "oa_reacted_message",
        "anonymous_send_text",
        "user_seen_message",
        "user_received_message",
        "user_reacted_message",
    ],
)
def test_echoes_have_no_key(event: str) -> None:
    assert key_of(private(event, text="x")) == ""
    assert READER.parse(private(event, text="x")) == Ignored("")


def test_what_the_account_itself_says_is_nobodys_message() -> None:
    raw = group("user_send_group_text", text="12 hộ") | {"sender": {"id": OA}}
    assert READER.parse(raw) == Ignored(KEY)


def test_ids_may_come_as_numbers() -> None:
    raw = private("user_send_text", text="a") | {"sender": {"id": int(AN)}, "timestamp": int(AT)}
    assert READER.parse(raw) == Message(KEY, PRIVATE_CHAT, SENDER, "a")


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "text",
        {},
        {"event_name": None},
        {"event_name": ""},
        {"event_name": 5},
        {"event_name": "\ud83d", "group_id": "g", "timestamp": AT},
        {"event_name": "follow"},
        {"event_name": "user_send_text"},
        {"event_name": "user_send_text", "message": None},
        {"event_name": "user_send_text", "message": {"msg_id": ""}},
        {"event_name": "user_send_text", "message": {"msg_id": True}},
        {"event_name": "user_send_text", "message": {"msg_id": "\ud83d"}},
        {"event_name": "user_send_text", "message": {"msg_id": "x" * 121}},
        lifecycle("follow", follower=None),
        lifecycle("create_group", group_id={}),
    ],
)
def test_what_has_no_key_is_refused_at_the_door(raw: object) -> None:
    with pytest.raises(BadUpdate) as caught:
        key_of(raw)
    assert caught.value.key == ""


@pytest.mark.parametrize(
    "raw",
    [
        private("user_send_text", text=["a"]),
        private("user_send_text", text="a") | {"sender": {}},
        private("user_send_image", attachments=[{"type": "image"}]),
        private("user_send_image", attachments=[None]),
        private("user_send_file", **attached("file", url="https://f1/a", size="many")),
        group("user_send_group_text", text="a") | {"recipient": {}},
        lifecycle("user_out_group", group_id=GROUP, users=[5]),
    ],
)
def test_what_cannot_be_read_is_named_by_its_key(raw: dict[str, Any]) -> None:
    with pytest.raises(BadUpdate) as caught:
        READER.parse(raw)
    assert caught.value.key == key_of(raw)
