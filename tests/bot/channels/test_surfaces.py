"""The surfaces on which conversations are played can do what the real channels say they can."""

import asyncio
from dataclasses import replace

import pytest

from bot.channels.telegram import TelegramChannel
from bot.channels.zalo_bot import ZaloBotChannel
from domain.channel import Capabilities
from tests.bot.channels.zalo_oa_stage import on_oa_stage
from tests.messenger import SURFACES
from tests.sandbox.stage import TOKEN, Stage
from tests.sandbox.zalo_bot_stage import TOKEN as BOT_TOKEN
from tests.sandbox.zalo_bot_stage import with_zalo

PER_SECOND = 25


async def real(kind: str, stage: Stage) -> Capabilities:
    """What the channel of a kind says, opened on the stage."""
    channel: TelegramChannel | ZaloBotChannel
    if kind == "zalo_oa":
        oa = await on_oa_stage(stage)
        await oa.channel.close()
        return oa.channel.capabilities
    if kind == "zalo_bot":
        base = (await with_zalo(stage)).stage.running.zalo_bot
        channel = await ZaloBotChannel.open(kind, BOT_TOKEN, base, PER_SECOND, "Bot Loa")
    else:
        channel = await TelegramChannel.open(kind, TOKEN, stage.running.url, PER_SECOND)
    await channel.close()
    return channel.capabilities


OWN = ("name", "link", "per_second")


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        ("telegram", (*OWN, "hears_all")),
        ("zalo_oa", OWN),
        ("zalo_bot", (*OWN, "counts_inbound")),
    ],
)
def test_a_surface_can_do_what_its_channel_can(
    kind: str, own: tuple[str, ...], stage: Stage, runner: asyncio.Runner
) -> None:
    """Apart from what is each account's `own`."""
    found, played = runner.run(real(kind, stage)), SURFACES[kind]
    assert replace(played, **{key: getattr(found, key) for key in own}) == found
