"""What becomes of a row of the ledger when its sending has ended, well or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from domain.channel import AccountLost, ChatMoved, Lost, Refused, Scope, SendError, Sent, TryLater
from domain.pace import pause
from storage import chats, claims, files
from storage.claims import Claim, End

GIVE_UP = timedelta(days=1)
"""A message that could not go for so long has failed: an outage of the platform is waited out."""

FIRST_WAIT = 1.0
LONGEST_WAIT = 300.0
"""Seconds between two tries; the wait doubles each time."""

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
    a message whose answer was lost goes out once more.
    """

    account: str
    resend_lost: bool
    failures: int = 0

    def settle(self, c: Connection, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Record how these ended."""
        ends = []
        for row, result in ((each.row, each.result) for each in outcomes):
            if isinstance(result, SendError):
                self._failed(c, row, result, now)
                continue
            ends.append(End(row.id, "sent", message_id=result.message_id))
            for file_id, copy in zip(row.file_ids, result.file_ids, strict=False):
                if file_id in row.uploads:
                    files.copied(c, file_id, self.account, copy)
        claims.end(c, ends, now)

    def _failed(self, c: Connection, row: Claim, error: SendError, now: datetime) -> None:
        match error:
            case Lost():
                self._lost(c, row, now)
            case TryLater():
                self._later(c, row, error, now)
            case ChatMoved(reason, new_id):
                chats.moved(c, self.account, row.platform_id, new_id)
                claims.again(c, row.id, now, reason)
            case AccountLost(reason):
                chats.account_lost(c, self.account, reason)
                claims.again(c, row.id, now, reason)
            case _:
                self._refused(c, row, error, now)

    def _lost(self, c: Connection, row: Claim, now: datetime) -> None:
        """The message may have arrived: it goes out once more, marked, or is left unknown."""
        if self.resend_lost and not row.repeated:
            claims.again(c, row.id, now, LOST_AGAIN, repeated=True)
        else:
            claims.end(c, [End(row.id, "unknown", error=LOST)], now)

    def _later(self, c: Connection, row: Claim, error: TryLater, now: datetime) -> None:
        """This chat waits, and no other; or the whole account, when the platform says so."""
        if now - row.created_at > GIVE_UP:
            claims.end(c, [End(row.id, "failed", error=error.reason)], now)
            return
        whole = error.scope is Scope.ACCOUNT
        wait = max(error.after, growing(self.failures if whole else row.tries))
        claims.again(c, row.id, now + timedelta(seconds=wait), error.reason)
        if whole:
            claims.pace_account(c, self.account, pause(claims.free_at(c, self.account), now, wait))
        else:
            claims.pace_chats(c, {row.chat_id: pause(None, now, wait)})

    def _refused(self, c: Connection, row: Claim, error: SendError, now: datetime) -> None:
        claims.end(c, [End(row.id, "failed", error=error.reason)], now)
        if isinstance(error, Refused) and error.gone:
            chats.gone(c, row.chat_id, error.reason)
            claims.chat_gone(c, row.chat_id, error.reason, now)


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
    """Why the platform refuses the account's token, if it does."""
    reasons = (each.result.reason for each in outcomes if isinstance(each.result, AccountLost))
    return next(reasons, "")
