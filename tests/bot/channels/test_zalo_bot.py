"""The channel of Zalo's Bot Platform against the sandbox, over HTTP, under every switch."""

import asyncio
import logging
from collections.abc import Iterator

import pytest

from bot.channels.zalo_bot import FLOOR_SECONDS, IDLE_POLLS, ZaloBotChannel
from bot.receive import Hooked, Polled, WithMenu
from domain.channel import (
    AccountLost,
    Capabilities,
    Content,
    FileOut,
    Lost,
    QuotaSpent,
    Refused,
    TryLater,
)
from domain.message import ChatKind, FileIn, FileKind, Message
from tests.sandbox.stage import AN, Stage
from tests.sandbox.test_sending import picture
from tests.sandbox.webhook_door import open_door
from tests.sandbox.zalo_bot_stage import (
    AN_ID,
    BINH_ID,
    CALLED,
    PRIVATE,
    TOKEN,
    ZaloStage,
    with_zalo,
)

SECRET = "mat-khau-cua-cong"


class Pauses:
    """Rests that take no time, written down."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def zalo(stage: Stage, runner: asyncio.Runner) -> ZaloStage:
    return runner.run(with_zalo(stage))


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def bot(zalo: ZaloStage, pauses: Pauses, runner: asyncio.Runner) -> Iterator[ZaloBotChannel]:
    """Loa's bot on Zalo; its polls wait for nothing."""
    base = zalo.stage.running.zalo_bot
    opening = ZaloBotChannel.open("zalo-bot", TOKEN, base, 5, "Bot Loa", pauses)
    channel = runner.run(opening)
    yield channel
    runner.run(channel.close())


async def _heard(bot: ZaloBotChannel) -> list[Message]:
    found = [bot.parse(raw) for raw in await bot.updates(None, 0)]
    assert all(isinstance(each, Message) for each in found)
    return [each for each in found if isinstance(each, Message)]


async def test_the_account_says_what_it_can_do(bot: ZaloBotChannel, zalo: ZaloStage) -> None:
    assert bot.capabilities == Capabilities(
        buttons=False,
        group_buttons=False,
        edits=False,
        documents_in=False,
        files_out=False,
        photo_by_link=True,
        hears_all=False,
        gathers=True,
        max_photo_out=5 * 2**20,
        per_second=5,
        group_pace=bot.capabilities.private_pace,
        link=zalo.link,
        deep_links=False,
        call="@Bot Loa",
        name="Bot Loa",
    )
    assert isinstance(bot, Polled)
    assert isinstance(bot, Hooked)
    assert not isinstance(bot, WithMenu)


@pytest.mark.parametrize("token", ["7100001:other", "nonsense", "", "7100001:a/../x"])
async def test_an_account_whose_token_is_unknown_is_lost(zalo: ZaloStage, token: str) -> None:
    with pytest.raises(AccountLost):
        await ZaloBotChannel.open("zalo-bot", token, zalo.stage.running.zalo_bot, 5)


@pytest.mark.parametrize("groups", [True, False])
async def test_it_is_told_when_a_bot_may_not_be_in_groups(
    zalo: ZaloStage, caplog: pytest.LogCaptureFixture, *, groups: bool
) -> None:
    await zalo.stage.act(
        "bots", username="kin", token="7100002:b", messenger="zalo_bot", joins_groups=groups
    )
    channel = await ZaloBotChannel.open("kin", "7100002:b", zalo.stage.running.zalo_bot, 5)
    await channel.close()
    assert ("does not let this bot into groups" in caplog.text) is not groups


# Out


async def test_a_text_keeps_its_looks_and_what_people_typed(
    bot: ZaloBotChannel, zalo: ZaloStage
) -> None:
    html = (
        "<b>Số 793</b> &lt;KH&gt; **2*3** <code>tham gia ab_cd</code> "
        '🙂 <i>nhé</i> <a href="https://chinhphu.vn/a_b">đây</a>, <a href="mention:1">An</a>'
    )
    sent = await bot.send(zalo.group_id, Content(html))
    seen = await zalo.seen()
    assert len(sent.message_id) == 20
    assert seen["text"] == (
        "Số 793 <KH> **2*3** tham gia ab_cd 🙂 nhé đây (https://chinhphu.vn/a_b), An"
    )
    looks = [(each["type"], each["offset"], each["length"]) for each in seen["entities"]]
    assert looks == [("bold", 0, 6), ("italic", 38, 3), ("url", 47, 23)]


async def test_a_long_text_goes_in_parts_and_on_where_it_stopped(
    bot: ZaloBotChannel, zalo: ZaloStage
) -> None:
    first, second = "a" * 1990, "b" * 100
    content = Content(f"{first}\n\n<b>{second}</b>")
    await zalo.rule(monthly=1)
    with pytest.raises(QuotaSpent):
        await bot.send(zalo.group_id, content)
    await zalo.rule()
    await bot.send(zalo.group_id, content)
    page = await zalo.stage.ask(f"/chats/{zalo.group}/messages")
    assert [each["text"] for each in page["messages"]] == [first, second]


async def test_marks_apart_from_their_letters_are_put_together_before_counting(
    bot: ZaloBotChannel, zalo: ZaloStage
) -> None:
    await bot.send(zalo.group_id, Content("e\u0302\u0301" * 2000))
    assert (await zalo.seen())["text"] == "ế" * 2000


async def test_a_photo_goes_by_its_link(bot: ZaloBotChannel, zalo: ZaloStage) -> None:
    await zalo.upload(("a.png", picture(), "image/png"))
    link = (await zalo.next())["message"]["photo"]
    photo = FileOut(FileKind.PHOTO, "a.png", "/nowhere", link=link)
    assert bot.capabilities.takes(photo)
    await bot.send(zalo.group_id, Content("<b>Ảnh</b> tổ", files=(photo,)))
    seen = await zalo.seen()
    assert (seen["file"]["kind"], seen["text"]) == ("photo", "Ảnh tổ")


@pytest.mark.parametrize(
    "file",
    [
        FileOut(FileKind.DOCUMENT, "a.pdf", "/x", link="https://loa.example/file/1"),
        FileOut(FileKind.PHOTO, "a.png", "/x"),
    ],
)
async def test_what_it_cannot_send_is_refused(bot: ZaloBotChannel, file: FileOut) -> None:
    assert not bot.capabilities.takes(file)
    with pytest.raises(Refused):
        await bot.send(AN_ID, Content("a", files=(file,)))


async def test_nothing_can_be_changed(bot: ZaloBotChannel) -> None:
    with pytest.raises(Refused):
        await bot.edit(AN_ID, "1", Content("a"))
    await bot.notice("1", "a")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "429"}, QuotaSpent),
        ({"kind": "500"}, TryLater),
        ({"kind": "502"}, TryLater),
        ({"kind": "504"}, Lost),
        ({"kind": "revoked"}, AccountLost),
        ({"kind": "garbage"}, Lost),
        ({"kind": "drop"}, Lost),
        ({"kind": "cut"}, Lost),
        ({"kind": "kicked"}, Refused),
    ],
)
@pytest.mark.parametrize("error_status", ["code", "200"])
async def test_every_fault_has_its_meaning(
    bot: ZaloBotChannel,
    zalo: ZaloStage,
    fault: dict[str, str],
    kind: type[Exception],
    error_status: str,
) -> None:
    await zalo.rule(error_status=error_status)
    await zalo.stage.act("faults", **fault, bot="bot_loa", times=1)
    with pytest.raises(kind) as raised:
        await bot.send(zalo.group_id, Content("a"))
    assert type(raised.value) is kind
    assert TOKEN not in str(raised.value)
    assert raised.value.__context__ is None or TOKEN not in str(raised.value.__context__)


async def test_a_stranger_is_out_of_reach(bot: ZaloBotChannel) -> None:
    with pytest.raises(Refused) as refused:
        await bot.send(BINH_ID, Content("a"))
    assert refused.value.gone


async def test_nobody_answers(unused_url: str) -> None:
    with pytest.raises(TryLater):
        await ZaloBotChannel.open("zalo-bot", TOKEN, unused_url, 5)


async def test_no_log_has_the_token(
    bot: ZaloBotChannel, zalo: ZaloStage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for name in ("httpx", "httpcore"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING
    await bot.send(zalo.group_id, Content("a"))
    await bot.updates(None, 0)
    assert TOKEN not in caplog.text


# In


async def test_a_private_message_is_heard(bot: ZaloBotChannel, zalo: ZaloStage) -> None:
    await zalo.say("@Bot Loa là gì?")
    (message,) = await _heard(bot)
    assert (message.chat.id, message.chat.kind) == (AN_ID, ChatKind.PRIVATE)
    assert (message.sender.id, message.sender.name) == (AN_ID, "Lò Thị An")
    assert message.text == "@Bot Loa là gì?"
    assert message.addressed


async def test_a_call_in_a_group_is_heard_without_the_name(
    bot: ZaloBotChannel, zalo: ZaloStage
) -> None:
    await zalo.say_in_group(f"{CALLED}bao giờ họp?")
    (message,) = await _heard(bot)
    assert (message.chat.id, message.chat.kind) == (zalo.group_id, ChatKind.GROUP)
    assert (message.text, message.sender.id) == ("bao giờ họp?", AN_ID)


@pytest.mark.parametrize("status", [200, 408])
async def test_an_idle_poll_is_silence(
    bot: ZaloBotChannel, zalo: ZaloStage, pauses: Pauses, status: int
) -> None:
    await zalo.rule(idle_status=status)
    assert await bot.updates(None, 0) == []
    (rested,) = pauses.seconds
    assert 0 < rested <= FLOOR_SECONDS


@pytest.mark.parametrize("redelivery", ["always", "never"])
async def test_each_message_is_heard_once_and_polls_do_not_spin(
    bot: ZaloBotChannel, zalo: ZaloStage, pauses: Pauses, redelivery: str
) -> None:
    await zalo.rule(redelivery=redelivery)
    for text in ("một", "hai"):
        await zalo.say(text)
    found = [each.text for _ in range(6) for each in await _heard(bot)]
    assert found == ["một", "hai"]
    assert len(pauses.seconds) == 4
    assert all(seconds > FLOOR_SECONDS / 2 for seconds in pauses.seconds)
    await zalo.say("ba")
    assert [each.text for each in await _heard(bot)] == ["ba"]


@pytest.mark.parametrize("field", ["photo", "photo_url"])
async def test_a_picture_is_fetched_from_its_address(
    bot: ZaloBotChannel, zalo: ZaloStage, field: str
) -> None:
    await zalo.rule(photo_field=field, photo_seconds=60)
    await zalo.upload(("a.png", picture(), "image/png"), text="ảnh họp")
    (message,) = await _heard(bot)
    assert message.text == "ảnh họp"
    assert message.file is not None
    assert (message.file.kind, message.file.resendable) == (FileKind.PHOTO, False)
    assert await bot.fetch(message.file) == picture()
    zalo.stage.clock.time += 61
    with pytest.raises(Refused):
        await bot.fetch(message.file)


@pytest.mark.parametrize("what", ["sticker", "file"])
async def test_what_it_cannot_use_is_seen(bot: ZaloBotChannel, zalo: ZaloStage, what: str) -> None:
    if what == "sticker":
        await zalo.say("", sticker="🙏")
    else:
        await zalo.upload(("k.pdf", b"%PDF-1.7", "application/pdf"))
    (message,) = await _heard(bot)
    assert message.file == FileIn(FileKind.OTHER)


@pytest.mark.parametrize("beside", ["refused", "silent"])
async def test_a_webhook_set_elsewhere_is_taken_away(
    bot: ZaloBotChannel, zalo: ZaloStage, beside: str, caplog: pytest.LogCaptureFixture
) -> None:
    await zalo.rule(beside_webhook=beside)
    await zalo.call("setWebhook", url="http://127.0.0.1:1/hook", secret_token=SECRET)
    polls = 1 if beside == "refused" else IDLE_POLLS
    for _ in range(polls):
        assert await bot.updates(None, 0) == []
    assert "a webhook was set elsewhere" in caplog.text
    await zalo.say("chào")
    assert [each.text for each in await _heard(bot)] == ["chào"]


@pytest.mark.parametrize("body", ["flat", "wrapped"])
async def test_updates_come_by_webhook(
    bot: ZaloBotChannel, zalo: ZaloStage, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    await zalo.rule(webhook_body=body)
    async with open_door() as door:
        door.header = "X-Bot-Api-Secret-Token"
        await bot.set_webhook(door.url, SECRET)
        assert caplog.text == ""
        await door.came.get()  # the try
        await zalo.say("chào")
        secret, raw = await door.came.get()
        update = bot.parse(raw)
        assert isinstance(update, Message)
        assert (secret, update.text) == (SECRET, "chào")
    await bot.set_webhook(door.url, SECRET)
    assert "webhook.err.conn" in caplog.text
    for _ in range(2):
        await bot.delete_webhook()
    assert (await zalo.fail("getWebhookInfo"))[1] == 404


async def test_answering_goes_back_to_the_one_who_wrote(
    bot: ZaloBotChannel, zalo: ZaloStage
) -> None:
    await zalo.say("chào", AN)
    (message,) = await _heard(bot)
    await bot.send(message.chat.id, Content("Chào bạn"))
    assert (await zalo.seen(PRIVATE))["text"] == "Chào bạn"
