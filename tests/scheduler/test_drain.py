"""The way out: in which order, how fast, and how each send ends."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.channel import (
    AccountLost,
    ChatMoved,
    Choice,
    Lost,
    Refused,
    Scope,
    SendError,
    TryLater,
)
from domain.message import Chat, ChatKind
from scheduler.drain import Drain
from storage import chats, deliveries
from storage.deliveries import Letter
from tests.conftest import Clock
from tests.scheduler.ledger import CAN, PRIVATE, Ledger, reason
from tests.scheduler.outages import Outage

SENT, FAILED, UNKNOWN = ("sent", False), ("failed", False), ("unknown", True)
PER_SECOND = 10
SENT_AGAIN, WAITS = ("sent", True), ("queued", False)


# --- the order ---


async def test_live_messages_go_before_a_broadcast(ledger: Ledger) -> None:
    ledger.channel.capabilities = replace(CAN, per_second=PER_SECOND)
    await ledger.broadcast("a", "b")
    await ledger.queue(PRIVATE, "trả lời")
    await ledger.pass_time(2, step=0.1)
    assert ledger.order() == ["trả lời", "văn bản", "văn bản", "đã gửi xong"]


async def test_the_messages_of_a_chat_keep_their_order(ledger: Ledger) -> None:
    texts = [str(number) for number in range(8)]
    await ledger.queue("a", *texts)
    await ledger.pass_time(15)
    assert ledger.told("a") == texts


async def test_a_chat_whose_send_hangs_holds_up_nobody(ledger: Ledger) -> None:
    ledger.channel.holds["a"] = asyncio.Event()
    await ledger.queue("a", "chậm", "sau")
    await ledger.queue("b", "nhanh")
    for _ in range(3):
        await ledger.drain.turn()
        await asyncio.sleep(0)
        ledger.clock.advance(timedelta(seconds=1))
    assert ledger.order() == ["nhanh"]
    ledger.channel.holds["a"].set()
    await ledger.pass_time(1)
    assert ledger.told("a") == ["chậm", "sau"]


# --- how a send ends ---


async def test_a_chat_that_was_sent_to_too_fast_delays_only_itself(ledger: Ledger) -> None:
    ledger.fail("a", TryLater("429", 60, Scope.CHAT))
    await ledger.queue("a", "một", "hai")
    await ledger.queue("b", "một", "hai")
    await ledger.pass_time(59)
    assert (ledger.told("a"), ledger.told("b")) == ([], ["một", "hai"])
    await ledger.pass_time(5)
    assert ledger.told("a") == ["một", "hai"]


async def test_an_account_that_sent_too_fast_is_silent_as_a_whole(ledger: Ledger) -> None:
    ledger.fail("a", TryLater("429", 30, Scope.ACCOUNT))
    await ledger.queue("a", "một")
    await ledger.drain.settle()
    await ledger.queue("b", "hai")
    await ledger.pass_time(29)
    assert ledger.order() == []
    await ledger.pass_time(2)
    assert sorted(ledger.order()) == ["hai", "một"]


async def test_an_outage_of_the_platform_is_waited_out(ledger: Ledger) -> None:
    ledger.fail("a", *[TryLater("no connection", 5, Scope.ACCOUNT)] * 12)
    await ledger.queue("a", "một")
    await ledger.pass_time(900, step=5)
    assert (ledger.told("a"), await ledger.rows("a")) == (["một"], [SENT])


async def test_what_could_not_go_for_a_day_has_failed(ledger: Ledger) -> None:
    ledger.fail("a", *[TryLater("429", 60)] * 500)
    await ledger.queue("a", "một")
    await ledger.pass_time(26 * 3600, step=3600)
    assert await ledger.rows("a") == [FAILED]


async def test_of_a_chat_that_is_gone_everything_has_failed(ledger: Ledger) -> None:
    ledger.fail("a", Refused("bot was kicked", gone=True))
    await ledger.queue("a", "một", "hai")
    await ledger.queue("b", "một")
    await ledger.pass_time(5)
    assert await ledger.rows("a") == [FAILED, FAILED]
    assert await ledger.store.read(reason, ledger.ids["a"]) == "bot was kicked"
    assert ledger.order() == ["một"]


async def test_a_message_that_is_refused_alone_fails_alone(ledger: Ledger) -> None:
    ledger.fail("a", Refused("message is too long"))
    await ledger.queue("a", "một", "hai")
    await ledger.pass_time(1)
    assert await ledger.rows("a") == [FAILED, SENT]
    assert await ledger.store.read(reason, ledger.ids["a"]) is None


@pytest.mark.parametrize(
    ("errors", "resend", "ends"),
    [
        ([Lost("no answer")], True, SENT_AGAIN),
        ([Lost("no answer"), Lost("no answer")], True, UNKNOWN),
        ([TryLater("429", 1), Lost("no answer")], True, SENT_AGAIN),
        ([Lost("no answer")], False, ("unknown", False)),
    ],
)
async def test_a_lost_answer_is_tried_once_more_and_marked(
    ledger: Ledger, errors: list[SendError], resend: bool, ends: tuple[str, bool]
) -> None:
    ledger.drain = ledger.new_drain(resend_lost=resend)
    ledger.fail("a", *errors)
    await ledger.queue("a", "một")
    await ledger.pass_time(5)
    assert await ledger.rows("a") == [ends]
    assert len(ledger.channel.times) == len(errors) + (ends[0] == "sent")


async def test_a_group_that_moved_gets_it_under_its_new_id(ledger: Ledger) -> None:
    ledger.fail("a", ChatMoved("upgraded to a supergroup", "-100"))
    await ledger.queue("a", "một", "hai")
    await ledger.pass_time(5)
    assert (ledger.told("a"), ledger.told("-100")) == ([], ["một", "hai"])
    assert await ledger.rows("a") == [SENT, SENT]


async def test_a_group_that_wrote_from_its_new_id_before_is_still_one_chat(
    ledger: Ledger,
) -> None:
    new = await ledger.store.write(chats.seen, "memory", Chat("-100", ChatKind.GROUP))
    ledger.ids["new"] = new.id
    ledger.fail("a", ChatMoved("upgraded to a supergroup", "-100"))
    await ledger.queue("new", "không")
    await ledger.queue("a", "một")
    await ledger.pass_time(5)
    assert ledger.told("-100") == ["không", "một"]


async def test_a_lost_account_pauses_until_a_restart(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.fail("a", AccountLost("Unauthorized"))
    await ledger.queue("a", "một")
    await ledger.drain.settle()
    await ledger.queue("b", "hai")
    await ledger.pass_time(60)
    assert (ledger.order(), await ledger.rows("a")) == ([], [WAITS])
    (state,) = await ledger.store.read(chats.accounts)
    assert state.lost_because == "Unauthorized"
    assert len(caplog.messages) == 1
    ledger.drain = ledger.new_drain()
    await ledger.pass_time(1)
    assert sorted(ledger.order()) == ["hai", "một"]


async def test_a_fault_of_ours_fails_one_row_and_quotes_nobody(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.channel.faults["a"] = KeyError("bí mật")
    await ledger.queue("a", "bí mật")
    await ledger.queue("b", "một")
    await ledger.pass_time(1)
    assert (await ledger.rows("a"), ledger.told("b")) == ([FAILED], ["một"])
    assert "KeyError" in caplog.text
    assert "bí mật" not in caplog.text


async def test_a_messenger_without_buttons_gets_them_in_words(ledger: Ledger) -> None:
    ledger.channel.capabilities = replace(CAN, buttons=False)
    choice = ((Choice("Một", "=1:a", 1),),)
    letter = Letter(ledger.ids["a"], "Chọn gì?", choice)
    await ledger.store.write(deliveries.queue, letter, ledger.clock())
    await ledger.drain.settle()
    (post,) = ledger.channel.posts
    assert (post.text, post.choices) == ("Chọn gì? (chọn bằng số)", ())


async def test_a_message_is_rewritten_where_it_stands(ledger: Ledger) -> None:
    first = Letter(ledger.ids["a"], "đang gửi")
    number = await ledger.store.write(deliveries.queue, first, ledger.clock())
    await ledger.drain.settle()
    again = replace(first, text="đã gửi", edits_id=number)
    await ledger.store.write(deliveries.queue, again, ledger.clock())
    await ledger.drain.settle()
    assert [(post.id, post.text) for post in ledger.channel.posts] == [
        ("m1", "đang gửi"),
        ("m1", "đã gửi"),
    ]


# --- how fast ---


def most_within(moments: Sequence[datetime], span: timedelta) -> int:
    """The most moments in any stretch of time of that length."""
    return max(sum(start <= each < start + span for each in moments) for start in moments)


async def test_an_account_keeps_its_pace_also_over_a_restart(ledger: Ledger) -> None:
    ledger.channel.capabilities = replace(CAN, per_second=PER_SECOND)
    for number in range(60):
        ledger.ids[f"g{number}"] = (
            await ledger.store.write(chats.seen, "memory", Chat(f"g{number}", ChatKind.GROUP))
        ).id
        await ledger.queue(f"g{number}", "chào")
    for seconds in (2.0, 4.5):
        await ledger.pass_time(seconds, step=0.05)
        ledger.drain = ledger.new_drain()
    moments = [moment for _, moment in ledger.channel.times]
    assert len(moments) == 60
    assert most_within(moments, timedelta(seconds=1)) <= PER_SECOND
    assert moments[-1] - moments[0] <= timedelta(seconds=60 / PER_SECOND + 0.5)


@pytest.mark.parametrize(("chat", "gap"), [("a", CAN.group_gap), (PRIVATE, CAN.private_gap)])
async def test_a_chat_keeps_its_pace_also_over_a_restart(
    ledger: Ledger, chat: str, gap: float
) -> None:
    """Five may go at once after a silence; from then on one every `gap` seconds."""
    await ledger.queue(chat, *[str(number) for number in range(12)])
    for _ in range(2):
        await ledger.pass_time(4 * gap, step=gap / 4)
        ledger.drain = ledger.new_drain()
    moments = [moment for _, moment in ledger.channel.times]
    assert len(moments) == 12
    assert moments[4] - moments[0] < timedelta(seconds=gap)
    for number in range(5, 12):
        assert moments[number] - moments[0] >= timedelta(seconds=gap) * (number - 4)
    assert most_within(moments, timedelta(seconds=gap)) <= 6


# --- a broadcast ends ---


async def test_a_broadcast_ends_with_its_last_row_and_is_told_once(ledger: Ledger) -> None:
    ledger.fail("b", TryLater("429", 60))
    broadcast = await ledger.broadcast("a", "b")
    await ledger.pass_time(59)
    assert (ledger.told("a"), ledger.ended) == (["văn bản"], [])
    await ledger.pass_time(120)
    assert ledger.ended == [broadcast]
    assert ledger.told(PRIVATE) == ["đã gửi xong"]


@pytest.mark.parametrize(
    "errors", [[Refused("no")], [Lost("no answer"), Lost("no answer")], [Refused("out", gone=True)]]
)
async def test_a_broadcast_ends_also_with_what_did_not_arrive(
    ledger: Ledger, errors: list[SendError]
) -> None:
    ledger.fail("b", *errors)
    broadcast = await ledger.broadcast("a", "b")
    await ledger.pass_time(10)
    assert ledger.ended == [broadcast]


async def test_a_broadcast_ends_when_the_last_group_is_left(ledger: Ledger) -> None:
    ledger.fail("b", TryLater("429", 60))
    broadcast = await ledger.broadcast("a", "b")
    await ledger.drain.settle()
    await ledger.store.write(deliveries.chat_gone, ledger.ids["b"], "removed", ledger.clock())
    await ledger.drain.settle()
    assert ledger.ended == [broadcast]


# --- it runs by itself ---


async def posted(ledger: Ledger, count: int) -> None:
    """Wait until so many messages were sent."""
    while len(ledger.channel.posts) < count:
        ledger.channel.rings.clear()
        await ledger.channel.rings.wait()


async def stopped(running: "asyncio.Task[None]") -> None:
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_it_sends_when_it_is_woken(ledger: Ledger) -> None:
    running = asyncio.create_task(ledger.drain.run())
    for number in (1, 2):
        await ledger.queue("a", str(number))
        ledger.drain.wake()
        await posted(ledger, number)
    await stopped(running)
    assert ledger.told("a") == ["1", "2"]


async def test_it_wakes_by_itself_when_a_chat_may_be_sent_to(ledger: Ledger) -> None:
    ledger.channel.capabilities = replace(CAN, per_second=1000, private_gap=0.05)
    ledger.clock.now = datetime.now(UTC)
    ledger.drain.clock = lambda: datetime.now(UTC)
    await ledger.queue(PRIVATE, *"1234567")
    running = asyncio.create_task(ledger.drain.run())
    await posted(ledger, 7)
    await stopped(running)
    assert ledger.told(PRIVATE) == list("1234567")


async def test_what_was_being_sent_at_the_end_is_sent_again_and_marked(ledger: Ledger) -> None:
    ledger.channel.holds["a"] = asyncio.Event()
    await ledger.queue("a", "một")
    running = asyncio.create_task(ledger.drain.run())
    await ledger.channel.rings.wait()
    await stopped(running)
    assert await ledger.rows("a") == [("sending", False)]
    del ledger.channel.holds["a"]
    ledger.drain = ledger.new_drain()
    running = asyncio.create_task(ledger.drain.run())
    await posted(ledger, 1)
    await stopped(running)
    await ledger.drain.settle()
    assert (ledger.told("a"), await ledger.rows("a")) == (["một"], [SENT_AGAIN])


async def test_an_outage_of_the_database_is_told_once_and_outlived(
    outage: Outage, clock: Clock, bell: "Bell", caplog: pytest.LogCaptureFixture
) -> None:
    ledger = await Ledger.open(outage.store, clock)
    hold = ledger.channel.holds["a"] = asyncio.Event()
    ledger.fail("a", Refused("too long to be kept without a new page " * 200))
    await ledger.queue("a", "một")
    running = asyncio.create_task(ledger.drain.run())
    await ledger.channel.rings.wait()
    await outage.begin()
    hold.set()  # the send ends, and how it did cannot be written down
    await met(bell, ledger.drain)
    await outage.mend()
    await ledger.queue("b", "hai")
    ledger.drain.wake()
    await posted(ledger, 1)
    await stopped(running)
    await ledger.drain.settle()
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("memory: the ledger cannot be reached: ")
    assert (await ledger.rows("a"), await ledger.rows("b")) == ([FAILED], [SENT])
    assert [chat for chat, _ in ledger.channel.times] == ["a", "b"]


class Bell(logging.Handler):
    """Rings at the first line of a log."""

    def __init__(self) -> None:
        super().__init__()
        self.rang = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.rang.set()


@pytest.fixture
def bell() -> Iterator[Bell]:
    bell, log = Bell(), logging.getLogger("scheduler.drain")
    log.addHandler(bell)
    yield bell
    log.removeHandler(bell)


async def met(bell: Bell, drain: Drain) -> None:
    """Wait until a drain has met the outage, and has then tried a few times more."""
    await bell.rang.wait()
    for _ in range(3):
        drain.wake()
        while drain.woken.is_set():  # noqa: ASYNC110 - it is cleared when the try has failed
            await asyncio.sleep(0)
