"""A connection by which a process is seen on PostgreSQL, and has advisory locks while it lives.

PostgreSQL frees them with it: when it is closed, and by `idle_session_timeout` (PostgreSQL 14 and
later) when nothing has come over it for so long, as where a process was stopped or its machine is
gone.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from storage.direct import connected
from storage.roll_call import LOCKS, key_of

CHANNEL = "loa"
WANT = "SELECT pg_advisory_lock_shared(key) FROM unnest($1::bigint[]) key"
TAKE = "SELECT pg_try_advisory_lock($1)"
FREE = "SELECT pg_advisory_unlock($1)"
TELL = "SELECT pg_notify($1, line) FROM unnest($2::text[]) line"
OWNER = "SELECT owner FROM account WHERE id = $1"

Hear = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """Which accounts each process wants, by the number of its connection, and who has which."""

    me: int = 0
    wants: Mapping[int, Collection[str]] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Presence:
    """Every method raises what `direct.LOST` names when the connection is no more."""

    _connection: asyncpg.Connection
    _wanted: set[str] = field(default_factory=set)
    _held: set[str] = field(default_factory=set)

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, idle_seconds: float, hear: Hear) -> AsyncIterator["Presence"]:
        """Be seen, and hear what others tell, as long as the block runs.

        PostgreSQL ends it when it says nothing for so long.
        """
        async with connected(url) as connection:
            me = connection.get_server_pid()

            def listen(_: object, pid: int, channel: object, line: object) -> None:
                if pid != me:
                    hear(str(line))

            await connection.execute(f"SET idle_session_timeout = {int(idle_seconds * 1000)}")
            await connection.add_listener(CHANNEL, listen)
            yield cls(connection)

    @property
    def held(self) -> frozenset[str]:
        """The accounts that this process has."""
        return frozenset(self._held)

    def holds(self, account_id: str) -> bool:
        """Whether this process has it, as far as is known without asking."""
        return account_id in self._held and not self._connection.is_closed()

    async def play(self, parts: Iterable[str]) -> None:
        """Let others see which parts this process plays."""
        await self._connection.execute(WANT, [key_of("part", each) for each in parts])

    async def want(self, account_ids: Iterable[str]) -> None:
        """Let others see that this process can have these."""
        new = sorted(set(account_ids) - self._wanted)
        if new:
            await self._connection.execute(WANT, [key_of("want", each) for each in new])
            self._wanted.update(new)

    async def take(self, account_id: str) -> bool:
        """Have an account, unless another process has it."""
        if account_id not in self._held and await self._ask(TAKE, key_of("hold", account_id)):
            self._held.add(account_id)
        return account_id in self._held

    async def free(self, account_id: str) -> None:
        if account_id in self._held:
            await self._ask(FREE, key_of("hold", account_id))
            self._held.discard(account_id)

    async def owner(self, account_id: str) -> str | None:
        """The name of the process that was the last to send by an account."""
        owner = await self._ask(OWNER, account_id)
        return owner if owner is None else str(owner)

    async def tell(self, lines: Collection[str]) -> None:
        await self._connection.execute(TELL, CHANNEL, list(lines))

    async def look(self) -> Picture:
        """What PostgreSQL's table of locks says of the accounts that this process wants."""
        wanting = {key_of("want", each): each for each in self._wanted}
        holding = {key_of("hold", each): each for each in self._wanted}
        wants, held = defaultdict[int, set[str]](set), dict[str, int]()
        for pid, key in await self._connection.fetch(LOCKS):
            if key in wanting:
                wants[pid].add(wanting[key])
            elif key in holding:
                held[holding[key]] = pid
        return Picture(self._connection.get_server_pid(), wants, held)

    async def _ask(self, query: str, value: object) -> Any:
        return await self._connection.fetchval(query, value)
