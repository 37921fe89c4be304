"""The roof: the one place where everything is wired together and run."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.channels.telegram import TelegramChannel
from bot.commands import Vocabulary
from bot.data_sets import load_data_sets
from bot.faq import load_abbreviations, load_faq
from bot.handlers import make_dispatch
from bot.handlers.report import prompt
from bot.handlers.status import tell_result
from bot.house import House, Limits
from bot.road import Clock, Road
from bot.spell import spell
from bot.words import Words
from domain.channel import Channel
from domain.faq import Index, Thresholds
from loa.account import Account
from loa.settings import AccountSettings, Settings
from scheduler.clock import ticking
from scheduler.drain import Drain
from scheduler.fetch import Fetch
from scheduler.prompts import Prompts
from scheduler.upkeep import tidy
from storage.broadcasts import Broadcast
from storage.store import Store
from web.app import Door, make_app
from web.serve import serve

log = logging.getLogger(__name__)

PROMPT_SECONDS = 30.0
TIDY_SECONDS = 6 * 3600.0


def now() -> datetime:
    return datetime.now(UTC)


def make_house(settings: Settings) -> House:
    """Read the content; raises what its loaders raise, before anything is started."""
    entries = load_faq()
    return House(
        words=Words.load(settings.timezone),
        vocabulary=Vocabulary.load(),
        faq=Index(entries, load_abbreviations()),
        entries={entry.id: entry for entry in entries},
        thresholds=Thresholds(settings.faq.answer_above, settings.faq.offer_above),
        data_sets=load_data_sets(),
        levels={level.id: level for level in settings.levels},
        team_rules={rule.level: rule for rule in settings.team_rules},
        zone=settings.timezone,
        limits=_limits(settings),
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        text=settings.limits.text,
        file=settings.limits.file_mb * 2**20,
        code_days=settings.joining.code_days,
        group_code_hours=settings.joining.group_code_hours,
        wrong_codes_an_hour=settings.joining.wrong_codes_an_hour,
    )


@dataclass
class Roof:
    """Everything that runs in one process."""

    settings: Settings
    environ: Mapping[str, str]
    store: Store
    house: House
    clock: Clock = now
    drains: list[Drain] = field(default_factory=list)
    doors: dict[str, Door] = field(default_factory=dict)
    road: Road = field(init=False)

    def __post_init__(self) -> None:
        self.road = Road(self.store, self.house, make_dispatch(), self.clock, self.wake)

    def wake(self) -> None:
        """Something may wait in the ledger, of any account."""
        for drain in self.drains:
            drain.wake()

    async def run(self) -> None:
        """Run until cancelled."""
        web = self.settings.web
        async with asyncio.TaskGroup() as tasks:
            for account in self.settings.accounts:
                self._start(account, tasks)
            app = make_app(self.doors, self.road.keep)
            async with serve(app, web.host, web.port):
                with ticking({self._ask_teams: PROMPT_SECONDS, self._tidy: TIDY_SECONDS}):
                    await asyncio.get_running_loop().create_future()

    def _start(self, account: AccountSettings, tasks: asyncio.TaskGroup) -> None:
        by_webhook = account.receive == "webhook"
        needed = (account.token_env, account.secret_env) if by_webhook else (account.token_env,)
        if missing := [name for name in needed if not self.environ.get(name)]:
            log.warning("%s: %s is not set, so it stays silent", account.id, ", ".join(missing))
            return
        if by_webhook:
            self.doors[account.id] = Door(self.environ[account.secret_env], asyncio.Event())
        running = Account(
            account,
            self.environ[account.token_env],
            self.store,
            self.road,
            self.house.vocabulary,
            self._drain_of,
            self._fetch_of,
            self.doors.get(account.id),
            f"{self.settings.web.public_url}/hook/telegram/{account.id}",
        )
        tasks.create_task(running.run())

    def _drain_of(self, channel: TelegramChannel) -> Drain:
        drain = Drain(
            self.store,
            channel,
            self.clock,
            self._ended,
            partial(spell, words=self.house.words),
            str(self.settings.data_dir),
        )
        self.drains.append(drain)
        return drain

    def _fetch_of(self, channel: Channel) -> Fetch:
        return Fetch(self.store, channel, self.settings.data_dir / "files")

    def _ended(self, c: Connection, broadcast: Broadcast, at: datetime) -> None:
        tell_result(c, self.house, broadcast, at)

    async def _ask_teams(self) -> None:
        prompts = Prompts(
            self.store,
            tuple(self.house.data_sets.values()),
            self.settings.timezone,
            timedelta(hours=self.settings.reports.late_prompt_hours),
            lambda c, *due: prompt(c, self.house, *due),
        )
        if await prompts.due(self.clock()):
            self.wake()

    async def _tidy(self) -> None:
        await self.store.write(tidy, self.clock(), self.settings.inbox_days)
