"""The road in: one update of a messenger, from the door to the rows that answer it.

Everything that an update causes is one transaction: that it was worked, the account's cursor, the
state of the conversation, what was recorded, and the answers as rows of the ledger.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any

from sqlalchemy import Connection

from bot.dispatch import Dispatch, speaks_to_us
from bot.foresight import foreseen
from bot.house import House
from bot.listening import overheard
from bot.lost import tell_trust
from bot.spell import address
from bot.turn import Turn
from domain.channel import Channel, Content, KnowsNames, SendError
from domain.entry_choice import KeptEntry
from domain.message import (
    Arrived,
    ChatKind,
    Departed,
    Ignored,
    Message,
    Moved,
    Revoked,
    Sender,
    Update,
    Withdrew,
)
from domain.period import local_day
from domain.quota import month_of
from scheduler.detour import chat_gone
from scheduler.fault import described
from scheduler.telemetry import Event, Telemetry, Work
from storage import audit, chats, deliveries, inbox, people, personal, quotas, sessions
from storage.deliveries import Letter
from storage.gathering import gather
from storage.personal import Wipe
from storage.store import StorageError, Store

log = logging.getLogger(__name__)

REMOVED = "the bot was removed or blocked"
WITHDREW = "the person asked the messenger to have their data deleted"
REVOKED = "those whose account it is have taken the permission back"
LEFT = timedelta(seconds=2)
"""How long an update waits for its own process before any other takes it."""

Clock = Callable[[], datetime]
Parse = Callable[[Any], Update]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an update: the note for whoever pressed a button, and what is to be counted.

    Of a repeated update, and of neighbours' talk, nothing came: then nobody is woken.
    """

    outcome: str = "worked"
    notice: str = ""
    events: Sequence[Event] = ()

    @property
    def wakes(self) -> bool:
        return self.outcome in ("worked", "failed")


REPEATED, IGNORED = Taken("repeated"), Taken("ignored")


class Road:
    """Takes updates in.

    `wake` tells the drains that there is something to send, `fetch` that an account has heard of a
    file, and `mine` whether an account's chat is this process's to work for.
    """

    def __init__(
        self,
        store: Store,
        house: House,
        dispatch: Dispatch,
        clock: Clock,
        wake: Callable[[], None],
        fetch: Callable[[str], None] = lambda account_id: None,
        telemetry: Telemetry | None = None,
        mine: Callable[[str, str], bool] = lambda account_id, chat: True,
    ) -> None:
        self._store = store
        self._house = house
        self._dispatch = dispatch
        self._clock = clock
        self._wake = wake
        self._fetch = fetch
        self._mine = mine
        self.telemetry = telemetry or Telemetry()
        self._address = partial(address, words=house.words)
        self._told: set[str] = set()
        """Chats that know of the outage which the database has now."""

    async def take(self, channel: Channel, update: Update, cursor: int | None = None) -> None:
        """Work one update; the account's cursor moves to `cursor` in the same transaction.

        Raises StorageError when the database cannot take it: then nothing of it was kept.
        """
        try:
            taken = await self._measured(channel, update, cursor)
        except StorageError:
            await self._tell_outage(channel, update)
            raise
        await self._kept(channel, [(update, taken)])

    async def take_together(
        self, channel: Channel, updates: Sequence[Update], cursor: int | None
    ) -> bool:
        """Work several updates in one transaction, which takes little more than one of them takes.

        False when one of them cannot be worked: then nothing was kept of any, and each is to be
        taken by itself.
        """
        begun, known = perf_counter(), self._house.faq.version
        try:
            await self._foresee(channel, updates)
            taken = await self._store.write(self._take_all_in, channel, updates, cursor)
        except Exception:
            # Which one it was, and why, is told when each is taken by itself.
            if self._house.faq.version != known:
                self._house.faq.start_over()  # one may have read what another taught: it is undone
            return False
        for each in taken:
            seconds = perf_counter() - begun
            self.telemetry.took(Work.UPDATE, channel.account, each.outcome, seconds)
        await self._kept(channel, list(zip(updates, taken, strict=True)))
        return True

    async def _kept(self, channel: Channel, taken: Sequence[tuple[Update, Taken]]) -> None:
        """Tell and count what came of updates, now that the transaction is over."""
        self._told.clear()
        if any(each.wakes for _, each in taken):
            self._wake()
        for update, each in taken:
            for event in each.events:
                self.telemetry.count(*event)
            if isinstance(update, Message) and update.file:
                self._fetch(channel.account)
        presses = [
            channel.notice(update.press_id, each.notice)
            for update, each in taken
            if isinstance(update, Message) and update.press_id
        ]
        await asyncio.gather(*presses)

    def heard(self, account_id: str) -> None:
        """The platform of an account has answered, with updates or without."""
        self.telemetry.heard(account_id)

    async def keep(self, account_id: str, key: str, payload: Any) -> bool:
        """Keep a raw update for later; False when it is known already."""
        self.heard(account_id)
        return await self._store.write(inbox.put, account_id, key, payload, self._clock())

    async def work_kept(self, channel: Channel, parse: Parse, limit: int = 100) -> int:
        """Work the oldest of the updates that were kept, those of a chat in order; how many.

        Each process has chats of its own, and takes of those of others what was left lying. Where
        two meet at an update, the second waits until it is worked, and goes on with the next.
        """
        kept = await self._store.read(inbox.waiting, channel.account, limit)
        waiting = [(parse(row.payload), row.received_at) for row in kept]
        left = self._clock() - LEFT
        ours = [each for each, _ in waiting if self._mine(channel.account, _chat_of(each))]
        ours = ours or [each for each, received_at in waiting if received_at < left]
        for update in ours:
            await self.take(channel, await self._named(channel, update))
        return len(ours)

    async def _named(self, channel: Channel, update: Update) -> Update:
        """A message with the name of who wrote it, where we have yet to ask for that."""
        if not isinstance(update, Message) or not isinstance(channel, KnowsNames):
            return update
        sender = update.sender
        known = await self._store.read(people.find, channel.account, sender.id)
        nameless = known.name == sender.id if known else speaks_to_us(self._house, update)
        if not nameless:
            return update
        name = await channel.name_of(update.chat, sender.id)
        return replace(update, sender=Sender(sender.id, name or sender.id))

    async def _measured(self, channel: Channel, update: Update, cursor: int | None) -> Taken:
        """Work an update, and time it."""
        with self.telemetry.step(Work.UPDATE, channel.account) as step:
            try:
                taken = await self._work(channel, update, cursor)
            except StorageError:
                step.outcome = "outage"
                raise
            step.outcome = taken.outcome
        return taken

    async def _work(self, channel: Channel, update: Update, cursor: int | None) -> Taken:
        try:
            await self._foresee(channel, [update])
            return await self._store.write(self._take_in, channel, update, cursor)
        except StorageError:
            raise
        except Exception as error:
            # A fault of ours must not stop the updates behind it.
            log.error("%s: update %s failed: %s", channel.account, update.key, described(error))
            fault = type(error).__name__
            return await self._store.write(self._give_up, channel, update, cursor, fault)

    async def _foresee(self, channel: Channel, updates: Sequence[Update]) -> None:
        """Have meanings that will be needed worked out beside everything else."""
        faq = self._house.faq
        messages = [update for update in updates if isinstance(update, Message)]
        if not faq.by_meaning or not messages:
            return
        coming, texts = await self._store.read(self._needed, channel.account, messages)
        if coming:
            await asyncio.to_thread(faq.foresee_changes, coming)
        await asyncio.gather(*(asyncio.to_thread(faq.foresee, text) for text in texts if text))

    def _needed(
        self, c: Connection, account: str, messages: Sequence[Message]
    ) -> tuple[list[KeptEntry], list[str]]:
        """What of the FAQ is new, and the questions that messages will ask."""
        texts = [foreseen(c, self._house, account, message) for message in messages]
        return self._house.faq.coming(c), texts

    def _take_all_in(
        self, c: Connection, channel: Channel, updates: Sequence[Update], cursor: int | None
    ) -> list[Taken]:
        taken = []
        for update in updates:
            audit.act_as(c, None)
            taken.append(self._take_in(c, channel, update, None))
        if cursor is not None:
            chats.go_on_at(c, channel.account, cursor)
        return taken

    def _take_in(
        self, c: Connection, channel: Channel, update: Update, cursor: int | None
    ) -> Taken:
        """The transaction of one update."""
        now, account = self._clock(), channel.account
        if cursor is not None:
            chats.go_on_at(c, account, cursor)
        if not inbox.claim(c, account, update.key, now):
            return REPEATED
        if channel.capabilities.counts_inbound and isinstance(update, Message):
            quotas.count_heard(c, account, month_of(now, self._house.zone))
        match update:
            case Message():
                return self._converse(c, channel, update, now)
            case Arrived():
                self._arrive(c, account, update, now)
            case Departed():
                chat = chats.seen(c, account, update.chat)
                chat_gone(c, chat.id, REMOVED, self._address, now)
            case Moved():
                chats.moved(c, account, update.chat.id, update.new_id)
            case Withdrew():
                self._forget(c, account, update, now)
            case Revoked():
                tell_trust(c, self._house, account, REVOKED, now)
        return Taken()

    def _forget(self, c: Connection, account: str, update: Withdrew, now: datetime) -> None:
        chat = chats.seen(c, account, update.chat)
        chat_gone(c, chat.id, WITHDREW, self._address, now)
        day, nameless = local_day(now, self._house.zone), self._house.words("door.forgotten")
        personal.forget(c, account, update.chat.id, Wipe(day, now, nameless))

    def _converse(self, c: Connection, channel: Channel, message: Message, now: datetime) -> Taken:
        account = channel.account
        person = people.find(c, account, message.sender.id)
        if person is None:
            # Who only chats with neighbours in a group is not kept.
            if not speaks_to_us(self._house, message) and not self._overhears(c, account, message):
                return IGNORED
            person = people.add(c, account, message.sender, now)
        elif person.name == message.sender.id:
            person = people.rename(c, person.id, message.sender.name)
        chat = chats.seen(c, account, message.chat, now)
        if chat.kind is ChatKind.PRIVATE and chat.person_id != person.id:
            chats.belongs_to(c, chat.id, person.id)
        session = sessions.load(c, chat.id, person.id)
        turn = Turn(c, now, self._house, channel.capabilities, message, chat, person, session)
        self._dispatch(turn)
        if turn.notice and not channel.capabilities.notices:
            turn.write(turn.notice)
        if channel.capabilities.gathers:
            gather(c, chat.id, now, channel.capabilities.max_text)
        return Taken(notice=turn.notice, events=turn.events)

    def _overhears(self, c: Connection, account: str, message: Message) -> bool:
        chat = chats.find(c, account, message.chat.id)
        return bool(chat and overheard(c, self._house, chat, message.text, self._clock()))

    def _arrive(self, c: Connection, account: str, update: Arrived, now: datetime) -> None:
        chat = chats.seen(c, account, update.chat, now)
        words = self._house.words
        if chat.kind is ChatKind.GROUP and chat.unit_id is None:
            deliveries.queue(c, Letter(chat.id, words("door.new_group")), now)
        elif chat.kind is ChatKind.PRIVATE and not people.find(c, account, chat.platform_id):
            deliveries.queue(c, Letter(chat.id, words("start.welcome", name="")), now)

    def _give_up(
        self, c: Connection, channel: Channel, update: Update, cursor: int | None, fault: str
    ) -> Taken:
        now = self._clock()
        if cursor is not None:
            chats.go_on_at(c, channel.account, cursor)
        inbox.claim(c, channel.account, update.key, now)
        inbox.failed(c, channel.account, update.key, fault)
        if isinstance(update, Message) and self._meant_us(c, channel.account, update):
            chat = chats.seen(c, channel.account, update.chat)
            deliveries.queue(c, Letter(chat.id, self._house.words("door.broken")), now)
        return Taken("failed")

    def _meant_us(self, c: Connection, account: str, message: Message) -> bool:
        """Whether somebody who wrote waits for an answer."""
        if speaks_to_us(self._house, message):
            return True
        person = people.find(c, account, message.sender.id)
        chat = chats.seen(c, account, message.chat)
        return person is not None and sessions.load(c, chat.id, person.id) is not None

    async def _tell_outage(self, channel: Channel, update: Update) -> None:
        """Say that the message waits. The ledger is out of reach, so this alone goes past it."""
        if not isinstance(update, Message) or update.chat.id in self._told:
            return
        if not speaks_to_us(self._house, update):
            return
        self._told.add(update.chat.id)
        try:
            await channel.send(update.chat.id, Content(self._house.words("door.outage")))
        except SendError as error:
            log.warning("%s: could not tell of the outage: %s", channel.account, error)


def _chat_of(update: Update) -> str:
    """Where an update happened; one of no chat is a place of its own."""
    return update.key if isinstance(update, Ignored | Revoked) else update.chat.id
