"""How each send ends, and with the last one a broadcast."""

import asyncio
from datetime import timedelta

import pytest

from domain.broadcast import Priority
from domain.channel import (
    AccountLost,
    ChatMoved,
    Lost,
    Refused,
    Scope,
    SendError,
    TryLater,
)
from domain.message import Chat, ChatKind
from scheduler.outcome import MOST_TRIES, growing
from storage import chats, deliveries, ends
from tests.scheduler.ledger import GROUPS, PRIVATE, UNSPEAKABLE, Ledger, reason, tries

SENT, FAILED, UNKNOWN = ("sent", False), ("failed", False), ("unknown", True)
SENT_AGAIN, WAITS = ("sent", True), ("queued", False)


# --- how a send ends ---


async def test_a_chat_that_was_sent_to_too_fast_delays_only_itself(ledger: Ledger) -> None:
    ledger.fail("a", TryLater("429", 60, Scope.CHAT))
    await ledger.queue("a", "một", "hai")
    await ledger.queue("b", "một", "hai")
    await ledger.pass_time(59)
    assert (ledger.told("a"), ledger.told("b")) == ([], ["một", "hai"])
    await ledger.pass_time(10)
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
    await ledger.pass_time(3600, step=20)
    assert (ledger.told("a"), await ledger.rows("a")) == (["một"], [SENT])


async def test_an_outage_of_any_length_counts_as_no_try(ledger: Ledger) -> None:
    ledger.fail("a", *[TryLater("no connection", 5, Scope.ACCOUNT)] * 40)
    await ledger.queue("a", "một")
    await ledger.pass_time(39 * 3600, step=3600)
    assert await ledger.rows("a") == [WAITS]
    assert await ledger.store.read(tries, ledger.ids["a"]) == [0]
    await ledger.pass_time(3600, step=3600)
    assert (await ledger.rows("a"), await ledger.store.read(tries, ledger.ids["a"])) == (
        [SENT],
        [1],
    )


async def test_what_a_chat_refused_too_often_has_failed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.outcome.MOST_TRIES", 5)
    ledger.fail("a", *[TryLater("429", 60)] * 5)
    await ledger.queue("a", "một")
    await ledger.pass_time(3 * 60, step=60)
    assert await ledger.rows("a") == [WAITS]
    await ledger.pass_time(60, step=60)
    assert (await ledger.rows("a"), ledger.told("a")) == ([FAILED], [])


def test_a_chat_is_tried_for_about_a_day() -> None:
    waits = sum(growing(tries) for tries in range(MOST_TRIES))
    assert timedelta(days=1) < timedelta(seconds=waits) < timedelta(days=1, hours=2)


async def test_a_group_that_moves_without_end_has_failed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.outcome.MOST_TRIES", 3)
    ledger.fail("a", *[ChatMoved("upgraded", "a")] * 3)
    await ledger.queue("a", "một")
    await ledger.pass_time(20)
    assert await ledger.rows("a") == [FAILED]


@pytest.mark.parametrize("again", [False, True])
async def test_what_was_held_back_for_days_does_not_fail_at_its_next_refusal(
    ledger: Ledger, again: bool
) -> None:
    """It was paused, planned, or is old and sent again."""
    broadcast = await ledger.broadcast("a")
    if again:
        ledger.fail("a", Refused("no"))
        await ledger.drain.settle()
    ledger.clock.advance(timedelta(days=3))
    await ledger.store.write(deliveries.retry, broadcast, Priority.BROADCAST, ledger.clock())
    ledger.fail("a", TryLater("429", 60))
    await ledger.drain.settle()
    assert await ledger.rows("a") == [WAITS]
    await ledger.pass_time(70)
    assert await ledger.rows("a") == [SENT]


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
    await ledger.pass_time(10)
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


async def test_a_lost_account_pauses_until_it_is_opened_anew_and_takes_a_message(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.fail("a", AccountLost("Unauthorized"))  # when it is opened anew, too
    for group in GROUPS:
        ledger.fail(group, AccountLost("Unauthorized"))
        await ledger.queue(group, "một")
    await ledger.drain.settle()
    await ledger.queue(PRIVATE, "hai")
    await ledger.pass_time(180, step=60)
    for _ in range(2):
        assert (ledger.told("a"), await ledger.rows("a")) == ([], [WAITS])
        (state,) = await ledger.store.read(chats.accounts)
        assert (state.lost_because, ledger.trusts) == ("Unauthorized", ["Unauthorized"])
        ledger.drain = ledger.new_drain()
        await ledger.pass_time(5)
    assert sorted(ledger.order()) == ["hai", "một", "một"]
    assert await ledger.store.read(tries, ledger.ids["a"]) == [1]
    (state,) = await ledger.store.read(chats.accounts)
    assert (state.lost_because, ledger.trusts) == (None, ["Unauthorized", ""])
    assert {record.levelname for record in caplog.records} == {"ERROR"}


async def test_a_token_that_is_refused_to_one_send_after_another_is_told_once(
    ledger: Ledger,
) -> None:
    """Both were on their way when the first was refused, and so was one that arrived."""
    holds = {chat: asyncio.Event() for chat in ("b", PRIVATE)}
    ledger.channel.holds |= holds
    for group in GROUPS:
        ledger.fail(group, AccountLost(f"Unauthorized {group}"))
        await ledger.queue(group, "một")
    await ledger.queue(PRIVATE, "hai")
    for _ in range(3):
        await ledger.drain.turn()
        await asyncio.sleep(0)
    assert ledger.trusts == ["Unauthorized a"]
    ledger.clock.advance(timedelta(seconds=1))
    for hold in holds.values():
        hold.set()
    await ledger.pass_time(5)
    assert (ledger.trusts, await ledger.rows("b")) == (["Unauthorized a"], [WAITS])
    assert await ledger.rows(PRIVATE) == [SENT]


async def test_a_fault_of_ours_fails_one_row_and_quotes_nobody(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.channel.faults["a"] = KeyError("bí mật")
    await ledger.queue("a", "bí mật")
    await ledger.queue("b", "một")
    await ledger.queue(PRIVATE, UNSPEAKABLE)
    await ledger.pass_time(1)
    assert (await ledger.rows("a"), ledger.told("b")) == ([FAILED], ["một"])
    assert await ledger.rows(PRIVATE) == [FAILED]
    assert all(fault in caplog.text for fault in ("KeyError", "ValueError"))
    assert "bí mật" not in caplog.text
    assert UNSPEAKABLE not in caplog.text


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
    await ledger.store.write(ends.chat_gone, ledger.ids["b"], "removed", ledger.clock())
    await ledger.drain.settle()
    assert ledger.ended == [broadcast]
