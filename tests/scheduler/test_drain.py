"""The way out: in which order, how fast, at which hour, and through which outage."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from domain.channel import Choice, Refused
from domain.message import FileIn, FileKind
from domain.pace import Pace
from scheduler.drain import IDLE
from scheduler.outcome import LOST
from storage import chats, deliveries, files, schema
from storage.deliveries import Letter
from storage.ends import AFTER_DEATHS, MOST_DEATHS, after_death
from tests.conftest import Clock
from tests.scheduler.ledger import CAN, PRIVATE, Ledger
from tests.scheduler.outages import Outage
from tests.world import NIGHT

SENT, FAILED, SENT_AGAIN = ("sent", False), ("failed", False), ("sent", True)
PER_SECOND = 10


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
    for group in await ledger.groups(60):
        await ledger.queue(group, "chào")
    for seconds in (2.0, 4.5):
        await ledger.pass_time(seconds, step=0.05)
        ledger.drain = ledger.new_drain()
    moments = [moment for _, moment in ledger.channel.times]
    assert len(moments) == 60
    assert most_within(moments, timedelta(seconds=1)) <= PER_SECOND
    assert moments[-1] - moments[0] <= timedelta(seconds=60 / PER_SECOND + 0.5)


GROUP_MINUTE = 20
"""Messages that a group may get within a minute: Telegram's limit."""


@pytest.mark.parametrize(("chat", "pace"), [("a", CAN.group_pace), (PRIVATE, CAN.private_pace)])
async def test_a_chat_keeps_its_pace_also_over_a_restart(
    ledger: Ledger, chat: str, pace: Pace
) -> None:
    """A few may go at once after a silence; from then on one every `gap`."""
    await ledger.queue(chat, *[str(number) for number in range(pace.burst + 14)])
    for _ in range(2):
        await ledger.pass_time(8 * pace.gap.total_seconds(), step=pace.gap.total_seconds() / 4)
        ledger.drain = ledger.new_drain()
    moments = [moment for _, moment in ledger.channel.times]
    assert len(moments) == pace.burst + 14
    assert moments[pace.burst - 1] - moments[0] < 2 * pace.gap
    for number in range(pace.burst, len(moments)):
        assert moments[number] - moments[0] >= pace.gap * (number - pace.burst + 1)
    assert chat == PRIVATE or most_within(moments, timedelta(minutes=1)) <= GROUP_MINUTE


# --- at night ---


async def test_at_night_only_what_is_urgent_or_live_goes(ledger: Ledger, now: datetime) -> None:
    ledger.drain = ledger.new_drain(quiet=NIGHT)
    ledger.clock.now = now.replace(hour=22)
    await ledger.broadcast("a", text="thường")
    await ledger.broadcast("b", text="khẩn", urgent=True)
    await ledger.queue("a", "trả lời")
    await ledger.pass_time(7.9 * 3600, step=0.1 * 3600)
    assert sorted(ledger.order()) == ["khẩn", "trả lời", "đã gửi xong"]
    ledger.clock.now = now.replace(hour=6) + timedelta(days=1)
    await ledger.pass_time(1)
    assert ledger.told("a") == ["trả lời", "thường"]


# --- files ---


async def test_a_file_goes_up_by_one_row_alone_and_holds_up_no_other(ledger: Ledger) -> None:
    hold = ledger.channel.holds["a"] = asyncio.Event()
    for chat in ("a", "b"):
        await ledger.store.write(queue_file, ledger.ids[chat], ledger.clock())
    await ledger.queue(PRIVATE, "trả lời")
    for _ in range(3):
        await ledger.drain.turn()
        await asyncio.sleep(0)
    assert (ledger.told("b"), ledger.told(PRIVATE)) == ([], ["trả lời"])
    hold.set()
    await ledger.drain.settle()
    assert (ledger.told("a"), ledger.told("b")) == (["tệp"], ["tệp"])
    assert ledger.channel.uploads == ["var/files/sha"]


async def test_more_rows_than_are_looked_at_that_wait_for_an_upload_hold_up_no_other(
    ledger: Ledger,
) -> None:
    """Neither a broadcast's nor live ones; and no chat gets the second message first."""
    ledger.channel.capabilities = replace(CAN, per_second=10)
    hold = ledger.channel.holds["a"] = asyncio.Event()
    many = await ledger.groups(40)
    file_id = await ledger.store.write(kept_file, ledger.clock())
    await ledger.store.write(queue_file, ledger.ids["a"], ledger.clock())
    await ledger.broadcast(*many[:30], text="có tệp", file_id=file_id)
    for chat in many[30:]:
        await ledger.store.write(queue_file, ledger.ids[chat], ledger.clock())
    await ledger.queue(many[30], "sau tệp")
    await ledger.broadcast("b", many[0], text="không tệp")
    for _ in range(30):
        await ledger.drain.turn()
        await asyncio.sleep(0)
        ledger.clock.advance(timedelta(seconds=0.1))
    assert ledger.order() == ["không tệp", "không tệp", "đã gửi xong"]
    hold.set()
    await ledger.pass_time(10, step=0.1)
    assert ledger.told(many[30]) == ["tệp", "sau tệp"]
    assert ledger.channel.uploads == ["var/files/sha"]
    for chat in many[1:30]:
        assert await ledger.rows(chat) == [SENT]


@pytest.mark.parametrize(("hours", "state"), [(23, "queued"), (25, "failed")])
async def test_a_file_that_another_messenger_has_is_waited_for_a_day(
    ledger: Ledger, hours: int, state: str
) -> None:
    await ledger.store.write(chats.open_account, "other", None)
    file_id = await ledger.store.write(
        files.received, "other", FileIn(FileKind.DOCUMENT, "x", "a.pdf"), ledger.clock()
    )
    letter = Letter(ledger.ids["a"], "tệp", file_ids=(file_id,))
    await ledger.store.write(deliveries.queue, letter, ledger.clock())
    await ledger.queue("b", "nhanh")
    await ledger.pass_time(hours * 3600, step=3600)
    assert (await ledger.rows("a"), ledger.told("b")) == ([(state, False)], ["nhanh"])
    if state == "failed":
        assert await ledger.store.read(errors, ledger.ids["a"]) == ["the file to send has not come"]


def queue_file(c: Connection, chat_id: int, now: datetime) -> None:
    """A message with the one file that there is."""
    deliveries.queue(c, Letter(chat_id, "tệp", file_ids=(kept_file(c, now),)), now)


def kept_file(c: Connection, now: datetime) -> int:
    known = c.execute(select(schema.file.c.id)).scalar()
    return known or files.kept(c, FileKind.DOCUMENT, "a.pdf", "", 1, "sha", now)


# --- it runs by itself ---


async def posted(ledger: Ledger, count: int) -> None:
    """Wait until so many messages were sent."""
    while len(ledger.channel.posts) < count:
        ledger.channel.rings.clear()
        await ledger.channel.rings.wait()


async def stopped(running: "asyncio.Task[None]") -> None:
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()


async def test_it_sends_when_it_is_woken(ledger: Ledger) -> None:
    running = asyncio.create_task(ledger.drain.run())
    for number in (1, 2):
        await ledger.queue("a", str(number))
        ledger.drain.wake()
        await posted(ledger, number)
    await stopped(running)
    assert ledger.told("a") == ["1", "2"]


async def test_it_wakes_by_itself_when_a_chat_may_be_sent_to(ledger: Ledger) -> None:
    pace = replace(CAN.private_pace, gap=timedelta(milliseconds=50))
    ledger.channel.capabilities = replace(CAN, private_pace=pace)
    ledger.clock.now = datetime.now(UTC)
    ledger.drain.clock = lambda: datetime.now(UTC)
    await ledger.queue(PRIVATE, *"1234567")
    running = asyncio.create_task(ledger.drain.run())
    await posted(ledger, 7)
    await stopped(running)
    assert ledger.told(PRIVATE) == list("1234567")


async def test_while_a_send_hangs_the_ledger_is_not_asked_again_and_again(ledger: Ledger) -> None:
    ledger.channel.holds["a"] = asyncio.Event()
    await ledger.queue("a", "chậm", "sau")
    running = asyncio.create_task(ledger.drain.run())
    await ledger.channel.rings.wait()
    await stopped(running)
    assert ledger.drain.waits == [IDLE] * 2  # the second one when it is to stop


async def test_a_chat_with_more_messages_than_are_looked_at_holds_up_nobody(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.drain.IDLE", timedelta(hours=1))
    ledger.channel.capabilities = replace(CAN, per_second=20)
    ledger.channel.holds["a"] = asyncio.Event()
    ledger.clock.now = datetime.now(UTC)
    ledger.drain.clock = lambda: datetime.now(UTC)
    await ledger.queue("a", *["chậm"] * 30)
    await ledger.queue("b", "nhanh")
    running = asyncio.create_task(ledger.drain.run())
    await posted(ledger, 1)
    await stopped(running)
    assert ledger.order() == ["nhanh"]


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


async def test_what_was_being_sent_at_the_end_is_unknown_where_nothing_may_come_twice(
    ledger: Ledger,
) -> None:
    ledger.channel.holds["a"] = asyncio.Event()
    await ledger.queue("a", "một")
    await ledger.drain.turn()
    ledger.drain = ledger.new_drain(resend_lost=False)
    await ledger.drain.recover()
    await ledger.drain.settle()
    assert (ledger.told("a"), await ledger.rows("a")) == ([], [("unknown", False)])
    assert await ledger.store.read(errors, ledger.ids["a"]) == [LOST]


async def test_a_row_that_two_deaths_met_is_sent_again_after_a_pause_but_not_for_ever(
    ledger: Ledger, clock: Clock
) -> None:
    ledger.channel.holds["a"] = asyncio.Event()
    await ledger.queue("a", "một")
    for _ in range(2):
        await die(ledger)
    await ledger.drain.turn()
    assert await ledger.rows("a") == [("queued", True)]
    for _ in range(MOST_DEATHS - 2):
        clock.advance(AFTER_DEATHS)
        await die(ledger)
    assert await ledger.rows("a") == [("unknown", True)]


def test_a_person_waits_little_after_the_first_deaths_and_a_chat_is_not_flooded() -> None:
    waits = [after_death(tries).total_seconds() for tries in (1, 2, 3, 4, 300)]
    assert waits == [0, 1, 2, 4, 128]


async def die(ledger: Ledger) -> None:
    """The process dies while it sends what is due, and is started anew."""
    await ledger.drain.turn()
    ledger.drain = ledger.new_drain()
    await ledger.drain.recover()


def errors(c: Connection, chat_id: int) -> list[str | None]:
    row = schema.delivery.c
    return list(c.execute(select(row.error).where(row.chat_id == chat_id)).scalars())


async def test_an_outage_of_the_database_is_told_once_and_outlived(
    outage: Outage, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = await Ledger.open(outage.store, clock)
    hold = ledger.channel.holds["a"] = asyncio.Event()
    ledger.fail("a", Refused("too long to be kept without a new page " * 200))
    await ledger.queue("a", "một")
    running = asyncio.create_task(ledger.drain.run())
    await ledger.channel.rings.wait()
    await outage.begin()
    hold.set()  # the send ends, and how it did cannot be written down
    for _ in range(4):
        await ledger.drain.misses.acquire()
        ledger.drain.wake()
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
