"""The way out: takes what waits in the ledger of one account to its channel, at its pace.

Live messages go first. Each turn of the loop is one short transaction that records what has ended
since and claims what may go now; the sending itself happens between, many messages at once.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from traceback import format_tb

from sqlalchemy import Connection

from domain.channel import (
    AccountLost,
    Channel,
    ChatMoved,
    Content,
    Lost,
    Refused,
    Scope,
    SendError,
    Sent,
    TryLater,
)
from domain.message import ChatKind
from domain.pace import Pace, pause
from storage import broadcasts, chats, deliveries, files
from storage.broadcasts import Broadcast
from storage.deliveries import Claimed
from storage.rows import AnyRow
from storage.store import StorageError, Store

log = logging.getLogger(__name__)

IN_FLIGHT = 100
"""Messages that one account sends at the same time."""

BURST = 5
"""Messages that a chat may get at once after a silence, so that a conversation is not slowed."""

GIVE_UP = timedelta(days=1)
"""A message that could not go for so long has failed: an outage of the platform is waited out."""
DOUBLINGS = 4
"""How often the wait between two tries grows."""
LOST_AGAIN = "the answer was lost; sent again, may have arrived twice"
IDLE = timedelta(seconds=30)
OUTAGE = timedelta(seconds=5)
"""Until the ledger is asked for again when it was out of reach."""

Clock = Callable[[], datetime]
Spell = Callable[[Content], Content]
Ended = Callable[[Connection, Broadcast, datetime], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the sending of a row ended."""

    row: Claimed
    result: Sent | SendError


@dataclass
class Drain:
    """The drain of one account.

    `ended` is called for each broadcast whose last row is final; `spell` turns buttons into words
    for a channel that has none.
    """

    store: Store
    channel: Channel
    clock: Clock
    ended: Ended
    spell: Spell
    data_dir: str
    resend_lost: bool = True
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    _sending: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _outcomes: list[Outcome] = field(default_factory=list)
    _paused: str = ""
    _ill: bool = False

    def wake(self) -> None:
        """There is something new in the ledger."""
        self.woken.set()

    async def run(self) -> None:
        """Send until cancelled. What was being sent is then left to `recover`."""
        try:
            while True:
                try:
                    await self._go_on()
                except StorageError as error:
                    await self._outage(error)
        finally:
            for task in self._sending.values():
                task.cancel()

    async def _go_on(self) -> None:
        await self.recover()
        while True:
            self.woken.clear()
            await self.turn()
            self._ill = False
            await self._rest()

    async def recover(self) -> None:
        """Queue again what was being sent when the process, or a transaction's answer, was lost."""
        busy = {*self._sending, *(outcome.row.chat_id for outcome in self._outcomes)}
        account = self.channel.account
        count = await self.store.write(deliveries.recover, account, busy, self.clock(), LOST_AGAIN)
        if count:
            log.warning("%s: %s messages are sent again", account, count)

    async def turn(self) -> None:
        """Record what has ended, claim what may go, and begin to send it; raises StorageError."""
        outcomes, self._outcomes = self._outcomes, []
        try:
            claims = await self.store.write(
                self._settle_and_claim, outcomes, frozenset(self._sending)
            )
        except StorageError:
            self._outcomes = outcomes + self._outcomes
            raise
        for claim in claims:
            self._sending[claim.chat_id] = asyncio.create_task(self._send(claim))

    async def settle(self) -> None:
        """Send all that may go now, to the end; for tests and for a clean stop."""
        while True:
            await self.turn()
            if not self._sending and not self._outcomes:
                return
            await asyncio.gather(*self._sending.values())

    async def _rest(self) -> None:
        """Wait until something ends, is added, or becomes due."""
        if self._outcomes:
            return
        busy = frozenset(self._sending)
        due = await self.store.read(deliveries.next_due, self.channel.account, busy)
        await self._wait(min(due - self.clock(), IDLE) if due and not self._paused else IDLE)

    async def _outage(self, error: StorageError) -> None:
        """Tell once that the ledger is out of reach, and wait a little."""
        if not self._ill:
            log.error("%s: the ledger cannot be reached: %s", self.channel.account, error)
        self._ill = True
        self.woken.clear()
        await self._wait(OUTAGE)

    async def _wait(self, longest: timedelta) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), max(longest.total_seconds(), 0.02))

    async def _send(self, row: Claimed) -> None:
        result: Sent | SendError
        content = row.content if self.channel.capabilities.buttons else self.spell(row.content)
        try:
            if row.edits_message:
                await self.channel.edit(row.platform_id, row.edits_message, content)
                result = Sent(row.edits_message)
            else:
                result = await self.channel.send(row.platform_id, content)
        except SendError as error:
            result = error
        except Exception as error:
            # Its words may quote the message, so only its kind and place are told.
            fault, place = type(error).__name__, "".join(format_tb(error.__traceback__))
            log.error("%s: row %s failed: %s\n%s", self.channel.account, row.id, fault, place)
            result = Refused(f"fault of ours: {fault}")
        self._outcomes.append(Outcome(row, result))
        del self._sending[row.chat_id]
        self.woken.set()

    # --- inside the transaction -------------------------------------------------------------

    def _settle_and_claim(
        self, c: Connection, outcomes: list[Outcome], busy: frozenset[int]
    ) -> list[Claimed]:
        now = self.clock()
        for outcome in outcomes:
            self._settle(c, outcome, now)
        # Also without outcomes: a chat that is gone may have been the last one waited for.
        for ended in broadcasts.finish(c, now):
            self.ended(c, ended, now)
        return [] if self._paused else self._claim(c, busy, now)

    def _settle(self, c: Connection, outcome: Outcome, now: datetime) -> None:
        row = outcome.row
        match outcome.result:
            case Sent(message_id, file_id):
                deliveries.end(c, row.id, "sent", now, message_id=message_id)
                if file_id and row.file_id:
                    files.copied(c, row.file_id, self.channel.account, file_id)
            case Lost(reason):
                self._lost(c, row, reason, now)
            case TryLater() as later:
                self._later(c, row, later, now)
            case ChatMoved(reason, new_id):
                chats.moved(c, self.channel.account, row.platform_id, new_id)
                deliveries.again(c, row.id, now, reason)
            case AccountLost(reason):
                self._account_lost(c, row, reason, now)
            case SendError(reason) as refused:
                deliveries.end(c, row.id, "failed", now, error=reason)
                if isinstance(refused, Refused) and refused.gone:
                    chats.gone(c, row.chat_id, reason)
                    deliveries.chat_gone(c, row.chat_id, reason, now)

    def _lost(self, c: Connection, row: Claimed, reason: str, now: datetime) -> None:
        if self.resend_lost and not row.repeated:
            deliveries.again(c, row.id, now, LOST_AGAIN, repeated=True)
        else:
            deliveries.end(c, row.id, "unknown", now, error=reason)

    def _later(self, c: Connection, row: Claimed, later: TryLater, now: datetime) -> None:
        if now - row.created_at > GIVE_UP:
            deliveries.end(c, row.id, "failed", now, error=later.reason)
            return
        wait = later.after * 2 ** min(row.tries, DOUBLINGS)
        deliveries.again(c, row.id, now + timedelta(seconds=wait), later.reason)
        if later.scope is Scope.ACCOUNT:
            free_at = deliveries.account_pace(c, self.channel.account)
            deliveries.pace_account(c, self.channel.account, pause(free_at, now, later.after))
        else:
            deliveries.pace_chats(c, {row.chat_id: pause(None, now, wait)})

    def _account_lost(self, c: Connection, row: Claimed, reason: str, now: datetime) -> None:
        """Nothing goes by this account until it is mended and Loa started again."""
        self._paused = reason
        chats.account_lost(c, self.channel.account, reason)
        deliveries.again(c, row.id, now, reason)
        log.error("%s: the platform refuses the token; sending is paused", self.channel.account)

    def _claim(self, c: Connection, busy: frozenset[int], now: datetime) -> list[Claimed]:
        account = self.channel.account
        room = IN_FLIGHT - len(busy)
        free_at = deliveries.account_pace(c, account)
        granted = self._pace().grant(free_at, now, room)
        if granted <= 0:
            return []
        first: dict[int, AnyRow] = {}
        for row in deliveries.waiting(c, account, now, busy, 4 * granted):
            if len(first) < granted:
                first.setdefault(row.chat_id, row)
        if first:
            deliveries.pace_account(c, account, self._pace().spend(free_at, now, len(first)))
            self._pace_chats(c, first, now)
            deliveries.begin(c, [row.id for row in first.values()])
        return [deliveries.claimed(c, account, row, self.data_dir) for row in first.values()]

    def _pace_chats(self, c: Connection, rows: dict[int, AnyRow], now: datetime) -> None:
        can = self.channel.capabilities
        gaps = {
            ChatKind.GROUP: Pace(timedelta(seconds=can.group_gap), BURST),
            ChatKind.PRIVATE: Pace(timedelta(seconds=can.private_gap), BURST),
        }
        moments = {
            chat_id: gaps[ChatKind(row.kind)].spend(row.free_at, now, 1)
            for chat_id, row in rows.items()
        }
        deliveries.pace_chats(c, moments)

    def _pace(self) -> Pace:
        """A tenth of a second's messages may go at once, so that the loop need not be exact."""
        per_second = self.channel.capabilities.per_second
        return Pace(timedelta(seconds=1 / per_second), max(1, int(per_second / 10)))
