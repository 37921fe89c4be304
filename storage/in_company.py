"""A process among others on one PostgreSQL: what it has of the accounts, and what it tells.

Which process has an account is a lock in PostgreSQL, which frees it when the process is no more to
be seen. What one that was taken for dead still tries is void by `account.owner`: the drain looks at
it within its transactions.
"""

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from zlib import crc32

from sqlalchemy import Connection, select, update

from domain.share import shares
from storage.company import LEASE, Company, Heard, Hold, News, Superseded
from storage.direct import LOST
from storage.outage import Outage
from storage.presence import Picture, Presence
from storage.schema import account

log = logging.getLogger(__name__)

LEAVING_SECONDS = 30.0
"""How long what is under way may take when an account goes to another process."""
FREED = "freed"
"""What a process tells the others when it has given up an account."""


@dataclass(eq=False)
class Claim:
    """An account that this process has once it is `won`, until it is `lost`."""

    account_id: str
    company: "InCompany"
    won: asyncio.Event = field(default_factory=asyncio.Event)
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    _leaving_at: float | None = None

    @property
    def leaving(self) -> bool:
        return self._leaving_at is not None

    def leave(self) -> None:
        """Give it up soon, or now when that was long ago."""
        if self._leaving_at is None:
            self._leaving_at = time.monotonic()
            self.company.heard(News.QUEUED, self.account_id)
        elif time.monotonic() - self._leaving_at > LEAVING_SECONDS:
            self.lost.set()

    async def sure(self) -> None:
        while self.lost.is_set() or not self.company.sure_of(self.account_id):
            await self.company.next_beat()

    def enter(self, c: Connection) -> None:
        mine = update(account).where(account.c.id == self.account_id)
        c.execute(mine.values(owner=self.company.name))

    def check(self, c: Connection) -> None:
        owner = select(account.c.owner).where(account.c.id == self.account_id)
        if c.execute(owner).scalar() != self.company.name:
            raise Superseded(self.account_id)

    async def during(self, work: Awaitable[None]) -> None:
        """Work until it ends by itself, or the account is lost."""
        try:
            async with asyncio.TaskGroup() as tasks:
                working = tasks.create_task(_done(work))
                working.add_done_callback(lambda _: self.lost.set())
                await self.lost.wait()
                working.cancel()
        except* Superseded:
            log.warning("%s: another process has entered", self.account_id)


async def _done(work: Awaitable[None]) -> None:
    await work


class InCompany(Company):
    """`lease` is in seconds: so long after its last sign of life a process is gone at most."""

    def __init__(self, url: str, heard: Heard, lease: float = LEASE) -> None:
        super().__init__(heard)
        self.name = f"{socket.gethostname()[:40]}/{os.getpid()}/{secrets.token_hex(4)}"
        self._url, self._lease = url, lease
        self._beat, self._trust = lease / 4, lease * 3 / 4
        self._claims: dict[str, Claim] = {}
        self._presence: Presence | None = None
        self._picture = Picture()
        self._seen_at = self._due_at = 0.0
        self._lines: dict[str, None] = {}
        self._rung, self._beaten = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def present(self, parts: Collection[str] = ()) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            living = tasks.create_task(self._live(parts))
            yield
            living.cancel()

    def tell(self, news: News, account_id: str = "") -> None:
        self.heard(news, account_id)
        self._say(f"{news} {account_id}")

    async def while_mine(self, account_id: str, work: Callable[[Hold], Awaitable[None]]) -> None:
        try:
            while True:
                claim = self._claims[account_id] = Claim(account_id, self)
                self._look_soon()
                await claim.won.wait()
                log.info("%s: this process has it now", account_id)
                await claim.during(work(claim))
                log.info("%s: this process has it no longer", account_id)
        finally:
            del self._claims[account_id]

    def is_mine(self, account_id: str, part: str) -> bool:
        picture = self._picture
        able = sorted(each for each, wanted in picture.wants.items() if account_id in wanted)
        return picture.me not in able or able[crc32(part.encode()) % len(able)] == picture.me

    def sure_of(self, account_id: str) -> bool:
        """Whether PostgreSQL certainly has not freed an account of ours yet."""
        held = self._presence and self._presence.holds(account_id)
        return bool(held) and time.monotonic() < self._seen_at + self._trust

    async def next_beat(self) -> None:
        self._beaten.clear()
        await self._beaten.wait()

    def _hear(self, line: str) -> None:
        what, _, account_id = line.partition(" ")
        if what == FREED:
            self._look_soon()
        else:
            self.heard(News(what), account_id)

    def _say(self, line: str) -> None:
        self._lines[line] = None
        self._rung.set()

    def _look_soon(self) -> None:
        self._due_at = 0.0
        self._rung.set()

    async def _live(self, parts: Collection[str]) -> None:
        """Be seen, ever again."""
        seen = "this process is seen by the others again"
        outage = Outage(log, "this process is not seen by the others", seen)
        while True:
            try:
                async with Presence.open(self._url, self._lease, self._hear) as presence:
                    outage.over()
                    await presence.play(parts)
                    self._presence = presence
                    await self._be(presence)
            except LOST as error:
                outage.met(type(error).__name__)
            finally:
                self._presence = None
            await asyncio.sleep(self._beat)

    async def _be(self, presence: Presence) -> None:
        # What was told before was not heard.
        for news in News:
            self.heard(news, "")
        self._look_soon()
        while True:
            self._rung.clear()
            async with asyncio.timeout(self._trust):
                if self._due_at <= time.monotonic():
                    await self._take_part(presence)
                await self._pass_on(presence)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._due_at - time.monotonic()):
                    await self._rung.wait()

    async def _take_part(self, presence: Presence) -> None:
        """See who is there, and have what is to be ours."""
        at = time.monotonic()
        self._due_at = at + self._beat
        await self._give_back(presence)
        await presence.want(self._claims)
        self._picture = picture = await presence.look()
        given = shares(picture.wants, picture.held)
        for claim in list(self._claims.values()):
            mine = given.get(claim.account_id) == picture.me
            await self._settle(presence, claim, mine)
        self._seen_at = at
        self._beaten.set()

    async def _settle(self, presence: Presence, claim: Claim, mine: bool) -> None:
        if not claim.won.is_set():
            if mine and await presence.take(claim.account_id):
                claim.won.set()
        elif not presence.holds(claim.account_id):
            await self._regain(presence, claim)
        elif not mine:
            claim.leave()

    async def _regain(self, presence: Presence, claim: Claim) -> None:
        """Go on with what was held by a connection before, unless another process had it since."""
        await presence.take(claim.account_id)
        if await presence.owner(claim.account_id) != self.name:
            claim.lost.set()

    async def _give_back(self, presence: Presence) -> None:
        """Free what is no longer worked for here."""
        won = {each.account_id for each in self._claims.values() if each.won.is_set()}
        over = [each for each in presence.held if each not in won]
        for account_id in over:
            await presence.free(account_id)
        if over:
            self._say(FREED)

    async def _pass_on(self, presence: Presence) -> None:
        lines, self._lines = self._lines, {}
        if lines:
            await presence.tell(lines)
