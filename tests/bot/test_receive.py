"""How updates reach the road, with a channel and a road of a few lines."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Never

import pytest

from bot.receive import BadUpdate, poll, work_off
from domain.channel import (
    AccountLost,
    Capabilities,
    Channel,
    Content,
    Lost,
    Refused,
    SendError,
    Sent,
    TryLater,
)
from domain.message import FileIn, Ignored, Update
from storage.store import StorageError


class Finished(Exception):
    """The script of a test is over."""


@dataclass
class ScriptedSource:
    """Gives what the script says; an update is its number, a negative one cannot be read."""

    script: list[list[int] | SendError]
    asked: list[int | None] = field(default_factory=list)
    account: str = "telegram"
    capabilities: Capabilities = field(default_factory=Capabilities)

    async def updates(self, cursor: int | None, wait_seconds: int) -> Sequence[object]:
        self.asked.append(cursor)
        if not self.script:
            raise Finished
        found = self.script.pop(0)
        if isinstance(found, SendError):
            raise found
        return found

    def parse(self, raw: object) -> Update:
        assert isinstance(raw, int)
        if raw < 0:
            raise BadUpdate(str(-raw), "KeyError")
        return Ignored(str(raw))

    async def send(self, chat_id: str, content: Content) -> Sent:
        raise NotImplementedError

    async def edit(self, chat_id: str, message_id: str, content: Content) -> None:
        raise NotImplementedError

    async def fetch(self, file: FileIn) -> bytes:
        raise NotImplementedError

    async def notice(self, press_id: str, text: str) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    async def delete_webhook(self) -> None:
        raise NotImplementedError

    def after(self, update: Update) -> int:
        return int(update.key) + 1


@dataclass
class ScriptedRoad:
    """Takes updates; refuses as many times as `refusals` says, and each first batch if `picky`."""

    refusals: int = 0
    picky: bool = True
    taken: list[tuple[str, int | None]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    worked: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)

    async def take(self, channel: Channel, update: Update, cursor: int | None = None) -> None:
        self._refuse()
        self.taken.append((update.key, cursor))

    async def take_together(
        self, channel: Channel, updates: Sequence[Update], cursor: int | None
    ) -> bool:
        if not self.picky:
            self.taken.append((" ".join(update.key for update in updates), cursor))
        return not self.picky

    def heard(self, account_id: str) -> None:
        self.answers.append(account_id)

    async def work_kept(self, channel: Channel, parse: Callable[[Any], Update]) -> int:
        self._refuse()
        batch, self.kept = self.kept[:2], self.kept[2:]
        for payload in batch:
            self.worked.put_nowait(parse(payload).key)
        return len(batch)

    def _refuse(self) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StorageError(f"{self.refusals} more tries")


@dataclass
class Pauses:
    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


async def _poll(
    source: ScriptedSource, road: ScriptedRoad | None = None, cursor: int | None = None
) -> list[float]:
    """Poll until the script ends; the pauses made."""
    pauses = Pauses()
    with pytest.raises(Finished):
        await poll(source, road or ScriptedRoad(), cursor, pauses)
    return pauses.seconds


async def test_updates_are_handed_over_in_order_and_asked_for_from_the_cursor() -> None:
    source, road = ScriptedSource([[5, 6], [], [9]]), ScriptedRoad()
    assert await _poll(source, road, cursor=5) == []
    assert road.taken == [("5", 6), ("6", 7), ("9", 10)]
    assert source.asked == [5, 7, 7, 10]


async def test_what_comes_together_is_worked_together_but_not_too_many() -> None:
    source, road = ScriptedSource([[5, 6], [*range(100, 152)], [9]]), ScriptedRoad(picky=False)
    await _poll(source, road)
    first, second, third = (range(100, 125), range(125, 150), range(150, 152))
    assert road.taken == [
        ("5 6", 7),
        (" ".join(map(str, first)), 125),
        (" ".join(map(str, second)), 150),
        (" ".join(map(str, third)), 152),
        ("9", 10),
    ]
    assert source.asked == [None, 7, 152, 10]


async def test_when_the_platform_counts_anew_the_cursor_follows() -> None:
    source = ScriptedSource([[900], [3]])
    await _poll(source)
    assert source.asked == [None, 901, 4]


async def test_what_cannot_be_read_is_skipped_and_not_asked_for_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source, road = ScriptedSource([[5, -6, 7]]), ScriptedRoad()
    await _poll(source, road)
    assert road.taken == [("5", 6), ("6", 7), ("7", 8)]
    assert caplog.messages == ["telegram: update 6 cannot be read: KeyError"]


async def test_network_trouble_is_waited_for_ever_longer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    down: list[list[int] | SendError] = [TryLater("no connection", 0.5) for _ in range(7)]
    source = ScriptedSource([*down, [1], Lost("no answer")])
    assert await _poll(source) == [1, 2, 4, 8, 16, 30, 30, 1]
    assert caplog.messages == [
        "telegram: no updates: no connection",
        "telegram: works again",
        "telegram: no updates: no answer",
    ]


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (Refused("Conflict: terminated by other getUpdates request"), 60),
        (AccountLost("Unauthorized"), 60),
        (TryLater("Too Many Requests", 45), 45),
    ],
)
async def test_a_refusal_is_told_once_and_tried_more_slowly(
    error: SendError, pause: float, caplog: pytest.LogCaptureFixture
) -> None:
    assert await _poll(ScriptedSource([error, error])) == [pause, pause]
    assert caplog.messages == [f"telegram: no updates: {error}"]


async def test_an_update_waits_for_the_database_as_told_once_and_none_goes_before_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source, road = ScriptedSource([[5, 6]]), ScriptedRoad(refusals=3)
    assert await _poll(source, road) == [1, 2, 4]
    assert road.taken == [("5", 6), ("6", 7)]
    assert source.asked == [None, 7]
    assert caplog.messages == ["telegram: an update waits for the database: 2 more tries"]


async def _never(_: float) -> Never:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("script", [[TryLater("no connection")], [[5]]])
async def test_it_stops_at_once(script: list[list[int] | SendError]) -> None:
    paused = asyncio.Event()

    async def pause(seconds: float) -> None:
        paused.set()
        await _never(seconds)

    task = asyncio.create_task(poll(ScriptedSource(script), ScriptedRoad(refusals=1), None, pause))
    await paused.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def _working_off(
    road: ScriptedRoad, wake: asyncio.Event, pause: Callable[[float], Awaitable[None]]
) -> "asyncio.Task[None]":
    return asyncio.create_task(work_off(ScriptedSource([]), road, wake, pause))


def _payloads(*numbers: int) -> list[str]:
    return [json.dumps(number) for number in numbers]


async def test_what_was_kept_is_worked_off_at_the_start_and_when_woken() -> None:
    road, wake = ScriptedRoad(kept=_payloads(1, 2, 3)), asyncio.Event()
    task = await _working_off(road, wake, _never)
    keys = [await road.worked.get() for _ in range(3)]
    road.kept = _payloads(4, -5)
    wake.set()
    keys += [await road.worked.get() for _ in range(2)]
    task.cancel()
    assert keys == ["1", "2", "3", "4", "5"]


async def test_it_sleeps_while_there_is_nothing() -> None:
    road, wake = ScriptedRoad(), asyncio.Event()
    task = await _working_off(road, wake, _never)
    for _ in range(10):
        await asyncio.sleep(0)
    road.kept = _payloads(1)
    for _ in range(10):
        await asyncio.sleep(0)
    assert road.worked.empty()
    task.cancel()


async def test_kept_updates_wait_for_the_database(caplog: pytest.LogCaptureFixture) -> None:
    road, wake, pauses = ScriptedRoad(2, kept=_payloads(1)), asyncio.Event(), Pauses()
    task = await _working_off(road, wake, pauses)
    assert await road.worked.get() == "1"
    task.cancel()
    assert pauses.seconds == [1, 2]
    assert caplog.messages == ["telegram: kept updates wait for the database: 1 more tries"]
