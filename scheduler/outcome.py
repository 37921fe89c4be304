"""What becomes of a row of the ledger when its sending has ended, well or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from domain.channel import AccountLost, ChatMoved, Lost, Refused, Scope, SendError, Sent, TryLater
from domain.pace import pause
from storage import chats, claims, ends, files
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

REFUSED_WAIT = 180.0
"""Seconds until a token that was refused is tried again."""

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
        finals = []
        for row, result in ((each.row, each.result) for each in outcomes):
            if isinstance(result, SendError):
                self._failed(c, row, result, now)
                continue
            finals.append(End(row.id, "sent", message_id=result.message_id))
            for file_id, copy in zip(row.file_ids, result.file_ids, strict=False):
                if file_id in row.uploads:
                    files.copied(c, file_id, self.account, copy)
        ends.end(c, finals, now)

    def _failed(self, c: Connection, row: Claim, error: SendError, now: datetime) -> None:
        match error:
            case Lost():
                self._lost(c, row, now)
            case TryLater():
                self._later(c, row, error, now)
            case ChatMoved(reason, new_id):
                chats.moved(c, self.account, row.platform_id, new_id)
                self._again(c, row, reason, now, now)
            case AccountLost(reason):
                ends.untried(c, row.id, now, reason)
                self._pause(c, REFUSED_WAIT, now)
            case _:
                self._refused(c, row, error, now)

    def _lost(self, c: Connection, row: Claim, now: datetime) -> None:
        """The message may have arrived: it goes out once more, marked, or is left unknown."""
        if self.resend_lost and not row.repeated:
            ends.again(c, row.id, now, LOST_AGAIN, repeated=True)
        else:
            ends.end(c, [End(row.id, "unknown", error=LOST)], now)

    def _later(self, c: Connection, row: Claim, error: TryLater, now: datetime) -> None:
        """This chat waits, and no other; or the whole account, when the platform says so."""
        if error.scope is Scope.ACCOUNT:
            wait = max(error.after, growing(self.failures))
            ends.untried(c, row.id, now + timedelta(seconds=wait), error.reason)
            self._pause(c, wait, now)
            return
        wait = max(error.after, growing(row.tries))
        self._again(c, row, error.reason, now + timedelta(seconds=wait), now)
        claims.pace_chats(c, {row.chat_id: pause(None, now, wait)})

    def _again(
        self, c: Connection, row: Claim, reason: str, due_at: datetime, now: datetime
    ) -> None:
        """The row goes out once more, unless it was tried too often."""
        if row.tries + 1 < MOST_TRIES:
            ends.again(c, row.id, due_at, reason)
        else:
            ends.end(c, [End(row.id, "failed", error=reason)], now)

    def _pause(self, c: Connection, seconds: float, now: datetime) -> None:
        free_at = claims.free_at(c, self.account)
        claims.pace_account(c, self.account, pause(free_at, now, seconds))

    def _refused(self, c: Connection, row: Claim, error: SendError, now: datetime) -> None:
        ends.end(c, [End(row.id, "failed", error=error.reason)], now)
        if isinstance(error, Refused) and error.gone:
            chats.gone(c, row.chat_id, error.reason)
            ends.chat_gone(c, row.chat_id, error.reason, now)


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


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether the platform takes the account's token: why not, and since when it was refused."""

    refused: str = ""
    since: datetime | None = None

    def after(self, outcomes: Sequence[Outcome], now: datetime) -> "Trust":
        """The trust after these: what was under way when the token was refused proves nothing."""
        reasons = (each.result.reason for each in outcomes if isinstance(each.result, AccountLost))
        if reason := next(reasons, ""):
            return Trust(self.refused or reason, now)
        taken = any(
            isinstance(each.result, Sent) and (self.since is None or each.begun >= self.since)
            for each in outcomes
        )
        return Trust() if taken else self
