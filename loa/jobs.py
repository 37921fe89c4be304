"""What is done by the clock, whatever account it is for: each job with its name and its seconds."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import training
from bot.broadcast import remind
from bot.budget import warn
from bot.digest import tell as tell_digest
from bot.handlers.review import flag, tell
from bot.house import House
from bot.launch import start_planned
from bot.making import Workshop
from bot.passage import pass_by_clock
from bot.progress import Narrator
from bot.prompts import tell as tell_team
from bot.prompts import tell_above
from bot.road import Clock
from bot.ticket import climb
from domain.silence import Ladder
from loa.settings import Settings
from scheduler.budget import Budgets
from scheduler.clock import Job
from scheduler.digests import Digests
from scheduler.errands import Errands
from scheduler.index import Reading
from scheduler.launch import Launch
from scheduler.progress import Progress
from scheduler.prompts import Prompts
from scheduler.reminders import Reminders
from scheduler.tickets import Climbing, WeeklyList
from scheduler.training import Lessons
from scheduler.upkeep import Tidy, forsake
from storage.store import Store

SECONDS = 30.0
"""How often is looked for what no person waits for at that moment."""
SILENCE_SECONDS = 300.0
READ_SECONDS = 20.0
PROGRESS_SECONDS = 3.0
LAUNCH_SECONDS = 10.0
BUDGET_SECONDS = 60.0
TIDY_SECONDS = 6 * 3600.0

Work = Callable[[datetime], Awaitable[object]]
"""Does what is due at a moment; gives something true when messages may wait for the drains."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of an installation; `wake` is called when one has written messages."""

    settings: Settings
    store: Store
    house: House
    narrator: Narrator
    clock: Clock
    wake: Callable[[], None]

    def all(self) -> list[Job]:
        """Every job. Two of the same at once, in any process, do together what one does."""
        works = self._works()
        return [Job(name, seconds, self._job(work)) for name, (work, seconds) in works.items()]

    def _works(self) -> Mapping[str, tuple[Work, float]]:
        prompts = self._prompts()
        return {
            "ask_teams": (prompts.call, SECONDS),
            "notice_silence": (prompts.chase, SILENCE_SECONDS),
            "tell_digests": (self._digests().due, SECONDS),
            "read_files": (self._read_files, READ_SECONDS),
            "show_progress": (self._progress().refresh, PROGRESS_SECONDS),
            "run_errands": (self._errands().run, PROGRESS_SECONDS),
            "launch": (self._launch().due, LAUNCH_SECONDS),
            "remind": (self._reminders().due, SECONDS),
            "climb": (self._climbing().due, SECONDS),
            "weekly_list": (self._weekly_list().due, SECONDS),
            "teach": (self._lessons().due, SECONDS),
            "look_at_budgets": (self._budgets().look, BUDGET_SECONDS),
            "forsake": (self._forsake, SECONDS),
            "tidy": (self._tidy().run, TIDY_SECONDS),
        }

    def _job(self, work: Work) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            if await work(self.clock()):
                self.wake()

        return do

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

    def _digests(self) -> Digests:
        house, reports = self.house, self.settings.reports
        return Digests(
            self.store,
            tuple(house.data_sets.values()),
            house.calendar,
            house.quiet,
            reports.digest_hour,
            timedelta(hours=reports.late_digest_hours),
            lambda c, *due: tell_digest(c, house, *due),
        )

    async def _read_files(self, now: datetime) -> None:
        await Reading(self.store, self.settings.files_dir).unread()

    def _progress(self) -> Progress:
        narrator = self.narrator
        return Progress(self.store, narrator.news, narrator.show, narrator.end)

    def _errands(self) -> Errands:
        folder = self.settings.files_dir
        workshop = Workshop(self.house, folder)
        return Errands(self.store, folder, workshop.prepare, workshop.sorry)

    def _launch(self) -> Launch:
        return Launch(
            self.store,
            lambda c, *due: start_planned(c, self.house, *due),
            lambda c, *due: pass_by_clock(c, self.house, *due),
            self.narrator.tell_result,
        )

    def _reminders(self) -> Reminders:
        after = [timedelta(hours=hours) for hours in self.settings.broadcasts.remind_after_hours]
        return Reminders(
            self.store, after, self.house.quiet, lambda c, *due: remind(c, self.house, *due)
        )

    def _climbing(self) -> Climbing:
        return Climbing(
            self.store,
            self.house.quiet,
            lambda c, *due: climb(c, self.house, *due),
            lambda c, *some: flag(c, self.house, *some),
        )

    def _weekly_list(self) -> WeeklyList:
        house = self.house
        return WeeklyList(self.store, house.zone, lambda c, *one: tell(c, house, *one))

    def _lessons(self) -> Lessons:
        house = self.house
        return Lessons(
            self.store,
            house.calendar,
            house.quiet,
            lambda c, *due: training.go_on(c, house, *due),
            lambda c, *due: training.remind(c, house, *due),
        )

    def _budgets(self) -> Budgets:
        house = self.house
        return Budgets(self.store, house.zone, lambda c, *one: warn(c, house, *one))

    async def _forsake(self, now: datetime) -> int:
        accounts = [account.id for account in self.settings.accounts]
        return await self.store.write(forsake, accounts, now)

    def _tidy(self) -> Tidy:
        return Tidy(self.store, self.settings.retention.days, self.settings.files_dir)
