"""One messenger account at work: reached, listened to, and sent by."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.channels.telegram import TelegramChannel
from bot.commands import Vocabulary
from bot.receive import Trouble, poll, work_off
from bot.road import Road
from domain.channel import AccountLost, Capabilities, SendError
from loa.settings import AccountSettings
from scheduler.clock import ticking
from scheduler.drain import Drain
from scheduler.fetch import Fetch
from storage import chats, units
from storage.store import Store
from web.app import Door

log = logging.getLogger(__name__)

FETCH_SECONDS = 20.0
REFUSED_SECONDS = 180.0
"""Until a token that was refused is tried again."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account with all that it works with.

    `drain_of` makes a channel's drain; `webhook` is the public address of the account's door;
    `trusted` keeps and tells why the token is refused, or with "" that it is taken.
    """

    settings: AccountSettings
    token: str = field(repr=False)
    store: Store
    road: Road
    vocabulary: Vocabulary
    drain_of: Callable[[TelegramChannel], Drain]
    fetch_of: Callable[[TelegramChannel], Fetch]
    door: Door | None
    webhook: str
    trusted: Callable[[Connection, str, str], None]

    async def run(self) -> None:
        """Work until cancelled."""
        channel = await self._reach()
        try:
            cursor = await self.store.write(self._open, channel.capabilities)
            fetch = self.fetch_of(channel)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.drain_of(channel).run())
                with ticking({fetch.missing: FETCH_SECONDS}):
                    await self._greet_platform(channel)
                    await self._listen(channel, cursor)
        finally:
            await channel.close()

    async def _reach(self) -> TelegramChannel:
        """The channel, as soon as the platform answers and takes the token."""
        account, trouble = self.settings, Trouble(self.settings.id, asyncio.sleep)
        while True:
            try:
                return await TelegramChannel.open(
                    account.id,
                    self.token,
                    account.base_url,
                    account.per_second,
                    paid=account.paid_broadcast,
                )
            except AccountLost as error:
                await self.store.write(self.trusted, account.id, str(error))
                what = f"the token in {account.token_env} is refused"
                await trouble.wait(what, REFUSED_SECONDS)
            except SendError as error:
                await trouble.wait(f"not reached: {error}")

    def _open(self, c: Connection, can: Capabilities) -> int | None:
        """Make the account known with its unit; the cursor at which its updates go on."""
        unit = units.by_code(c, self.settings.unit) if self.settings.unit else None
        if self.settings.unit and unit is None:
            log.warning("%s: there is no unit %s yet", self.settings.id, self.settings.unit)
        serves = unit.id if unit else None
        cursor = chats.open_account(c, self.settings.id, serves, albums=can.albums)
        self.trusted(c, self.settings.id, "")
        return cursor

    async def _greet_platform(self, channel: TelegramChannel) -> None:
        """Tell the platform how updates come, until it has taken it, and the menu of commands."""
        trouble = Trouble(self.settings.id, asyncio.sleep)
        while not await self._told_how(channel, trouble):
            pass
        shown = [(each.slash[0], each.help) for each in self.vocabulary.commands if each.help]
        try:
            await channel.set_commands(shown)
        except SendError as error:
            log.warning("%s: the platform did not take the menu: %s", self.settings.id, error)
        log.info("%s: %s is listening", self.settings.id, channel.capabilities.name)

    async def _told_how(self, channel: TelegramChannel, trouble: Trouble) -> bool:
        try:
            if self.door:
                await channel.set_webhook(self.webhook, self.door.secret)
            else:
                await channel.delete_webhook()
        except SendError as error:
            await trouble.wait(f"the platform did not take how updates come: {error}")
            return False
        return True

    async def _listen(self, channel: TelegramChannel, cursor: int | None) -> None:
        if self.door:
            await work_off(channel, self.road, self.door.wake)
        else:
            await poll(channel, self.road, cursor)
