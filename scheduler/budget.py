"""Looks at what is used of each account's month, and has its people told when it is nearly all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import Connection

from domain.quota import GUARDED_AT, WARNED_AT, month_of, percent
from storage import quotas
from storage.quotas import Budget
from storage.store import Store

Warn = Callable[[Connection, Budget, datetime], None]


@dataclass(frozen=True, slots=True)
class Budgets:
    """`warn` tells those who look after an account how much it has used."""

    store: Store
    zone: tzinfo
    warn: Warn

    async def look(self, now: datetime) -> int:
        """Warn of each account once at each step; of how many."""
        return await self.store.write(self._look, now)

    def _look(self, c: Connection, now: datetime) -> int:
        month, told = month_of(now, self.zone), 0
        for budget in quotas.budgets(c, month):
            share = max((percent(used, total) for total, used, _ in budget.counts()), default=0)
            step = max((each for each in (WARNED_AT, GUARDED_AT) if share >= each), default=0)
            if step > budget.warned:
                quotas.warned(c, budget.account_id, month, step)
                self.warn(c, budget, now)
                told += 1
        return told
