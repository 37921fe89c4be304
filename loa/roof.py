"""The roof: the one place where everything is wired together and run."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from bot.calendar import load_calendar
from bot.commands import Vocabulary
from bot.courses import load_courses
from bot.data_sets import load_data_sets
from bot.embedding import open_embedding
from bot.faq import FaqRules, load_abbreviations, open_faq
from bot.handlers import make_dispatch
from bot.house import House, Limits
from bot.lost import tell_trust
from bot.progress import Narrator
from bot.receive import Source
from bot.road import Clock, Road
from bot.spell import address, spell
from bot.word_template import WordTemplate
from bot.words import Words
from domain.broadcast import QuietHours
from domain.faq import Thresholds
from domain.ticket import TicketRules
from loa.account import Account
from loa.channels import SECRET_KEY, Means, door_of, missing, path_of
from loa.jobs import Jobs
from loa.part import Part
from loa.settings import Settings
from loa.settings_accounts import AccountSettings
from loa.state import state_of
from scheduler.drain import Drain, Hands
from scheduler.fetch import Fetch
from scheduler.telemetry import Telemetry
from scheduler.working import working
from storage import chats, files
from storage.company import LEASE, Company, Hold, News, company_at
from storage.contents import no_link
from storage.seal import Seal
from storage.store import Store
from web.app import Door, make_app
from web.files import FileDoor, Links
from web.serve import serve

log = logging.getLogger(__name__)


def now() -> datetime:
    return datetime.now(UTC)


def make_house(settings: Settings) -> House:
    """Read the content; raises what its loaders raise, before anything is started."""
    return House(
        words=Words.load(settings.timezone),
        vocabulary=Vocabulary.load(),
        faq=open_faq(open_embedding(settings.data_dir)),
        abbreviations=load_abbreviations(),
        thresholds=Thresholds(settings.faq.answer_above, settings.faq.offer_above),
        data_sets=load_data_sets(),
        courses=load_courses(),
        levels={level.id: level for level in settings.levels},
        team_rules={rule.level: rule for rule in settings.team_rules},
        zone=settings.timezone,
        calendar=load_calendar(settings.timezone),
        quiet=_quiet(settings),
        faq_rules=FaqRules(settings.faq.listen_above, settings.faq.second_approval),
        tickets=_tickets(settings),
        word_template=word_template(settings),
        limits=_limits(settings),
        quotas={each.id: each.monthly_quota for each in settings.accounts if each.monthly_quota},
    )


def word_template(settings: Settings) -> WordTemplate:
    """The office's own, else the shipped one; raises BadTemplate, and OSError."""
    own = settings.reports.word_template
    return WordTemplate.load(Path(own)) if own else WordTemplate.shipped()


def _limits(settings: Settings) -> Limits:
    return Limits(
        text=settings.limits.text,
        file=settings.limits.file_mb * 2**20,
        code_days=settings.joining.code_days,
        group_code_hours=settings.joining.group_code_hours,
        wrong_codes_an_hour=settings.joining.wrong_codes_an_hour,
        approve_above=settings.broadcasts.approve_above,
        passage_hours=settings.broadcasts.passage_hours,
    )


def _quiet(settings: Settings) -> QuietHours:
    hours = settings.broadcasts.quiet_hours
    return QuietHours(hours.begin, hours.end, settings.timezone)


def _tickets(settings: Settings) -> TicketRules:
    waits = (timedelta(hours=each) for each in settings.tickets.climb_after_hours)
    return TicketRules(tuple(waits), settings.tickets.alike_above)


def _links(settings: Settings, environ: Mapping[str, str]) -> Links | None:
    """What makes links to files; None without a public address or a secret to sign them by."""
    url, secret = settings.web.public_url, environ.get(SECRET_KEY)
    return Links(Seal(secret).key("file"), url, settings.web.link_days) if url and secret else None


@dataclass
class Roof:
    """Everything that runs in one process."""

    settings: Settings
    environ: Mapping[str, str]
    store: Store
    house: House
    clock: Clock = now
    part: Part = Part.ALL
    lease: float = LEASE
    """In seconds: after it, a process that was killed or stopped has nothing any longer."""
    port: int = 0
    """Where it is met on the web; 0 is the settings' port, or nowhere where nothing is let in."""
    drains: list[Drain] = field(default_factory=list)
    doors: dict[str, Door] = field(default_factory=dict)
    fetches: dict[str, Fetch] = field(default_factory=dict)
    telemetry: Telemetry = field(default_factory=Telemetry)
    company: Company = field(init=False)
    links: Links | None = field(init=False)
    road: Road = field(init=False)
    narrator: Narrator = field(init=False)

    def __post_init__(self) -> None:
        self.company = company_at(self.settings.database_url, self.hear, self.lease)
        self.links = _links(self.settings, self.environ)
        self.narrator = Narrator(self.house)
        self.road = Road(
            self.store,
            self.house,
            make_dispatch(),
            self.clock,
            self.wake,
            partial(self.company.tell, News.FILE),
            self.telemetry,
            self.company.is_mine,
        )

    def wake(self) -> None:
        """Something may wait in the ledger, of any account."""
        self.company.tell(News.QUEUED)

    def hear(self, news: News, account_id: str) -> None:
        """Do what this process or another one has told of."""
        match news:
            case News.QUEUED:
                for drain in self.drains:
                    drain.wake()
            case News.KEPT:
                for path, door in self.doors.items():
                    if not account_id or path.endswith(f"/{account_id}"):
                        door.wake.set()
            case News.FILE:
                for each, fetch in self.fetches.items():
                    if account_id in ("", each):
                        fetch.soon()

    async def run(self) -> None:
        """Run until cancelled; raises OSError when the port is taken."""
        await self.store.write(self._add_accounts)
        running = [self._account(each) for each in self.settings.accounts if self._has_keys(each)]
        async with (
            self._serving(),
            self.company.present(self.part.parts),
            self._working(),
            asyncio.TaskGroup() as tasks,
        ):
            for account in running if self.part.plays(Part.BOT) else []:
                tasks.create_task(account.run())
            await asyncio.get_running_loop().create_future()

    def _add_accounts(self, c: Connection) -> None:
        for account in self.settings.accounts:
            chats.add_account(c, account.id, account.channel)

    def _has_keys(self, account: AccountSettings) -> bool:
        names = missing(account, self.environ)
        if names:
            log.warning("%s: %s is not set, so it stays silent", account.id, ", ".join(names))
        return not names

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[None]:
        """Be met on the web; a process without doors only where a port of its own is named."""
        web, lets_in = self.settings.web, self.part.plays(Part.WEB)
        port = self.port or (web.port if lets_in else 0)
        if not port:
            yield
            return
        state = state_of(self.settings, self.environ, self.store, self.telemetry, self.clock)
        doors, files = (self.doors, self._file_door()) if lets_in else ({}, None)
        async with serve(make_app(doors, self._keep, files, state), web.host, port):
            yield

    async def _keep(self, account_id: str, key: str, payload: object) -> bool:
        new = await self.road.keep(account_id, key, payload)
        self.company.tell(News.KEPT, account_id)
        return new

    def _working(self) -> AbstractAsyncContextManager[None]:
        jobs = Jobs(self.settings, self.store, self.house, self.narrator, self.clock, self.wake)
        return working(
            self.settings.database_url,
            jobs.all(),
            self.telemetry,
            schedules=self.part.plays(Part.SCHEDULER),
            runs=self.part.plays(Part.WORKER),
        )

    def _account(self, account: AccountSettings) -> Account:
        means, path = Means(self.environ, self.store, self.clock), path_of(account)
        if account.receive == "webhook":
            self.doors[path] = door_of(account, means)
        return Account(
            account,
            means,
            self.store,
            self.company,
            self.road,
            self.house.vocabulary,
            self._draining,
            self._fetch_of,
            self.doors.get(path),
            f"{self.settings.web.public_url}/hook/{path}",
            lambda c, each, refused: self._trusted(c, each, refused, self.clock()),
        )

    @contextmanager
    def _draining(self, channel: Source, hold: Hold) -> Iterator[Drain]:
        hands = Hands(
            partial(spell, words=self.house.words),
            partial(address, words=self.house.words),
            ended=self.narrator.tell_result,
            trusted=self._trusted,
            folder=str(self.settings.files_dir),
            link=self.links.link if self.links else no_link,
            zone=self.house.zone,
            quiet=self.house.quiet,
            resend_lost=self.settings.broadcasts.resend_lost,
            telemetry=self.telemetry,
        )
        drain = Drain(self.store, channel, self.clock, hands, hold)
        self.drains.append(drain)
        try:
            yield drain
        finally:
            self.drains.remove(drain)

    def _trusted(self, c: Connection, account: str, refused: str, at: datetime) -> None:
        tell_trust(c, self.house, account, refused, at)

    def _fetch_of(self, channel: Source) -> Fetch:
        fetch = Fetch(self.store, channel, self.settings.files_dir)
        self.fetches[channel.account] = fetch
        return fetch

    def _file_door(self) -> FileDoor | None:
        if self.links is None:
            return None
        return FileDoor(
            self.links,
            self.settings.files_dir,
            lambda file_id: self.store.read(files.stored, file_id),
            self.house.words("door.link_over"),
        )
