"""How each send ends, and with the last one a broadcast."""

import asyncio

import pytest

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
from storage import chats, claims
from tests.scheduler.ledger import GROUPS, PRIVATE, UNSPEAKABLE, Ledger, reason

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


async def test_what_could_not_go_for_a_day_has_failed(ledger: Ledger) -> None:
    ledger.fail("a", *[TryLater("429", 60)] * 500)
    await ledger.queue("a", "một")
    await ledger.pass_time(24 * 3600, step=3600)
    assert await ledger.rows("a") == [WAITS]
    await ledger.pass_time(3600, step=3600)
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


async def test_a_lost_account_pauses_until_a_restart(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    for group in GROUPS:
        ledger.fail(group, AccountLost("Unauthorized"))
        await ledger.queue(group, "một")
    await ledger.drain.settle()
    await ledger.queue(PRIVATE, "hai")
    await ledger.pass_time(60)
    assert (ledger.order(), await ledger.rows("a")) == ([], [WAITS])
    (state,) = await ledger.store.read(chats.accounts)
    assert (state.lost_because, ledger.lost) == ("Unauthorized", ["Unauthorized"])
    assert len(caplog.messages) == 1
    ledger.drain = ledger.new_drain()
    await ledger.pass_time(1)
    assert sorted(ledger.order()) == ["hai", "một", "một"]


async def test_a_token_that_is_refused_to_one_send_after_another_is_told_once(
    ledger: Ledger,
) -> None:
    """Both were on their way when the first was refused."""
    hold = ledger.channel.holds["b"] = asyncio.Event()
    for group in GROUPS:
        ledger.fail(group, AccountLost(f"Unauthorized {group}"))
        await ledger.queue(group, "một")
    for _ in range(3):
        await ledger.drain.turn()
        await asyncio.sleep(0)
    assert ledger.lost == ["Unauthorized a"]
    hold.set()
    await ledger.pass_time(5)
    assert (ledger.lost, await ledger.rows("b")) == (["Unauthorized a"], [WAITS])


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
    await ledger.store.write(claims.chat_gone, ledger.ids["b"], "removed", ledger.clock())
    await ledger.drain.settle()
    assert ledger.ended == [broadcast]
