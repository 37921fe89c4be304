"""What becomes of a row of the ledger when its sending has ended, well or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from domain.channel import (
    AccountLost,
    ChatMoved,
    Lost,
    QuotaSpent,
    Refused,
    Scope,
    SendError,
    Sent,
    TryLater,
)
from domain.pace import pause
from scheduler.detour import Address, chat_gone, detour
from storage import chats, claims, ends, files, quotas
from storage.claims import Claim
from storage.ends import End

FIRST_WAIT = 1.0
LONGEST_WAIT = 300.0
"""Seconds between two tries; the wait doubles each time."""

MOST_TRIES = 300
"""A message that its own chat refused so often, which takes a day, has failed.

Tries are counted and not hours, so that no time counts in which the message was held back: by its
sender, by the night, by an outage of the platform or of ours.
"""

LOST_AGAIN = "the answer was lost; sent again, may have arrived twice"
LOST = "the answer was lost"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the sending of a row, begun at that moment, ended."""

    row: Claim
    begun: datetime
    result: Sent | SendError


@dataclass(frozen=True, slots=True)
class Settler:
    """Settles outcomes for one account, inside a transaction.

    `failures` counts how often in a row the platform itself has failed; `resend_lost` tells whether
    a message whose answer was lost goes out once more. `month` is the one in which sends count.
    """

    account: str
    resend_lost: bool
    address: Address
    month: date
    failures: int = 0

    def settle(self, c: Connection, outcomes: Sequence[Outcome], now: datetime) -> list[str]:
        """Record how these ended; the state that each row has now."""
        finals, states = [], []
        for row, result in ((each.row, each.result) for each in outcomes):
            if isinstance(result, SendError):
                states.append(self._failed(c, row, result, now))
                continue
            finals.append(End(row.id, "sent", message_id=result.message_id))
            if result.quota:
                quotas.told(c, self.account, result.quota, now)
            for file_id, copy in zip(row.file_ids, result.file_ids, strict=False):
                if file_id in row.uploads or result.renewed:
                    files.copied(c, file_id, self.account, copy, now)
        ends.end(c, finals, now)
        quotas.count_sent(c, self.account, self.month, len(finals))
        return states + ["sent"] * len(finals)

    def _failed(self, c: Connection, row: Claim, error: SendError, now: datetime) -> str:
        match error:
            case Lost():
                return self._lost(c, row, now)
            case TryLater():
                return self._later(c, row, error, now)
            case ChatMoved(_, new_id):
                chats.moved(c, self.account, row.platform_id, new_id)
                return self._again(c, row, error, now, now)
            case AccountLost(reason):
                ends.untried(c, row.id, now, reason)
                return "queued"
            case _:
                return self._refused(c, row, error, now)

    def _lost(self, c: Connection, row: Claim, now: datetime) -> str:
        """The message may have arrived: it goes out once more, marked, or is left unknown."""
        if self.resend_lost and not row.repeated:
            ends.again(c, row.id, now, LOST_AGAIN, repeated=True)
            return "queued"
        ends.end(c, [End(row.id, "unknown", error=LOST)], now)
        quotas.count_sent(c, self.account, self.month, 1)
        return "unknown"

    def _later(self, c: Connection, row: Claim, error: TryLater, now: datetime) -> str:
        """This chat waits, and no other; or the whole account, when the platform says so."""
        if isinstance(error, QuotaSpent):
            quotas.nothing_left(c, self.account, now)
        if error.scope is Scope.ACCOUNT:
            wait = max(error.after, growing(self.failures))
            ends.untried(c, row.id, now + timedelta(seconds=wait), error.reason)
            claims.pace_account(c, self.account, pause(claims.free_at(c, self.account), now, wait))
            return "queued"
        wait = max(error.after, growing(row.tries))
        claims.pace_chats(c, {row.chat_id: pause(None, now, wait)})
        return self._again(c, row, error, now + timedelta(seconds=wait), now)

    def _again(
        self, c: Connection, row: Claim, error: SendError, due_at: datetime, now: datetime
    ) -> str:
        """The row goes out once more, unless it was tried too often."""
        if row.tries + 1 < MOST_TRIES:
            ends.again(c, row.id, due_at, error.reason)
            return "queued"
        return self._give_up(c, row, error, now)

    def _refused(self, c: Connection, row: Claim, error: SendError, now: datetime) -> str:
        if isinstance(error, Refused) and error.gone:
            chat_gone(c, row.chat_id, error.reason, self.address, now)
        return self._give_up(c, row, error, now)

    def _give_up(self, c: Connection, row: Claim, error: SendError, now: datetime) -> str:
        """The row has failed; its person may be reached another way."""
        ends.end(c, [End(row.id, "failed", error=error.reason)], now)
        detour(c, [row.id], self.address, now)
        return "failed"


def growing(failures: int) -> float:
    """Seconds to wait after so many failures."""
    return min(FIRST_WAIT * 2.0 ** min(failures, 20), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Health:
    """How often in a row the platform itself has failed, and when it was seen last."""

    failures: int = 0
    since: datetime | None = None

    def after(self, outcomes: Sequence[Outcome], now: datetime) -> "Health":
        """The health after these: one success ends the row of failures.

        What was under way when a failure was seen belongs to it: hundreds of messages that end
        badly within a second are one failure.
        """
        if any(isinstance(each.result, Sent) for each in outcomes):
            return Health()
        ill = any(
            isinstance(each.result, TryLater)
            and each.result.scope is Scope.ACCOUNT
            and (self.since is None or each.begun >= self.since)
            for each in outcomes
        )
        return Health(self.failures + 1, now) if ill else self


def refusal(outcomes: Sequence[Outcome]) -> str:
    """Why the platform refuses the account, if it does."""
    reasons = (each.result.reason for each in outcomes if isinstance(each.result, AccountLost))
    return next(reasons, "")
