"""An Official Account's access token: renewed by one process at a time, kept before it is used."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ParamSpec
from uuid import uuid4

from bot.channels.zalo_oa_errors import OAUTH_SPENT
from bot.channels.zalo_oauth import Clock, NoPair, OauthClient
from domain.channel import AccountLost, Lost, Scope, SendError, TryLater
from storage import tokens
from storage.seal import Seal
from storage.store import StorageError, Store, Work
from storage.tokens import Gone, Pair, Renew, Use, Wait

log = logging.getLogger(__name__)

P = ParamSpec("P")

WAIT_SECONDS = 0.1
"""Between two looks at whether another process has renewed the pair."""
REST = timedelta(minutes=1)
"""Between two tries to renew ahead of time while the old access token still holds."""
STORE_SECONDS = 1.0
"""Between two tries to keep a pair that the database does not take."""

SPENT = "the refresh token was used elsewhere: run loa zalo login"
UNHEARD = "the answer to a renewal was lost, and the new pair with it: run loa zalo login"


@dataclass
class KeptTokens:
    """The tokens of one account, in the database that all processes share."""

    account: str
    oauth: OauthClient
    store: Store
    seal: Seal
    clock: Clock
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _holder: str = field(default_factory=lambda: uuid4().hex, init=False)
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _pair: Pair | None = field(default=None, init=False, repr=False)
    _rest_until: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)

    async def current(self) -> str:
        """An access token that holds for a while; raises a `SendError`."""
        return await self.renewed("")

    async def renewed(self, stale: str) -> str:
        """An access token other than the one that the platform refused; raises a `SendError`."""
        async with self._alone:
            pair, now = self._pair, self.clock()
            if pair is None or pair.access == stale or not self._suffices(pair, now):
                try:
                    self._pair = pair = await self._whole(self._good(stale))
                except TryLater:
                    if pair is None or pair.access == stale or pair.expires_at <= now:
                        raise
                    self._rest_until = now + REST
            return pair.access

    def _suffices(self, pair: Pair, now: datetime) -> bool:
        """Whether a pair need not be renewed yet, or could not be a moment ago."""
        return pair.fresh(now) or now < min(self._rest_until, pair.expires_at)

    async def keep_fresh(self) -> None:
        """Renew the pair when it is time, also where nobody sends."""
        try:
            await self.current()
        except SendError as error:
            log.warning("%s: the token is not renewed: %s", self.account, error)

    async def close(self) -> None:
        """Wait for a renewal that is under way: its answer is the only copy of the next pair."""
        async with self._alone:
            pass

    async def _whole(self, work: Awaitable[Pair]) -> Pair:
        """The end of `work`, which is not broken off when this task is."""
        task = asyncio.ensure_future(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})
            task.exception()  # nobody is left whom it concerns
            raise

    async def _good(self, stale: str) -> Pair:
        while True:
            match await self._turn(stale):
                case Use(pair):
                    return pair
                case Gone(why):
                    raise AccountLost(why)
                case Wait():
                    await self.pause(WAIT_SECONDS)
                case Renew(pair, unanswered):
                    await self._renew(pair, UNHEARD if unanswered else SPENT)

    async def _turn(self, stale: str) -> Use | Renew | Wait | Gone:
        try:
            return await self.store.write(
                tokens.take, self.seal, self.account, self._holder, self.clock(), stale
            )
        except StorageError as error:
            raise TryLater(f"no token: {error}", scope=Scope.ACCOUNT) from error

    async def _renew(self, pair: Pair, if_spent: str) -> None:
        """Put the next pair in the place of this one, or write down why there is none."""
        try:
            following = await self.oauth.refresh(pair.refresh)
        except NoPair as error:
            if error.code == OAUTH_SPENT:
                await self._write(tokens.lose, self.account, self._holder, if_spent)
                return
            await self._give_back(answered=True)
            raise AccountLost(str(error)) from error
        except SendError as error:
            await self._give_back(answered=not isinstance(error, Lost))
            raise TryLater(f"no token: {error}", scope=Scope.ACCOUNT) from error
        await self._write(tokens.keep, self.seal, self.account, following, self.clock())
        log.info("%s: the token pair was renewed", self.account)

    async def _give_back(self, *, answered: bool) -> None:
        await self._write(tokens.give_back, self.account, self._holder, answered=answered)

    async def _write(self, work: Work[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Write until the database takes it: nobody else knows what is to be written."""
        while True:
            try:
                return await self.store.write(work, *args, **kwargs)
            except StorageError as error:
                log.error("%s: the token pair waits for the database: %s", self.account, error)
                await self.pause(STORE_SECONDS)
