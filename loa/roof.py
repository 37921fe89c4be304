"""The roof: the one place where everything is wired together and run."""

import asyncio
import logging
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from bot import training
from bot.broadcast import remind
from bot.budget import warn
from bot.calendar import load_calendar
from bot.commands import Vocabulary
from bot.courses import load_courses
from bot.data_sets import load_data_sets
from bot.digest import tell as tell_digest
from bot.embedding import open_embedding
from bot.faq import FaqRules, load_abbreviations, open_faq
from bot.handlers import make_dispatch
from bot.handlers.review import flag, tell
from bot.house import House, Limits
from bot.launch import start_planned
from bot.lost import tell_trust
from bot.making import Workshop
from bot.passage import pass_by_clock
from bot.progress import Narrator
from bot.prompts import tell as tell_team
from bot.prompts import tell_above
from bot.receive import Source
from bot.road import Clock, Road
from bot.spell import address, spell
from bot.ticket import climb
from bot.word_template import WordTemplate
from bot.words import Words
from domain.broadcast import QuietHours
from domain.channel import Capabilities
from domain.faq import Thresholds
from domain.silence import Ladder
from domain.ticket import TicketRules
from loa.account import Account
from loa.channels import SECRET_KEY, Means, door_of, missing, path_of
from loa.settings import Settings
from loa.settings_accounts import AccountSettings
from scheduler.budget import Budgets
from scheduler.clock import Job, ticking
from scheduler.digests import Digests
from scheduler.drain import Drain, Hands
from scheduler.errands import Errands
from scheduler.fetch import Fetch
from scheduler.index import Reading
from scheduler.launch import Launch
from scheduler.progress import Progress
from scheduler.prompts import Prompts
from scheduler.reminders import Reminders
from scheduler.tickets import Climbing, WeeklyList
from scheduler.training import Lessons
from scheduler.upkeep import forsake, tidy
from storage import files
from storage.contents import no_link
from storage.files import Stored
from storage.seal import Seal
from storage.store import Store
from web.app import Door, make_app
from web.files import FileDoor, Links
from web.serve import serve

log = logging.getLogger(__name__)

PROMPT_SECONDS = 30.0
SILENCE_SECONDS = 300.0
READ_SECONDS = 20.0
PROGRESS_SECONDS = 3.0
LAUNCH_SECONDS = 10.0
BUDGET_SECONDS = 60.0
TIDY_SECONDS = 6 * 3600.0


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
    drains: list[Drain] = field(default_factory=list)
    doors: dict[str, Door] = field(default_factory=dict)
    fetches: dict[str, Fetch] = field(default_factory=dict)
    links: Links | None = field(init=False)
    road: Road = field(init=False)
    narrator: Narrator = field(init=False)

    def __post_init__(self) -> None:
        self.links = _links(self.settings, self.environ)
        self.narrator = Narrator(self.house, self._can)
        self.road = Road(self.store, self.house, make_dispatch(), self.clock, self.wake, self.fetch)

    def wake(self) -> None:
        """Something may wait in the ledger, of any account."""
        for drain in self.drains:
            drain.wake()

    def fetch(self, account_id: str) -> None:
        """A file has come to an account."""
        if fetch := self.fetches.get(account_id):
            fetch.soon()

    async def run(self) -> None:
        """Run until cancelled."""
        web = self.settings.web
        async with asyncio.TaskGroup() as tasks:
            for account in self.settings.accounts:
                self._start(account, tasks)
            app = make_app(self.doors, self.road.keep, self._file_door())
            reading = Reading(self.store, self.settings.data_dir / "files")
            jobs: dict[Job, float] = {
                self._ask_teams: PROMPT_SECONDS,
                self._notice_silence: SILENCE_SECONDS,
                self._tell_digests: PROMPT_SECONDS,
                reading.unread: READ_SECONDS,
                self._show_progress: PROGRESS_SECONDS,
                self._run_errands: PROGRESS_SECONDS,
                self._launch: LAUNCH_SECONDS,
                self._remind: PROMPT_SECONDS,
                self._look_at_questions: PROMPT_SECONDS,
                self._teach: PROMPT_SECONDS,
                self._look_at_budgets: BUDGET_SECONDS,
                self._forsake: PROMPT_SECONDS,
                self._tidy: TIDY_SECONDS,
            }
            async with serve(app, web.host, web.port):
                with ticking(jobs):
                    await asyncio.get_running_loop().create_future()

    def _start(self, account: AccountSettings, tasks: asyncio.TaskGroup) -> None:
        if names := missing(account, self.environ):
            log.warning("%s: %s is not set, so it stays silent", account.id, ", ".join(names))
            return
        means, path = Means(self.environ, self.store, self.clock), path_of(account)
        if account.receive == "webhook":
            self.doors[path] = door_of(account, means)
        running = Account(
            account,
            means,
            self.store,
            self.road,
            self.house.vocabulary,
            self._draining,
            self._fetch_of,
            self.doors.get(path),
            f"{self.settings.web.public_url}/hook/{path}",
            lambda c, each, refused: self._trusted(c, each, refused, self.clock()),
        )
        tasks.create_task(running.run())

    @contextmanager
    def _draining(self, channel: Source) -> Iterator[Drain]:
        hands = Hands(
            partial(spell, words=self.house.words),
            partial(address, words=self.house.words),
            ended=self.narrator.tell_result,
            trusted=self._trusted,
            folder=str(self.settings.data_dir),
            link=self.links.link if self.links else no_link,
            zone=self.house.zone,
            quiet=self.house.quiet,
            resend_lost=self.settings.broadcasts.resend_lost,
        )
        drain = Drain(self.store, channel, self.clock, hands)
        self.drains.append(drain)
        try:
            yield drain
        finally:
            self.drains.remove(drain)

    def _trusted(self, c: Connection, account: str, refused: str, at: datetime) -> None:
        tell_trust(c, self.house, account, refused, at)

    def _fetch_of(self, channel: Source) -> Fetch:
        fetch = Fetch(self.store, channel, self.settings.data_dir / "files")
        self.fetches[channel.account] = fetch
        return fetch

    def _file_door(self) -> FileDoor | None:
        if self.links is None:
            return None
        folder = self.settings.data_dir / "files"

        def find(file_id: int) -> Awaitable[Stored | None]:
            return self.store.read(files.stored, file_id)

        return FileDoor(self.links, folder, find, self.house.words("door.link_over"))

    def _can(self, account_id: str) -> Capabilities:
        """What an account can do; one that is not running can do nothing."""
        running = (drain.channel for drain in self.drains)
        found = (each.capabilities for each in running if each.account == account_id)
        return next(found, Capabilities(edits=False, files_out=False))

    async def _show_progress(self) -> None:
        narrator = self.narrator
        shown = Progress(self.store, narrator.news, narrator.show, narrator.end)
        if await shown.refresh(self.clock()):
            self.wake()

    async def _run_errands(self) -> None:
        folder = self.settings.data_dir / "files"
        workshop = Workshop(self.house, folder)
        if await Errands(self.store, folder, workshop.prepare, workshop.sorry).run(self.clock()):
            self.wake()

    async def _launch(self) -> None:
        launch = Launch(
            self.store,
            lambda c, *due: start_planned(c, self.house, *due),
            lambda c, *due: pass_by_clock(c, self.house, *due),
            self.narrator.tell_result,
        )
        if await launch.due(self.clock()):
            self.wake()

    async def _remind(self) -> None:
        after = [timedelta(hours=hours) for hours in self.settings.broadcasts.remind_after_hours]
        reminders = Reminders(
            self.store, after, self.house.quiet, lambda c, *due: remind(c, self.house, *due)
        )
        if await reminders.due(self.clock()):
            self.wake()

    async def _ask_teams(self) -> None:
        if await self._prompts.call(self.clock()):
            self.wake()

    async def _notice_silence(self) -> None:
        if await self._prompts.chase(self.clock()):
            self.wake()

    async def _tell_digests(self) -> None:
        house, reports = self.house, self.settings.reports
        digests = Digests(
            self.store,
            tuple(house.data_sets.values()),
            house.calendar,
            house.quiet,
            reports.digest_hour,
            timedelta(hours=reports.late_digest_hours),
            lambda c, *due: tell_digest(c, house, self._can, *due),
        )
        if await digests.due(self.clock()):
            self.wake()

    @property
    def _prompts(self) -> Prompts:
        house, reports = self.house, self.settings.reports
        after = tuple(timedelta(hours=hours) for hours in reports.silence_after_hours)
        return Prompts(
            self.store,
            tuple(house.data_sets.values()),
            Ladder(after, house.calendar, house.quiet),
            timedelta(hours=reports.late_prompt_hours),
            lambda c, *due: tell_team(c, house, *due),
            lambda c, *due: tell_above(c, house, *due),
        )

    async def _look_at_questions(self) -> None:
        house, at = self.house, self.clock()
        climbing = Climbing(
            self.store,
            house.quiet,
            lambda c, *due: climb(c, house, *due),
            lambda c, *some: flag(c, house, *some),
        )
        weekly = WeeklyList(self.store, house.zone, lambda c, *one: tell(c, house, *one))
        if await climbing.due(at) + await weekly.due(at):
            self.wake()

    async def _teach(self) -> None:
        house = self.house
        lessons = Lessons(
            self.store,
            house.zone,
            house.quiet,
            lambda c, *due: training.go_on(c, house, *due),
            lambda c, *due: training.remind(c, house, *due),
        )
        if await lessons.due(self.clock()):
            self.wake()

    async def _look_at_budgets(self) -> None:
        house = self.house
        budgets = Budgets(self.store, house.zone, lambda c, *one: warn(c, house, *one))
        if await budgets.look(self.clock()):
            self.wake()

    async def _forsake(self) -> None:
        accounts = [account.id for account in self.settings.accounts]
        await self.store.write(forsake, accounts, self.clock())

    async def _tidy(self) -> None:
        await self.store.write(tidy, self.clock(), self.settings.inbox_days)
