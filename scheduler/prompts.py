"""Asks each team for its report when its moment has come, and climbs the ladder of silence."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from domain.data_set import DataSet
from domain.period import local_day
from domain.rates import Survey
from domain.silence import Ladder, Rung, open_periods
from storage import prompts
from storage.prompts import Round, Team
from storage.store import Store

BATCH = 25
"""Teams that are told in one transaction: a nation's prompts must not hold up a reply."""

Tell = Callable[[Connection, Round, Team, datetime], int]
TellAbove = Callable[[Connection, Round, int, datetime], int]


@dataclass(frozen=True, slots=True)
class Prompts:
    """`tell` tells a team on one of its own rungs, `tell_above` the unit of that number of its
    silent teams; both say how many messages they queued.

    A call for reports that was missed goes out up to `late` after its moment.
    """

    store: Store
    data_sets: Iterable[DataSet]
    ladder: Ladder
    late: timedelta
    tell: Tell
    tell_above: TellAbove

    async def call(self, now: datetime) -> int:
        """Ask every team that is due and has not been asked; how many messages."""
        return sum([await self._to_teams(each, now) for each in self._calls(now)])

    async def chase(self, now: datetime) -> int:
        """Tell of every silence whose time has come; how many messages."""
        count = 0
        for turn in self._rounds(now):
            told = self._to_units if turn.rung >= Rung.ABOVE else self._to_teams
            count += await told(turn, now)
        return count

    def _calls(self, now: datetime) -> Iterator[Round]:
        calendar, today = self.ladder.calendar, local_day(now, self.ladder.calendar.zone)
        for survey in self._surveys(now):
            day = calendar.ask_on(survey.data_set, survey.period)
            at = calendar.ask_at(survey.data_set, survey.period)
            awake = not self.ladder.quiet.at(now) and (today == day or calendar.works(today))
            if awake and now <= calendar.later(at, self.late):
                yield Round(survey, Rung.CALL, day, at)

    def _rounds(self, now: datetime) -> Iterator[Round]:
        if not self.ladder.awake(now):
            return
        today = local_day(now, self.ladder.calendar.zone)
        for survey in self._surveys(now):
            for rung, since in self.ladder.due(now):
                yield Round(survey, rung, today, since)

    def _surveys(self, now: datetime) -> Iterator[Survey]:
        calendar = self.ladder.calendar
        for data_set in self.data_sets:
            for period in open_periods(data_set, calendar, now):
                yield Survey(data_set, period, calendar.zone)

    async def _to_teams(self, turn: Round, now: datetime) -> int:
        count, after = 0, 0
        while teams := await self.store.read(prompts.due, turn, after, BATCH):
            count += await self.store.write(self._tell_some, turn, teams, now)
            after = teams[-1].unit_id
        return count

    def _tell_some(self, c: Connection, turn: Round, teams: Sequence[Team], now: datetime) -> int:
        fresh = prompts.told(c, turn, [each.unit_id for each in teams], now)
        return sum(self.tell(c, turn, each, now) for each in teams if each.unit_id in fresh)

    async def _to_units(self, turn: Round, now: datetime) -> int:
        count, after = 0, 0
        while found := await self.store.read(prompts.due_above, turn, after, BATCH):
            count += await self.store.write(self._tell_units, turn, found, now)
            after = found[-1]
        return count

    def _tell_units(
        self, c: Connection, turn: Round, unit_ids: Sequence[int], now: datetime
    ) -> int:
        fresh = prompts.told(c, turn, unit_ids, now)
        return sum(self.tell_above(c, turn, each, now) for each in unit_ids if each in fresh)
