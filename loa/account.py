"""One messenger account at work: reached, listened to, and sent by."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.commands import Vocabulary
from bot.receive import Hooked, Pause, Polled, Source, Tended, Trouble, WithMenu, poll, work_off
from bot.road import Road
from domain.channel import AccountLost, Capabilities, SendError
from loa.channels import Means, open_channel
from loa.settings_accounts import AccountSettings
from scheduler.clock import Job, ticking
from scheduler.drain import Drain
from scheduler.fetch import Fetch
from storage import chats, units
from storage.company import Company, Hold
from storage.store import Store
from web.app import Door

log = logging.getLogger(__name__)

TEND_SECONDS = 600.0
REFUSED_SECONDS = 180.0
"""Until an account is tried again that the platform refused: somebody has to give it a token."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account with all that it works with.

    One process of the `company` listens and sends by it. What its `door` keeps, at the public
    address `webhook`, is worked off by all. `draining` makes a channel's drain and knows it as long
    as it lasts. `trusted` keeps and tells why the platform refuses the account, or with "" that it
    takes it, and `pause` waits.
    """

    settings: AccountSettings
    means: Means
    store: Store
    company: Company
    road: Road
    vocabulary: Vocabulary
    draining: Callable[[Source, Hold], AbstractContextManager[Drain]]
    fetch_of: Callable[[Source], Fetch]
    door: Door | None
    webhook: str
    trusted: Callable[[Connection, str, str], None]
    pause: Pause = asyncio.sleep

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.company.while_mine(self.settings.id, self._serve))
            if self.door:
                tasks.create_task(self._work_off(self.door))

    async def _serve(self, hold: Hold) -> None:
        """Listen and send until another process is to have the account.

        When the platform refuses it, it is tried ever again.
        """
        proves = True
        while not hold.leaving:
            channel = await self._reach(proves=proves)
            try:
                await self._work(channel, hold)
            finally:
                await channel.close()
            if not hold.leaving:
                await self.pause(REFUSED_SECONDS)
            proves = False

    async def _work_off(self, door: Door) -> None:
        channel = await self._reach(proves=False)
        try:
            await work_off(channel, self.road, door.wake)
        finally:
            await channel.close()

    async def _work(self, channel: Source, hold: Hold) -> None:
        """Listen and send until the platform refuses the account, or another process has it."""
        cursor = await self.store.write(self._open, channel.capabilities, hold)
        with self.draining(channel, hold) as drain:
            async with asyncio.TaskGroup() as tasks:
                listening = tasks.create_task(self._attend(channel, cursor))
                await drain.run()
                listening.cancel()

    async def _attend(self, channel: Source, cursor: int | None) -> None:
        jobs = list[Job]()
        if isinstance(channel, Tended):
            jobs.append(Job(f"{self.settings.id}: upkeep", TEND_SECONDS, channel.keep_fresh))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.fetch_of(channel).run())
            with ticking(jobs, self.road.telemetry):
                await self._greet_platform(channel)
                if not self.door and isinstance(channel, Polled):
                    await poll(channel, self.road, cursor)
                await asyncio.get_running_loop().create_future()

    async def _reach(self, *, proves: bool) -> Source:
        """The channel, as soon as the platform answers and takes the account.

        `proves` is whether that tells that the account works. It does not after a message was
        refused, unless opening was refused as well: then a message that goes out tells it.
        """
        trouble = Trouble(self.settings.id, self.pause)
        while True:
            try:
                channel = await open_channel(self.settings, self.means)
                if proves:
                    await self._tell("")
                return channel
            except AccountLost as error:
                proves = True
                await self._tell(str(error))
                await trouble.wait(f"the account is refused: {error}", least=REFUSED_SECONDS)
            except SendError as error:
                await trouble.wait(f"not reached: {error}")

    def _open(self, c: Connection, can: Capabilities, hold: Hold) -> int | None:
        """Make the account known with its unit; the cursor at which its updates go on."""
        account = self.settings
        unit = units.by_code(c, account.unit) if account.unit else None
        if account.unit and unit is None:
            log.warning("%s: there is no unit %s yet", account.id, account.unit)
        serves, kind = unit.id if unit else None, account.channel
        quota = account.monthly_quota
        cursor = chats.open_account(c, account.id, serves, can, channel=kind, quota=quota)
        hold.enter(c)
        return cursor

    async def _tell(self, refused: str) -> None:
        await self.store.write(self.trusted, self.settings.id, refused)

    async def _greet_platform(self, channel: Source) -> None:
        """Tell the platform how updates come, until it has taken it, and the menu of commands."""
        trouble = Trouble(self.settings.id, self.pause)
        while not await self._told_how(channel, trouble):
            pass
        if isinstance(channel, WithMenu):
            await self._show_menu(channel)
        log.info("%s: %s is listening", self.settings.id, channel.capabilities.name)

    async def _show_menu(self, channel: WithMenu) -> None:
        shown = [(each.slash[0], each.help) for each in self.vocabulary.commands if each.help]
        try:
            await channel.set_commands(shown)
        except SendError as error:
            log.warning("%s: the platform did not take the menu: %s", self.settings.id, error)

    async def _told_how(self, channel: Source, trouble: Trouble) -> bool:
        try:
            if self.door and isinstance(channel, Hooked):
                secret = self.means.environ[self.settings.secret_env]
                await channel.set_webhook(self.webhook, secret)
            elif not self.door and isinstance(channel, Polled):
                await channel.delete_webhook()
        except SendError as error:
            await trouble.wait(f"the platform did not take how updates come: {error}")
            return False
        return True
