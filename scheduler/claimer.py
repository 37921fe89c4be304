"""What an account may send now: so much as its pace, the hour and its month's quota let go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from domain.broadcast import Priority, QuietHours
from domain.channel import Capabilities, WindowClosed
from domain.message import ChatKind
from domain.pace import Pace
from scheduler.outcome import Outcome, Settler
from storage import claims, quotas
from storage.claims import Claim, Want
from storage.contents import Shelf
from storage.quotas import Budget
from storage.reach import closed

IN_FLIGHT = 256
"""Messages that one account sends at the same time."""

WINDOW = "the person has not written for too long"
"""Why a private message is not even tried."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What goes out, the moment when more may go, and whether more waits for its account's pace."""

    rows: Sequence[Claim] = ()
    next: datetime | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Claimer:
    """Claims rows for one account, inside a transaction.

    What cannot be sent at all is settled at once. Files come from the `shelf`.
    """

    settler: Settler
    can: Capabilities
    shelf: Shelf
    quiet: QuietHours | None

    def claim(self, c: Connection, sending: Sequence[Claim], now: datetime) -> Claimed:
        """Take what may go, beside what is being sent."""
        account, pace = self.settler.account, self._pace()
        (budget,) = quotas.budgets(c, self.settler.month, account)
        free_at, room = budget.free_at, IN_FLIGHT - len(sending)
        granted = pace.grant(free_at, now, room)
        if granted <= 0:
            return Claimed(next=free_at if room else None, more=True)
        least = self._least(budget, now)
        found = claims.claim(c, self._want(granted, sending, least), now)
        rows = self._in_window(c, found.rows, now)
        if rows:
            free_at = pace.spend(free_at, now, len(rows))
            claims.pace_account(c, account, free_at)
            self._pace_chats(c, rows, now)
        if found.more:
            return Claimed(rows, pace.next(free_at, now), more=True)
        # What may go by now and was not taken waits for the end of a send, and that wakes us.
        return Claimed(rows, claims.next_due(c, account, least, after=now))

    def _in_window(self, c: Connection, rows: Sequence[Claim], now: datetime) -> list[Claim]:
        """The rows that can be sent; a person out of the window is not tried but gone around."""
        window = self.can.reply_window
        late = [
            row
            for row in rows
            if row.kind is ChatKind.PRIVATE and closed(row.heard_at, window, now)
        ]
        self.settler.settle(c, [Outcome(row, now, WindowClosed(WINDOW)) for row in late], now)
        return [row for row in rows if row not in late]

    def _want(self, count: int, sending: Sequence[Claim], least: Priority) -> Want:
        uploading = {file_id for row in sending for file_id in row.uploads}
        busy = [row.chat_id for row in sending]
        return Want(self.settler.account, count, busy, uploading, least, self.shelf)

    def _least(self, budget: Budget, now: datetime) -> Priority:
        """The least urgent that may go at this hour, and with what is left of the month's quota."""
        if budget.guarded:
            return Priority.LIVE
        return Priority.URGENT if self.quiet and self.quiet.at(now) else Priority.BROADCAST

    def _pace(self) -> Pace:
        """A tenth of a second's messages may go at once, so that the loop need not be exact."""
        per_second = self.can.per_second
        return Pace(timedelta(seconds=1 / per_second), max(1, int(per_second / 10)))

    def _pace_chats(self, c: Connection, rows: Sequence[Claim], now: datetime) -> None:
        paces = {ChatKind.GROUP: self.can.group_pace, ChatKind.PRIVATE: self.can.private_pace}
        claims.pace_chats(
            c, {row.chat_id: paces[row.kind].spend(row.free_at, now, 1) for row in rows}
        )
