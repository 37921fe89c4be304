"""The drain over Telegram's channel, against a platform that plays each fault on real HTTP."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.channels.telegram import TelegramChannel
from domain.channel import Scope, Sent, TryLater
from domain.message import Chat, ChatKind
from scheduler.drain import Drain, Hands
from scheduler.outcome import Health, Outcome
from storage import chats, deliveries, schema
from storage.deliveries import Letter
from storage.rows import AnyRow
from storage.store import Store
from tests.conftest import Clock, entered
from tests.sandbox.stage import GROUP, TOKEN, Stage, on_stage

ACCOUNT = "telegram"


@pytest.fixture
def stage(runner: asyncio.Runner) -> Iterator[Stage]:
    yield from entered(runner, on_stage())


@pytest.fixture
def drain(stage: Stage, store: Store, clock: Clock, runner: asyncio.Runner) -> Iterator[Drain]:
    channel = runner.run(TelegramChannel.open(ACCOUNT, TOKEN, stage.running.url, 1000))
    hands = Hands(
        lambda content, *_: content,
        address=lambda text, *_: text,
        ended=lambda *_: None,
        trusted=lambda *_: None,
        folder="",
    )
    yield Drain(store, channel, clock, hands)
    runner.run(channel.close())


def _queue(c: Connection, groups: Sequence[str], now: datetime) -> None:
    chats.open_account(c, ACCOUNT, None)
    for group in groups:
        chat = chats.seen(c, ACCOUNT, Chat(group, ChatKind.GROUP))
        deliveries.queue(c, Letter(chat.id, "Chào bạn"), now)


def _rows(c: Connection) -> list[AnyRow]:
    row, chat = schema.delivery.c, schema.chat.c
    query = select(chat.platform_id, row.state, row.repeated, row.error)
    joined = query.join(schema.chat, chat.id == row.chat_id)
    return list(c.execute(joined.order_by(row.id)))


async def _groups(stage: Stage, count: int) -> list[str]:
    made = [{"title": f"Tổ {n}", "members": ["an"], "bots": ["loa_bot"]} for n in range(count)]
    groups: list[str] = (await stage.act("bulk", groups=made, quiet=True))["groups"]
    return groups


async def _arrived(stage: Stage) -> int:
    """How many messages of the bot lie in the group."""
    found = (await stage.ask(f"/chats/{GROUP}/messages"))["messages"]
    return sum("service" not in each for each in found)


@pytest.mark.parametrize(
    ("fault", "ends", "arrived"),
    [
        ({"kind": "429", "seconds": 9}, ("sent", False), 1),
        ({"kind": "500"}, ("sent", False), 1),
        ({"kind": "502"}, ("sent", False), 1),
        ({"kind": "504"}, ("sent", True), 1),
        ({"kind": "504", "taken": True}, ("sent", True), 2),
        ({"kind": "timeout", "seconds": 0}, ("sent", True), 1),
        ({"kind": "timeout", "seconds": 0, "taken": True}, ("sent", True), 2),
        ({"kind": "drop"}, ("sent", True), 1),
        ({"kind": "cut"}, ("sent", True), 2),
        ({"kind": "garbage", "taken": True}, ("sent", True), 2),
        ({"kind": "cut", "times": 2}, ("unknown", True), 2),
        ({"kind": "kicked"}, ("failed", False), 0),
    ],
)
async def test_a_message_ends_as_the_fault_allows(
    drain: Drain,
    stage: Stage,
    clock: Clock,
    fault: dict[str, Any],
    ends: tuple[str, bool],
    arrived: int,
) -> None:
    await stage.act("faults", **({"times": 1} | fault))
    await drain.store.write(_queue, [GROUP], clock.now)
    for _ in range(3):
        await drain.settle()
        clock.advance(timedelta(seconds=10))
    (row,) = await drain.store.read(_rows)
    assert (row.state, row.repeated) == ends
    assert await _arrived(stage) == arrived


async def test_a_group_that_moved_gets_it_where_it_is_now(
    drain: Drain, stage: Stage, clock: Clock
) -> None:
    await stage.act("faults", kind="migrated", times=1)
    await drain.store.write(_queue, [GROUP], clock.now)
    await drain.settle()
    (row,) = await drain.store.read(_rows)
    assert row.state == "sent"
    assert row.platform_id.startswith("-100")


async def test_a_chat_that_is_refused_holds_up_no_other(
    drain: Drain, stage: Stage, clock: Clock
) -> None:
    groups = await _groups(stage, 20)
    await stage.act("faults", kind="429", chat=groups[7], seconds=60)
    await drain.store.write(_queue, groups, clock.now)
    await drain.settle()
    waiting = [row.platform_id for row in await drain.store.read(_rows) if row.state == "queued"]
    assert waiting == [groups[7]]


async def test_a_revoked_token_stops_the_account_until_it_is_taken_and_loses_nothing(
    drain: Drain, stage: Stage, clock: Clock
) -> None:
    groups = await _groups(stage, 3)
    await stage.act("faults", kind="revoked", bot="loa_bot")
    await drain.store.write(_queue, groups, clock.now)
    await drain.settle()
    assert [row.state for row in await drain.store.read(_rows)] == ["queued"] * 3
    await stage.http.delete("/sandbox/faults")
    await replace(drain).settle()  # the account is opened anew
    assert [row.state for row in await drain.store.read(_rows)] == ["sent"] * 3


async def test_a_drain_that_is_woken_as_it_is_stopped_stops(
    drain: Drain, stage: Stage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await drain.store.write(_queue, [], clock.now)
    resting, rest = asyncio.Event(), drain._rest

    async def rest_and_tell() -> None:
        resting.set()
        await rest()

    monkeypatch.setattr(drain, "_rest", rest_and_tell)
    task = asyncio.create_task(drain.run())
    await resting.wait()
    for _ in range(3):  # until it waits
        await asyncio.sleep(0)
    drain.wake()
    await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=5)
    assert done


def test_what_was_under_way_at_a_failure_is_no_new_one() -> None:
    start = datetime(2026, 11, 20, tzinfo=UTC)
    ill = TryLater("Bad Gateway", 5, Scope.ACCOUNT)

    def begun(second: int) -> list[Outcome]:
        return [Outcome(None, start + timedelta(seconds=second), ill)]  # type: ignore[arg-type]  # the row does not matter

    health = Health()
    for turn in range(8):
        health = health.after(begun(0), start + timedelta(seconds=1, milliseconds=5 * turn))
    assert health.failures == 1
    assert health.after(begun(9), start + timedelta(seconds=10)).failures == 2
    sent = [Outcome(None, start, Sent("1"))]  # type: ignore[arg-type]
    assert health.after(sent, start) == Health()
