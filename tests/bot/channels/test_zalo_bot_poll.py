"""Polling from end to end: the sandbox, the channel and the loop that asks."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bot.channels.zalo_bot import ZaloBotChannel
from bot.receive import poll
from domain.channel import Channel
from domain.message import Message, Update
from tests.sandbox.stage import Stage
from tests.sandbox.zalo_bot_stage import TOKEN, ZaloStage, with_zalo


@dataclass
class Taking:
    """Takes what comes, and rings after so many."""

    enough: int
    taken: list[str] = field(default_factory=list)
    cursors: set[int | None] = field(default_factory=set)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, channel: Channel, update: Update, cursor: int | None = None) -> None:
        assert isinstance(update, Message)
        self.taken.append(update.text)
        self.cursors.add(cursor)
        if len(self.taken) == self.enough:
            self.done.set()

    async def take_together(
        self, channel: Channel, updates: Sequence[Update], cursor: int | None
    ) -> bool:
        return False

    def heard(self, account_id: str) -> None:
        pass


@pytest.fixture
def zalo(stage: Stage, runner: asyncio.Runner) -> ZaloStage:
    return runner.run(with_zalo(stage))


async def _polled(zalo: ZaloStage, enough: int) -> Taking:
    """What a process that starts now takes."""
    channel = await ZaloBotChannel.open("zalo-bot", TOKEN, zalo.stage.running.zalo_bot, 5)
    road = Taking(enough)
    polling = asyncio.create_task(poll(channel, road, None))
    async with asyncio.timeout(20):
        await road.done.wait()
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    await channel.close()
    return road


@pytest.mark.parametrize(("redelivery", "later"), [("always", 4), ("never", 1)])
async def test_what_comes_is_taken_in_order_and_anew_only_by_another_process(
    zalo: ZaloStage, redelivery: str, later: int
) -> None:
    await zalo.rule(redelivery=redelivery)
    texts = ["một", "hai", "ba"]
    for text in texts:
        await zalo.say(text)
    first = await _polled(zalo, 3)
    assert (first.taken, first.cursors) == (texts, {None})
    await zalo.say("bốn")
    second = await _polled(zalo, later)
    assert second.taken == ["bốn", *texts][:later]
