"""The way out: takes what waits in the ledger of one account to its channel, at its pace.

Live messages go first. Each turn of the loop is one short transaction that records what has ended
since and claims what may go now; the sending itself happens between, many messages at once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from domain.broadcast import QuietHours
from domain.channel import Capabilities, Channel, Content, Refused, SendError, Sent
from domain.message import ChatKind
from domain.quota import month_of
from scheduler.claimer import Claimed, Claimer
from scheduler.detour import Address
from scheduler.fault import described
from scheduler.outcome import LOST, LOST_AGAIN, Health, Outcome, Settler, refusal
from scheduler.telemetry import Count, Telemetry, Work
from storage import broadcasts, claims, ends
from storage.broadcasts import Broadcast
from storage.claims import Claim
from storage.company import Always, Hold
from storage.contents import Shelf, no_link
from storage.outage import Outage
from storage.store import StorageError, Store

log = logging.getLogger(__name__)

IDLE = timedelta(seconds=3)
"""How soon a row is seen that another process has written."""
LEAST_REST = timedelta(milliseconds=5)
"""Answers that come within it are recorded in one transaction."""
SOON = timedelta(milliseconds=150)
"""Answers wait for a transaction that comes so soon anyway."""
SECOND = timedelta(seconds=1)
"""How often is looked, while more and more may go, whether a broadcast has ended."""

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
    _claimed: Claimed = field(default_factory=Claimed, init=False)
    _looked: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)
    _health: Health = field(default_factory=Health, init=False)
    _refused: str = field(default="", init=False)
    _ledger: Outage = field(init=False)
    _ending: bool = field(default=False, init=False)
    _entered: bool = field(default=False, init=False)
    _seen: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)

    def __post_init__(self) -> None:
        account = self.channel.account
        back = f"{account}: the ledger is reached again"
        self._ledger = Outage(log, f"{account}: the ledger cannot be reached", back)

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
            self._ledger.over()
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
        claimer, looks = self._claimer(health), self._looks
        # The worker's thread must not look into what this one changes meanwhile.
        sending = [row for row, _ in self._sending.values()]
        try:
            states, claimed, ended = await self.store.write(
                self._settle_and_claim, claimer, outcomes, sending, refused, looks
            )
        except StorageError:
            self._outcomes = outcomes + self._outcomes
            raise
        for state in states:
            self.hands.telemetry.count(Count.MESSAGES, self.channel.account, state)
        if refused and not self._refused:
            log.error("%s: the platform refuses the token; sending is paused", self.channel.account)
        self._health, self._refused, self._claimed = health, refused, claimed
        self._looked = self.clock() if looks else self._looked
        for row in claimed.rows:
            self._sending[row.chat_id] = (row, asyncio.create_task(self._send(row)))
        if ended:
            self.wake()  # what is told of it may be ours to send

    @property
    def _looks(self) -> bool:
        """Whether it is time for what need not be done in each of many turns within a second."""
        return not self._claimed.more or self.clock() - self._looked >= SECOND

    def _claimer(self, health: Health) -> Claimer:
        can, hands = self.channel.capabilities, self.hands
        month = month_of(self.clock(), hands.zone)
        account, resend, address = self.channel.account, hands.resend_lost, hands.address
        settler = Settler(account, resend, address, month, health.failures)
        return Claimer(settler, can, Shelf(hands.folder, hands.link, can), hands.quiet)

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
            self._woken.clear()
            await self.turn()
            if not (self._sending or self._outcomes or self._woken.is_set()):
                return
            await asyncio.gather(*(task for _, task in self._sending.values()))

    async def _rest(self) -> None:
        """Wait until something has ended, is added, or may go."""
        until = self._until_next
        if self._outcomes and until > SOON:
            until = LEAST_REST
        await self._wait(max(until, LEAST_REST))

    @property
    def next_at(self) -> datetime | None:
        """When more may go, as far as the ledger told."""
        return self._claimed.next

    @property
    def _until_next(self) -> timedelta:
        return min(self.next_at - self.clock(), IDLE) if self.next_at else IDLE

    async def _outage(self, error: StorageError) -> None:
        """Tell once that the ledger is out of reach, and wait a little."""
        self._ledger.met(error)
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
            log.error("%s: row %s failed: %s", self.channel.account, row.id, described(error))
            return Refused(f"fault of ours: {type(error).__name__}")

    def _soon(self) -> None:
        """Something has ended: record it, with what else ends at the same time."""
        if timedelta() < self._until_next <= SOON:
            return
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
        claimer: Claimer,
        outcomes: list[Outcome],
        sending: list[Claim],
        refused: str,
        looks: bool,
    ) -> tuple[list[str], Claimed, bool]:
        """The states of what has ended, what to send now, and whether a broadcast has ended."""
        self.hold.check(c)
        now = self.clock()
        states = claimer.settler.settle(c, outcomes, now)
        if not self._refused:
            self._tell_trust(c, outcomes, refused, now, looks=looks)
        stays = not refused and not self._leaving
        claimed = claimer.claim(c, sending, now) if stays else Claimed()
        # Also without outcomes: a chat that is gone may have been the last one waited for.
        ended = broadcasts.finish(c, now) if looks or not claimed.rows else ()
        for each in ended:
            self._tell(c, each, now)
        return states, claimed, bool(ended)

    def _tell_trust(
        self, c: Connection, outcomes: list[Outcome], refused: str, now: datetime, *, looks: bool
    ) -> None:
        if refused or (looks and any(isinstance(each.result, Sent) for each in outcomes)):
            self.hands.trusted(c, self.channel.account, refused, now)

    def _tell(self, c: Connection, ended: Broadcast, now: datetime) -> None:
        """Tell how a broadcast ended. A fault in that must not undo what was recorded."""
        try:
            with c.begin_nested():
                self.hands.ended(c, ended, now)
        except DBAPIError:
            raise
        except Exception as error:
            fault = described(error)
            log.error("the end of broadcast %s was not told: %s", ended.id, fault)
