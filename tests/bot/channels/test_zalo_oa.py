"""The channel of an Official Account against the sandbox, over HTTP."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.download import Download
from bot.channels.zalo_oa import ZaloOaChannel
from bot.channels.zalo_oa_errors import ERRORS
from bot.spell import spell
from bot.words import Words
from domain.channel import (
    AccountLost,
    Choice,
    Content,
    FileOut,
    Lost,
    QuotaSpent,
    Refused,
    Scope,
    TryLater,
    WindowClosed,
)
from domain.message import Chat, ChatKind, FileIn, FileKind, Message
from domain.quota import Quota
from tests.bot.channels.zalo_oa_stage import (
    AN_ID,
    BINH_ID,
    OA_ID,
    PRESS_KEY,
    PRIVATE,
    Given,
    OaStage,
    on_oa_stage,
)
from tests.sandbox.stage import AN, BINH, Stage
from tests.sandbox.test_sending import picture
from tests.world import ZONE

HELLO = Content("Xin chào")
BUTTONS = ((Choice("Đã nhận", "acknowledge.got:7"),), (Choice("Có", "=1:y"),))
PDF = b"%PDF-1.7 " * 1000


@pytest.fixture
def oa(stage: Stage, runner: asyncio.Runner) -> Iterator[OaStage]:
    found = runner.run(on_oa_stage(stage))
    yield found
    runner.run(found.channel.close())


def paper(tmp_path: Path, data: bytes = PDF, name: str = "Kế hoạch.pdf") -> FileOut:
    path = tmp_path / "file"
    path.write_bytes(data)
    kind = FileKind.PHOTO if data.startswith(b"\x89PNG") else FileKind.DOCUMENT
    return FileOut(kind, name, str(path), size=len(data))


async def test_the_account_says_what_it_can_do(oa: OaStage) -> None:
    can = oa.channel.capabilities
    assert (oa.channel.account, can.name, can.link) == (
        "zalo-oa",
        "Loa OA",
        f"https://zalo.me/{OA_ID}",
    )
    assert (can.per_second, can.mentions) == (25, True)
    assert not any((can.edits, can.albums, can.deep_links, can.notices))
    assert can.reply_window == can.upload_life == timedelta(days=7)
    assert can.shows_buttons(ChatKind.PRIVATE, 5)
    assert not can.shows_buttons(ChatKind.PRIVATE, 6)
    assert not can.shows_buttons(ChatKind.GROUP, 1)


@pytest.mark.parametrize(
    ("name", "size", "kind", "fits"),
    [
        ("a.pdf", 5 * 2**20, FileKind.DOCUMENT, True),
        ("a.DOCX", 1, FileKind.DOCUMENT, True),
        ("a.pdf", 5 * 2**20 + 1, FileKind.DOCUMENT, False),
        ("a.xlsx", 1, FileKind.DOCUMENT, False),
        ("", 2**20, FileKind.PHOTO, True),
        ("", 2**20 + 1, FileKind.PHOTO, False),
    ],
)
async def test_what_it_takes_as_a_file(
    oa: OaStage, name: str, size: int, kind: FileKind, fits: bool
) -> None:
    assert oa.channel.capabilities.takes(FileOut(kind, name, "path", size=size)) is fits


async def test_an_account_whose_token_is_unknown_is_lost(stage: Stage, oa: OaStage) -> None:
    tokens = Given(["nonsense"])
    with pytest.raises(AccountLost):
        await ZaloOaChannel.open("oa", tokens, stage.running.zalo_oa, 1, press_key=PRESS_KEY)
    assert tokens.refused == 1


async def test_a_token_that_is_refused_is_renewed_and_the_message_goes_once(oa: OaStage) -> None:
    await oa.stage.act("zalo_oa/tokens/end", bot="loa_oa")
    pair = await oa.stage.act("zalo_oa/tokens", bot="loa_oa")
    oa.tokens.tokens.append(pair["access_token"])
    await oa.channel.send(oa.group, HELLO)
    assert oa.tokens.refused == 1
    assert [each["text"] for each in await oa.seen(count=9)] == ["Xin chào"]


async def test_a_text_to_a_person_has_its_buttons_and_tells_the_quota(oa: OaStage) -> None:
    await oa.say("chào")
    sent = await oa.channel.send(AN_ID, Content("<b>Số 793</b> &lt;KH&gt;", BUTTONS))
    (raw,) = await oa.seen(PRIVATE)
    assert (raw["text"], sent.file_ids, bool(sent.message_id)) == ("Số 793 <KH>", (), True)
    assert [[each["text"] for each in row] for row in raw["buttons"]] == [["Đã nhận"], ["Có"]]


async def test_a_press_comes_back_as_one(oa: OaStage) -> None:
    await oa.say("chào")
    await oa.channel.send(AN_ID, Content("Nhận chưa?", BUTTONS))
    (raw,) = await oa.seen(PRIVATE)
    await oa.stage.act("press", person=AN, chat=PRIVATE, message=raw["id"], button="Đã nhận")
    update = oa.channel.parse(oa.heard[-1])
    assert isinstance(update, Message)
    assert (update.press, update.text, update.chat.id) == ("acknowledge.got:7", "", AN_ID)
    assert not oa.channel.capabilities.notices


async def test_where_the_platform_takes_no_buttons_the_next_try_is_in_words(oa: OaStage) -> None:
    await oa.say("chào")
    await oa.rule(switches={"buttons_template": False})
    content = Content("Nhận chưa?", ((Choice("Đã nhận", "acknowledge.got:7"),),))
    with pytest.raises(TryLater):
        await oa.channel.send(AN_ID, content)
    words = Words.load(ZONE)
    again = spell(content, oa.channel.capabilities, ChatKind.PRIVATE, words)
    await oa.channel.send(AN_ID, again)
    (raw,) = await oa.seen(PRIVATE)
    assert "Đã nhận" in raw["text"]
    assert not raw.get("buttons")


async def test_members_of_a_group_are_called_and_people_in_private_are_not(oa: OaStage) -> None:
    await oa.say("chào")
    html = f'<a href="mention:{AN_ID}">An</a> và <a href="mention:all">mọi người</a> [@{BINH_ID}]'
    await oa.channel.send(oa.group, Content(html))
    (raw,) = await oa.seen()
    assert raw["text"].startswith("@Lò Thị An và @")
    assert [each["type"] for each in raw["entities"]] == ["text_mention", "text_mention"]
    await oa.channel.send(AN_ID, Content(html))
    assert (await oa.seen(PRIVATE))[0]["text"] == f"An và mọi người (@{BINH_ID}]"


async def test_a_document_goes_as_words_and_file_is_uploaded_once_and_then_named(
    oa: OaStage, tmp_path: Path
) -> None:
    await oa.say("chào")
    file = paper(tmp_path)
    sent = await oa.channel.send(AN_ID, Content("<b>Số 793</b>", BUTTONS, (file,)))
    text, document = await oa.seen(PRIVATE, 2)
    assert (text["text"], len(text["buttons"])) == ("Số 793", 2)
    assert document["file"]["name"] == "Kế hoạch.pdf"
    (token,) = sent.file_ids
    known = replace(file, platform_id=token, path=str(tmp_path / "nowhere"))
    again = await oa.channel.send(oa.group, Content("", files=(known,)))
    assert (again.file_ids, again.renewed) == ((token,), False)
    assert (await oa.seen())[0]["file"]["name"] == "Kế hoạch.pdf"
    assert (await oa.rule())["uploads"] == 1


async def test_an_upload_that_the_platform_has_forgotten_is_made_again(
    oa: OaStage, tmp_path: Path
) -> None:
    stale = replace(paper(tmp_path), platform_id="forgotten")
    sent = await oa.channel.send(oa.group, Content("", files=(stale,)))
    assert sent.renewed
    assert sent.file_ids != ("forgotten",)
    gone = replace(stale, path=str(tmp_path / "nowhere"))
    with pytest.raises(Refused, match="cannot be read"):
        await oa.channel.send(oa.group, Content("", files=(gone,)))


async def test_a_photo_goes_with_its_words(oa: OaStage, tmp_path: Path) -> None:
    photo = paper(tmp_path, picture(), "")
    sent = await oa.channel.send(oa.group, Content("Tình hình", files=(photo,)))
    (raw,) = await oa.seen(count=9)
    assert (raw["text"], raw["file"]["kind"], len(sent.file_ids)) == ("Tình hình", "photo", 1)


async def test_a_long_text_is_several_messages(oa: OaStage) -> None:
    await oa.channel.send(oa.group, Content("xin chào " * 300))
    assert [len(each["text"]) <= 2000 for each in await oa.seen(count=9)] == [True, True]


@pytest.mark.parametrize("kind", ["429", "500", "drop"])
async def test_what_has_gone_of_a_message_does_not_go_again(
    oa: OaStage, tmp_path: Path, kind: str
) -> None:
    await oa.fault(kind, methods=["upload/file"], times=1)
    content = Content("Số 793", files=(paper(tmp_path),))
    with pytest.raises((TryLater, Lost)):
        await oa.channel.send(oa.group, content)
    await oa.channel.send(oa.group, content)
    texts = [each.get("text", "") for each in await oa.seen(count=9)]
    assert texts == ["Số 793", ""]
    await oa.channel.send(oa.group, content)
    assert len(await oa.seen(count=9)) == 4


async def test_an_empty_message_is_refused(oa: OaStage) -> None:
    with pytest.raises(Refused, match="empty"):
        await oa.channel.send(oa.group, Content("<b> </b>"))


async def test_a_message_is_never_changed(oa: OaStage) -> None:
    with pytest.raises(Refused):
        await oa.channel.edit(oa.group, "1", HELLO)


async def test_who_has_not_written_for_a_week_is_out_of_the_window(oa: OaStage) -> None:
    await oa.say("chào")
    oa.stage.clock.time += 8 * 24 * 3600
    pair = await oa.stage.act("zalo_oa/tokens", bot="loa_oa")
    oa.tokens.tokens.append(pair["access_token"])
    with pytest.raises(WindowClosed):
        await oa.channel.send(AN_ID, HELLO)
    await oa.channel.send(oa.group, HELLO)


async def test_the_months_quota_is_told_and_spent(oa: OaStage) -> None:
    await oa.rule(monthly_messages=2)
    await oa.say("chào")
    oa.stage.clock.time += 3 * 24 * 3600
    pair = await oa.stage.act("zalo_oa/tokens", bot="loa_oa")
    oa.tokens.tokens.append(pair["access_token"])
    assert (await oa.channel.send(AN_ID, HELLO)).quota == Quota(2, 1)
    assert (await oa.channel.send(AN_ID, HELLO)).quota == Quota(2, 0)
    with pytest.raises(QuotaSpent) as caught:
        await oa.channel.send(AN_ID, HELLO)
    assert caught.value.scope is Scope.ACCOUNT


@pytest.mark.parametrize("code", sorted(set(ERRORS) - {-100, -216, -220}))
async def test_every_error_code_is_told_as_it_is_meant(oa: OaStage, code: int) -> None:
    await oa.fault("error", code=code)
    with pytest.raises(type(ERRORS[code][0](""))) as caught:
        await oa.channel.send(oa.group, HELLO)
    assert str(code) in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "error"),
    [("502", TryLater), ("504", Lost), ("drop", Lost), ("cut", Lost), ("garbage", Lost)],
)
async def test_what_goes_wrong_on_the_way(oa: OaStage, kind: str, error: type[Exception]) -> None:
    await oa.fault(kind)
    with pytest.raises(error):
        await oa.channel.send(oa.group, HELLO)


async def test_a_platform_that_is_not_there_is_tried_later(unused_url: str) -> None:
    with pytest.raises(TryLater) as caught:
        await ZaloOaChannel.open("oa", Given(["x"]), unused_url, 1, press_key=PRESS_KEY)
    assert caught.value.scope is Scope.ACCOUNT


async def test_what_people_send_is_read_and_fetched(oa: OaStage) -> None:
    form = {"person": str(AN), "bot": "loa_oa", "text": ""}
    files = {"file": ("Báo cáo.pdf", PDF, "application/pdf")}
    answer = await oa.stage.http.post("/sandbox/say", data=form, files=files)
    assert answer.status_code == 200, answer.text
    update = oa.channel.parse(oa.heard[-1])
    assert isinstance(update, Message)
    assert update.file
    assert (update.file.kind, update.file.name, update.file.resendable) == (
        FileKind.DOCUMENT,
        "Báo cáo.pdf",
        False,
    )
    assert await oa.channel.fetch(update.file) == PDF
    oa.channel.capabilities = replace(oa.channel.capabilities, max_file_in=100)
    with pytest.raises(Refused, match="over the limit"):
        await oa.channel.fetch(update.file)


@pytest.mark.parametrize("path", ["/zalo/oa/files/none/a.pdf", "ftp://x/a", "not an address"])
async def test_a_file_that_is_not_there_is_refused(oa: OaStage, path: str) -> None:
    url = f"{oa.stage.running.url}{path}" if path.startswith("/") else path
    with pytest.raises(Refused):
        await oa.channel.fetch(FileIn(FileKind.DOCUMENT, url))


async def test_what_lies_elsewhere_is_fetched_encrypted(
    oa: OaStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def fetch(_: Download, address: str, __: int) -> bytes:
        asked.append(address)
        return b""

    monkeypatch.setattr(Download, "fetch", fetch)
    near = f"{oa.stage.running.zalo_oa}/files/1/a.pdf"
    for address in ("http://f1.zadn.vn/a.pdf", "https://f1.zadn.vn/a.pdf", near):
        await oa.channel.fetch(FileIn(FileKind.DOCUMENT, address))
    assert asked == ["https://f1.zadn.vn/a.pdf", "https://f1.zadn.vn/a.pdf", near]


async def test_a_groups_message_calls_the_account_or_not(oa: OaStage) -> None:
    for text in ("12 hộ", "@Loa OA bao cao", "@Đỗ Văn Bình xem nhé"):
        await oa.stage.act("say", person=AN, chat=oa.chat, text=text)
    updates = [oa.channel.parse(raw) for raw in oa.heard[-3:]]
    read = [(u.text, u.addressed, u.chat.id) for u in updates if isinstance(u, Message)]
    assert read == [
        ("12 hộ", False, oa.group),
        ("bao cao", True, oa.group),
        ("xem nhé", False, oa.group),
    ]


async def test_names_are_asked_for_and_remembered(oa: OaStage) -> None:
    group, private = Chat(oa.group, ChatKind.GROUP), Chat(AN_ID, ChatKind.PRIVATE)
    assert await oa.channel.name_of(group, AN_ID) == "Lò Thị An"
    await oa.fault("500", methods=["*"])
    assert await oa.channel.name_of(group, BINH_ID) == "Đỗ Văn Bình"
    assert await oa.channel.name_of(private, AN_ID) == "Lò Thị An"
    assert await oa.channel.name_of(private, "1") == ""


async def test_nobody_waits_long_for_a_name(oa: OaStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.zalo_people.NAME_SECONDS", 0.05)
    await oa.fault("timeout", methods=["*"], seconds=30)
    assert await oa.channel.name_of(Chat(oa.group, ChatKind.GROUP), AN_ID) == ""


async def test_in_private_a_name_is_that_of_the_person(oa: OaStage) -> None:
    await oa.say("chào", BINH)
    private = Chat(BINH_ID, ChatKind.PRIVATE)
    assert await oa.channel.name_of(private, BINH_ID) == "Đỗ Văn Bình"


async def test_groups_are_listed_and_made(oa: OaStage) -> None:
    (group,) = await oa.channel.groups.all()
    assert (f"group:{group.id}", group.name, group.enabled) == (oa.group, "Tổ công nghệ số 1", True)
    await oa.stage.act("follow", person=BINH, bot="loa_oa")
    assert await oa.channel.people.followers() == [BINH_ID]
    free = [each for each in await oa.channel.groups.packages() if each.free]
    made = await oa.channel.groups.create("Tổ số 2", "", free[0].id, [BINH_ID])
    assert made.link.startswith("https://zalo.me/g/")
    assert {each.name for each in await oa.channel.groups.all()} == {"Tổ công nghệ số 1", "Tổ số 2"}
    assert BINH_ID in await oa.channel.groups.names(made.id)
    assert not [each for each in await oa.channel.groups.packages() if each.free]


async def test_no_log_holds_an_address_or_a_token(
    oa: OaStage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await oa.channel.send(oa.group, HELLO)
    assert oa.tokens.tokens[0] not in caplog.text
    assert "message" not in caplog.text
