"""Whether a messenger account answers, and what it can do."""

import asyncio

from domain.channel import Capabilities, Lost
from loa.channels import Means, open_channel
from loa.settings_accounts import AccountSettings

ANSWER_SECONDS = 5.0
"""How long somebody at a terminal waits for the platform."""


async def reach(
    account: AccountSettings, means: Means, seconds: float = ANSWER_SECONDS
) -> Capabilities:
    """What the account can do; raises a `SendError` when it does not answer in time."""
    try:
        async with asyncio.timeout(seconds):
            channel = await open_channel(account, means)
    except TimeoutError:
        raise Lost(f"no answer in {seconds:g} seconds") from None
    await channel.close()
    return channel.capabilities
