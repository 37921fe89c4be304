"""Whether a messenger account answers, and what it can do."""

import asyncio

from bot.channels.telegram import TelegramChannel
from domain.channel import Capabilities, Lost
from loa.settings import AccountSettings

ANSWER_SECONDS = 5.0
"""How long somebody at a terminal waits for the platform."""


async def reach(
    account: AccountSettings, token: str, seconds: float = ANSWER_SECONDS
) -> Capabilities:
    """What the account can do; raises a `SendError` when it does not answer in time."""
    try:
        async with asyncio.timeout(seconds):
            channel = await TelegramChannel.open(
                account.id, token, account.base_url, account.per_second
            )
    except TimeoutError:
        raise Lost(f"no answer in {seconds:g} seconds") from None
    await channel.close()
    return channel.capabilities
