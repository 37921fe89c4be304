"""The way out: takes what waits in the ledger of one account to its channel, at its pace.

Live messages go first. Each turn of the loop is one short transaction that records what has ended
since and claims what may go now; the sending itself happens between, many messages at once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from traceback import format_tb

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from domain.broadcast import Priority, QuietHours
from domain.channel import (
    Capabilities,
    Channel,
    Content,
    Refused,
    SendError,
    Sent,
    WindowClosed,
)
from domain.message import ChatKind
from domain.pace import Pace
from domain.quota import month_of
from scheduler.detour import Address
from scheduler.outcome import LOST, LOST_AGAIN, Health, Outcome, Settler, refusal
from scheduler.telemetry import Count, Telemetry, Work
from storage import broadcasts, claims, ends, quotas
from storage.broadcasts import Broadcast
from storage.claims import Claim, Want
from storage.company import Always, Hold
from storage.contents import Shelf, no_link
from storage.reach import closed
from storage.store import StorageError, Store

log = logging.getLogger(__name__)

IN_FLIGHT = 256
"""Messages that one account sends at the same time."""

IDLE = timedelta(seconds=3)
"""How soon a row is seen that another process has written."""
LEAST_REST = timedelta(milliseconds=5)
"""Answers that come within it are recorded in one transaction."""

WINDOW = "the person has not written for too long"
"""Why a private message is not even tried."""

GRACE = 1.0
"""Seconds in which answers are awaited when the process is to stop."""

UNHEARD = "it was to be sent, and the ledger did not say so"
"""Why a row waits again whose claim was kept, but not heard of: nobody has sent it."""

OUTAGE = timedelta(seconds=5)
"""Until the ledger is asked for again when it was out of reach."""

Clock = Callable[[], datetime]
Spell = Callable[[Content, Capabilities, ChatKind], Content]
Ended = Callable[[Connection, Broadcast, datetime], None]
Trusted = Callable[[Connection, str, str, datetime], None]


@dataclass(frozen=True, slots=True)
class Hands:
    """What the roof gives every drain.

    `spell` puts into words what a channel does not have; `ended` is called for each
    broadcast whose last row is final, `trusted` for an account that the platform refuses, and why,
    or has taken a message of, with ""; `link` makes a public link to a file, `address` speaks to a
    person in a group. Months are those of `zone`.
    """

    spell: Spell
    address: Address
    ended: Ended
    trusted: Trusted
    folder: str
    link: Callable[[int], str] = no_link
    zone: tzinfo = UTC
    quiet: QuietHours | None = None
    resend_lost: bool = True
    telemetry: Telemetry = field(default_factory=Telemetry)


@dataclass
class Drain:
    """The drain of one account, by what this process has of it."""

    store: Store
    channel: Channel
    clock: Clock
    hands: Hands
    hold: Hold = field(default_factory=Always)
    _woken: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _sending: dict[int, tuple[Claim, asyncio.Task[None]]] = field(default_factory=dict, init=False)
    _outcomes: list[Outcome] = field(default_factory=list, init=False)
    _next: datetime | None = field(default=None, init=False)
    _health: Health = field(default_factory=Health, init=False)
    _refused: str = field(default="", init=False)
    _ill: bool = field(default=False, init=False)
    _ending: bool = field(default=False, init=False)
    _entered: bool = field(default=False, init=False)
    _seen: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)

    def wake(self) -> None:
        """There is something new in the ledger."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled, the platform refuses the account, or another process is to have it.

        When it is cancelled, what has no answer within GRACE is for the next start to settle, which
        may be another process's. Raises Superseded when that has begun.
        """
        sending = asyncio.create_task(self._run())
        try:
            await asyncio.shield(sending)
        except asyncio.CancelledError:
            self._ending = True
            self.wake()
            await asyncio.wait([sending], timeout=GRACE)
            raise
        finally:
            self._ending = False
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while not self._over:
                try:
                    await self._go_on()
                except StorageError as error:
                    await self._outage(error)
        finally:
            for _, task in self._sending.values():
                task.cancel()

    @property
    def _leaving(self) -> bool:
        """Whether what is under way ends and nothing more begins."""
        return self._ending or self.hold.leaving

    @property
    def _over(self) -> bool:
        left = self._leaving and not (self._sending or self._outcomes)
        return bool(self._refused) or left

    async def _go_on(self) -> None:
        await self.hold.sure()
        await self.recover()
        while True:
            self._woken.clear()
            await self.hold.sure()
            await self.turn()
            self._ill = False
            if self._refused:
                await self.settle()
            if self._over:
                return
            await self._rest()

    async def recover(self) -> None:
        """Settle what a process that died, or a transaction whose end was not heard, has left."""
        sending = [row for row, _ in self._sending.values()]
        recorded, lost = await self.store.write(self._recover, sending, list(self._outcomes))
        self._outcomes = [each for each in self._outcomes if each.row.id not in recorded]
        self._entered = True
        if lost:
            log.warning("%s: the answers to %s messages were lost", self.channel.account, lost)

    async def turn(self) -> None:
        """Record what has ended, claim what may go, and begin to send it; raises StorageError."""
        await self._keep_time()
        outcomes, self._outcomes = self._outcomes, []
        health = self._health.after(outcomes, self.clock())
        refused = self._refused or refusal(outcomes)
        settler = Settler(
            self.channel.account,
            self.hands.resend_lost,
            self.hands.address,
            month_of(self.clock(), self.hands.zone),
            health.failures,
        )
        # The worker's thread must not look into what this one changes meanwhile.
        sending = [row for row, _ in self._sending.values()]
        try:
            states, claimed, self._next = await self.store.write(
                self._settle_and_claim, settler, outcomes, sending, refused
            )
        except StorageError:
            self._outcomes = outcomes + self._outcomes
            raise
        for state in states:
            self.hands.telemetry.count(Count.MESSAGES, settler.account, state)
        if refused and not self._refused:
            log.error("%s: the platform refuses the token; sending is paused", settler.account)
        self._health, self._refused = health, refused
        for row in claimed:
            self._sending[row.chat_id] = (row, asyncio.create_task(self._send(row)))

    async def _keep_time(self) -> None:
        """See that nothing waits longer because the clock was set back."""
        now = self.clock()
        if now < self._seen:
            account, before = self.channel.account, self._seen
            await self.store.write(claims.set_back, account, before, now)
            log.warning("%s: the clock was set back by %s", account, before - now)
        self._seen = now

    async def settle(self) -> None:
        """Send all that may go now, to the end."""
        while True:
            await self.turn()
            if not self._sending and not self._outcomes:
                return
            await asyncio.gather(*(task for _, task in self._sending.values()))

    async def _rest(self) -> None:
        """Wait until something has ended, is added, or may go."""
        until = min(self._next - self.clock(), IDLE) if self._next else IDLE
        await self._wait(max(until, LEAST_REST))

    async def _outage(self, error: StorageError) -> None:
        """Tell once that the ledger is out of reach, and wait a little."""
        if not self._ill:
            log.error("%s: the ledger cannot be reached: %s", self.channel.account, error)
        self._ill = True
        self._woken.clear()
        await self._wait(OUTAGE)

    async def _wait(self, longest: timedelta) -> None:
        # Not wait_for: in Python 3.11 it loses a cancellation that comes as the event is set.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(longest.total_seconds()):
                await self._woken.wait()

    async def _send(self, row: Claim) -> None:
        await self.hold.sure()
        begun = self.clock()
        with self.hands.telemetry.step(Work.SEND, self.channel.account) as step:
            result = await self._answer_to(row)
            step.outcome = type(result).__name__.lower()
        self._outcomes.append(Outcome(row, begun, result))
        del self._sending[row.chat_id]
        self._soon()

    async def _answer_to(self, row: Claim) -> Sent | SendError:
        """What the platform says to a message."""
        try:
            content = self.hands.spell(row.content, self.channel.capabilities, row.kind)
            if row.edits_message and self.channel.capabilities.edits:
                await self.channel.edit(row.platform_id, row.edits_message, content)
                return Sent(row.edits_message)
            return await self.channel.send(row.platform_id, content)
        except SendError as error:
            return error
        except Exception as error:
            # Its words may quote the message, so only its kind and place are told.
            fault, place = type(error).__name__, "".join(format_tb(error.__traceback__))
            log.error("%s: row %s failed: %s\n%s", self.channel.account, row.id, fault, place)
            return Refused(f"fault of ours: {fault}")

    def _soon(self) -> None:
        """Something has ended: record it, with what else ends at the same time."""
        if self._sending:
            asyncio.get_running_loop().call_later(LEAST_REST.total_seconds(), self._woken.set)
        else:
            self._woken.set()

    # --- inside the transaction -------------------------------------------------------------

    def _recover(
        self, c: Connection, sending: list[Claim], outcomes: list[Outcome]
    ) -> tuple[set[int], int]:
        """Of these outcomes the rows that have theirs by now; how many rows others have left."""
        self.hold.check(c)
        tried = {each.row.id: each.row.tries + 1 for each in outcomes}
        recorded = tried.keys() - ends.under_way(c, tried)
        busy = {row.chat_id for row in sending}
        busy |= {each.row.chat_id for each in outcomes if each.row.id not in recorded}
        account, now, resend = self.channel.account, self.clock(), self.hands.resend_lost
        if not self._entered:
            return recorded, ends.recover(c, account, busy, now, LOST_AGAIN, LOST, resend=resend)
        ends.unsent(c, account, busy, now, UNHEARD)
        return recorded, 0

    def _settle_and_claim(
        self,
        c: Connection,
        settler: Settler,
        outcomes: list[Outcome],
        sending: list[Claim],
        refused: str,
    ) -> tuple[list[str], list[Claim], datetime | None]:
        """The states of what has ended, what to send now, and the moment when more may go."""
        self.hold.check(c)
        now = self.clock()
        states = settler.settle(c, outcomes, now)
        if not self._refused:
            self._tell_trust(c, outcomes, refused, now)
        # Also without outcomes: a chat that is gone may have been the last one waited for.
        for ended in broadcasts.finish(c, now):
            self._tell(c, ended, now)
        stays = not refused and not self._leaving
        claimed = self._claim(c, settler, sending, now) if stays else ([], None)
        return states, *claimed

    def _tell_trust(
        self, c: Connection, outcomes: list[Outcome], refused: str, now: datetime
    ) -> None:
        if refused or any(isinstance(each.result, Sent) for each in outcomes):
            self.hands.trusted(c, self.channel.account, refused, now)

    def _tell(self, c: Connection, ended: Broadcast, now: datetime) -> None:
        """Tell how a broadcast ended. A fault in that must not undo what was recorded."""
        try:
            with c.begin_nested():
                self.hands.ended(c, ended, now)
        except DBAPIError:
            raise
        except Exception as error:
            place = "".join(format_tb(error.__traceback__))
            fault = type(error).__name__
            log.error("the end of broadcast %s was not told: %s\n%s", ended.id, fault, place)

    def _claim(
        self, c: Connection, settler: Settler, sending: list[Claim], now: datetime
    ) -> tuple[list[Claim], datetime | None]:
        account, pace = self.channel.account, self._pace()
        free_at, room = claims.free_at(c, account), IN_FLIGHT - len(sending)
        granted = pace.grant(free_at, now, room)
        if granted <= 0:
            return [], free_at if room else None
        least = self._least(c, settler.month, now)
        found = claims.claim(c, self._want(granted, sending, least), now)
        rows = self._in_window(c, settler, found.rows, now)
        if rows:
            free_at = pace.spend(free_at, now, len(rows))
            claims.pace_account(c, account, free_at)
            self._pace_chats(c, rows, now)
        if found.more:
            return rows, free_at
        # What may go by now and was not taken waits for the end of a send, and that wakes us.
        return rows, claims.next_due(c, account, least, after=now)

    def _in_window(
        self, c: Connection, settler: Settler, rows: list[Claim], now: datetime
    ) -> list[Claim]:
        """The rows that can be sent; a person out of the window is not tried but gone around."""
        window = self.channel.capabilities.reply_window
        late = [
            row
            for row in rows
            if row.kind is ChatKind.PRIVATE and closed(row.heard_at, window, now)
        ]
        settler.settle(c, [Outcome(row, now, WindowClosed(WINDOW)) for row in late], now)
        return [row for row in rows if row not in late]

    def _want(self, count: int, sending: list[Claim], least: Priority) -> Want:
        uploading = {file_id for row in sending for file_id in row.uploads}
        shelf = Shelf(self.hands.folder, self.hands.link, self.channel.capabilities)
        busy = [row.chat_id for row in sending]
        return Want(self.channel.account, count, busy, uploading, least, shelf)

    def _least(self, c: Connection, month: date, now: datetime) -> Priority:
        """The least urgent that may go at this hour, and with what is left of the month's quota."""
        (budget,) = quotas.budgets(c, month, self.channel.account)
        if budget.guarded:
            return Priority.LIVE
        quiet = self.hands.quiet
        return Priority.URGENT if quiet and quiet.at(now) else Priority.BROADCAST

    def _pace(self) -> Pace:
        """A tenth of a second's messages may go at once, so that the loop need not be exact."""
        per_second = self.channel.capabilities.per_second
        return Pace(timedelta(seconds=1 / per_second), max(1, int(per_second / 10)))

    def _pace_chats(self, c: Connection, rows: list[Claim], now: datetime) -> None:
        can = self.channel.capabilities
        paces = {ChatKind.GROUP: can.group_pace, ChatKind.PRIVATE: can.private_pace}
        claims.pace_chats(
            c, {row.chat_id: paces[row.kind].spend(row.free_at, now, 1) for row in rows}
        )
