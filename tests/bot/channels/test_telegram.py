"""The channel against the sandbox, over HTTP."""

from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram import TelegramChannel
from domain.channel import (
    AccountLost,
    Capabilities,
    ChatMoved,
    Choice,
    Content,
    FileOut,
    Refused,
    Scope,
    TryLater,
)
from domain.message import Arrived, Departed, FileIn, FileKind, Message
from tests.sandbox.stage import AN, BINH, GROUP, PRIVATE, TOKEN, Stage
from tests.sandbox.test_sending import picture

HELLO = Content("Xin chào")
BUTTONS = ((Choice("Đã nhận", "ack:7"),), (Choice("Có", "=1:y"), Choice("Không", "=1:n")))


async def _last(stage: Stage, chat: str = GROUP) -> dict[str, Any]:
    page = await stage.ask(f"/chats/{chat}/messages?limit=1")
    message: dict[str, Any] = page["messages"][-1]
    return message


async def test_the_account_says_what_it_can_do(channel: TelegramChannel) -> None:
    assert channel.account == "telegram"
    assert channel.capabilities == Capabilities(
        hears_all=False, albums=True, per_second=25, link="https://t.me/loa_bot", name="@loa_bot"
    )


async def test_an_account_whose_token_is_unknown_is_lost(stage: Stage) -> None:
    for token in ("7000001:other", "nonsense", ""):
        with pytest.raises(AccountLost):
            await TelegramChannel.open("telegram", token, stage.running.url, 30)


async def test_a_text_arrives_with_its_markup_and_buttons(
    channel: TelegramChannel, stage: Stage
) -> None:
    html = '<b>Số 793</b> &lt;KH&gt; <a href="https://chinhphu.vn">đây</a>'
    sent = await channel.send(GROUP, Content(html, BUTTONS))
    raw = await _last(stage)
    assert (str(raw["id"]), sent.file_ids) == (sent.message_id, ())
    assert raw["text"] == "Số 793 <KH> đây"
    assert [entity["type"] for entity in raw["entities"]] == ["bold", "text_link"]
    rows = [[(button["text"], button["data"]) for button in row] for row in raw["buttons"]]
    assert rows == [[(choice.label, choice.action) for choice in row] for row in BUTTONS]


@pytest.mark.parametrize("paid", [False, True])
async def test_every_kind_of_message_is_paid_for_where_that_is_wished(
    stage: Stage, tmp_path: Path, paid: bool
) -> None:
    await stage.act("limits")
    paper, photo = (tmp_path / name for name in ("a.pdf", "a.png"))
    paper.write_bytes(b"%PDF-1.4")
    photo.write_bytes(picture())
    shot = FileOut(FileKind.PHOTO, "", str(photo))
    contents = (
        HELLO,
        Content("Tệp", files=(FileOut(FileKind.DOCUMENT, "a.pdf", str(paper)),)),
        Content("Ảnh", files=(shot,)),
        Content("Hai ảnh", files=(shot, shot)),
    )
    channel = await TelegramChannel.open("telegram", TOKEN, stage.running.url, 25, paid=paid)
    try:
        for content in contents:
            await channel.send(GROUP, content)
    finally:
        await channel.close()
    (tally,) = (await stage.ask("/limits"))["bots"].values()
    assert (tally["messages"], tally["paid"]) == (5, 5 if paid else 0)


async def test_a_document_is_uploaded_once_and_then_named(
    channel: TelegramChannel, stage: Stage, tmp_path: Path
) -> None:
    path = tmp_path / "793"
    path.write_bytes(b"%PDF-1.7 " * 1000)
    name = 'Kế hoạch "793".pdf'
    sent = await channel.send(
        GROUP, Content("<b>Số 793</b>", BUTTONS, (FileOut(FileKind.DOCUMENT, name, str(path)),))
    )
    first = await _last(stage)
    assert (first["text"], first["file"]["name"], first["file"]["kind"]) == (
        "Số 793",
        name,
        "document",
    )
    path.unlink()
    (file_id,) = sent.file_ids
    again = FileOut(FileKind.DOCUMENT, name, str(path), file_id)
    assert (await channel.send(GROUP, Content("", files=(again,)))).file_ids == (file_id,)
    assert (await _last(stage))["file"]["name"] == name
    assert await channel.fetch(FileIn(FileKind.DOCUMENT, file_id)) == b"%PDF-1.7 " * 1000


async def test_a_photo_goes_as_a_photo(
    channel: TelegramChannel, stage: Stage, tmp_path: Path
) -> None:
    path = tmp_path / "anh.png"
    path.write_bytes(picture())
    sent = await channel.send(
        GROUP, Content("Ảnh", files=(FileOut(FileKind.PHOTO, "anh.png", str(path)),))
    )
    raw = await _last(stage)
    assert (raw["file"]["kind"], raw["text"]) == ("photo", "Ảnh")
    assert await channel.fetch(FileIn(FileKind.PHOTO, sent.file_ids[0])) == picture()


async def test_a_file_that_is_not_there_is_refused(channel: TelegramChannel) -> None:
    missing = FileOut(FileKind.DOCUMENT, "a.pdf", "/nowhere/a.pdf")
    with pytest.raises(Refused, match="cannot be read: No such file"):
        await channel.send(GROUP, Content("a", files=(missing,)))


async def test_text_and_buttons_are_changed(channel: TelegramChannel, stage: Stage) -> None:
    sent = await channel.send(GROUP, Content("Trước", BUTTONS))
    for _ in range(2):  # a second time there is nothing to change, and that is well
        await channel.edit(GROUP, sent.message_id, Content("<i>Sau</i>"))
    raw = await _last(stage)
    assert raw["text"] == "Sau"
    assert not raw.get("buttons")
    with pytest.raises(Refused, match="message to edit not found"):
        await channel.edit(GROUP, "999", HELLO)


async def test_the_caption_of_a_file_is_changed(
    channel: TelegramChannel, stage: Stage, tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    files = (FileOut(FileKind.DOCUMENT, "a.pdf", str(tmp_path / "a.pdf")),)
    sent = await channel.send(GROUP, Content("Trước", BUTTONS, files))
    await channel.edit(GROUP, sent.message_id, Content("Sau", BUTTONS, files))
    assert (await _last(stage))["text"] == "Sau"


async def test_a_press_is_answered_with_a_note(channel: TelegramChannel, stage: Stage) -> None:
    sent = await channel.send(GROUP, Content("Bấm", BUTTONS))
    pressed = await stage.act(
        "press", person=AN, chat=GROUP, message=int(sent.message_id), button="ack:7"
    )
    (raw,) = await channel.updates(None, 0)
    update = channel.parse(raw)
    assert isinstance(update, Message)
    assert (update.press, update.press_id, update.reply_to) == (
        "ack:7",
        str(pressed["query"]),
        sent.message_id,
    )
    await channel.notice(update.press_id, "Cảm ơn bạn! " * 50)
    (answer,) = [e for e in (await stage.ask("/log?after=0"))["entries"] if e["fact"] == "Answered"]
    assert answer["data"]["text"].startswith("Cảm ơn bạn! ")
    await channel.notice("12345", "quá muộn")


async def test_chats_out_of_reach_are_told_apart(channel: TelegramChannel, stage: Stage) -> None:
    await stage.act("say", person=AN, bot="loa_bot", text="chào")
    await stage.act("block", person=AN, bot="loa_bot")
    await stage.act("remove", chat=GROUP, by=AN, bot="loa_bot")
    for chat, reason in (
        (str(AN), "Forbidden: bot was blocked by the user"),
        (str(BINH), "Bad Request: chat not found"),
        (GROUP, "Forbidden: bot was kicked from the group chat"),
        ("12345", "Bad Request: chat not found"),
    ):
        with pytest.raises(Refused) as refused:
            await channel.send(chat, HELLO)
        assert refused.value == Refused(reason, gone=True)


async def test_content_that_is_refused_leaves_the_chat_in_reach(channel: TelegramChannel) -> None:
    with pytest.raises(Refused) as refused:
        await channel.send(GROUP, Content("a" * 4097))
    assert refused.value == Refused("Bad Request: message is too long", gone=False)


async def test_a_group_that_became_a_supergroup_tells_its_new_id(
    channel: TelegramChannel, stage: Stage
) -> None:
    new = (await stage.act("upgrade", chat=GROUP, by=AN))["chat"]
    with pytest.raises(ChatMoved) as moved:
        await channel.send(GROUP, HELLO)
    assert moved.value.new_id == new


async def test_a_file_from_a_person_is_fetched(channel: TelegramChannel, stage: Stage) -> None:
    said = await stage.http.post(
        "/sandbox/say",
        data={"person": str(AN), "bot": "loa_bot", "text": "công văn"},
        files={"file": ("Công văn.pdf", b"%PDF-1.4", "application/pdf")},
    )
    assert said.status_code == 200, said.text
    (raw,) = await channel.updates(None, 0)
    update = channel.parse(raw)
    assert isinstance(update, Message)
    assert update.file is not None
    assert update.file == FileIn(
        FileKind.DOCUMENT, update.file.platform_id, "Công văn.pdf", "application/pdf", 8
    )
    assert await channel.fetch(update.file) == b"%PDF-1.4"


async def test_a_file_over_the_limit_is_refused(channel: TelegramChannel) -> None:
    with pytest.raises(Refused, match="over the limit"):
        await channel.fetch(FileIn(FileKind.DOCUMENT, "any", size=20 * 1024 * 1024 + 1))
    with pytest.raises(Refused, match="invalid file_id"):
        await channel.fetch(FileIn(FileKind.DOCUMENT, "any", size=1))


async def test_updates_go_on_from_the_cursor(channel: TelegramChannel, stage: Stage) -> None:
    for text in ("một", "hai"):
        await stage.act("say", person=AN, bot="loa_bot", text=text)
    first, second = map(channel.parse, await channel.updates(None, 0))
    assert isinstance(first, Message)
    assert (first.text, first.chat.id, first.sender.name) == ("một", str(AN), "Lò Thị An")
    (raw,) = await channel.updates(int(second.key), 0)
    assert channel.parse(raw) == second
    assert await channel.updates(int(second.key) + 1, 0) == []


async def test_coming_and_going_are_heard(channel: TelegramChannel, stage: Stage) -> None:
    await stage.act("remove", chat=GROUP, by=AN, bot="loa_bot")
    await stage.act("add", chat=GROUP, by=AN, bot="loa_bot")
    heard = [channel.parse(raw) for raw in await channel.updates(None, 0)]
    kinds = [type(update) for update in heard if isinstance(update, Arrived | Departed)]
    assert kinds == [Departed, Arrived]


async def test_while_a_webhook_is_set_a_poll_is_refused(
    channel: TelegramChannel, stage: Stage
) -> None:
    await channel.set_webhook("http://127.0.0.1:9/hook", "s3cret")
    wanted = (await stage.call("getWebhookInfo"))["allowed_updates"]
    with pytest.raises(Refused, match="Conflict: can't use getUpdates"):
        await channel.updates(None, 0)
    await channel.delete_webhook()
    assert set(wanted) == {"message", "callback_query", "my_chat_member"}
    assert await channel.updates(None, 0) == []


async def test_the_menu_shows_the_commands(channel: TelegramChannel, stage: Stage) -> None:
    await channel.set_commands([("/baocao", "Báo cáo tuần"), ("hoi", "Hỏi đáp")])
    assert await stage.call("getMyCommands") == [
        {"command": "baocao", "description": "Báo cáo tuần"},
        {"command": "hoi", "description": "Hỏi đáp"},
    ]


async def test_where_nobody_listens_nothing_was_sent(
    channel: TelegramChannel, unused_url: str
) -> None:
    with pytest.raises(TryLater) as later:
        await TelegramChannel.open("telegram", TOKEN, unused_url, 30)
    assert later.value.scope is Scope.ACCOUNT


async def test_private_chats_are_one_with_the_stage(channel: TelegramChannel, stage: Stage) -> None:
    await stage.act("say", person=AN, bot="loa_bot", text="chào")
    sent = await channel.send(str(AN), HELLO)
    assert str((await _last(stage, PRIVATE))["id"]) == sent.message_id
