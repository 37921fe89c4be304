"""What is done on the command line is done by whoever is logged in there."""

import getpass
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from domain.audit import Act, Actor
from loa.commands import opened
from loa.settings import Settings
from storage import audit
from storage.store import Store, opened_store

T = TypeVar("T")
LONGEST = 60
"""The most characters of a login name that are kept."""


class SignedStore(Store):
    """A store all of whose writing is done by one operator."""

    def __init__(self, store: Store, operator: str) -> None:
        self._store = store
        self._operator = operator

    async def write(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        def signed(c: Connection) -> T:
            audit.act_as(c, Actor(datetime.now(UTC), operator=self._operator))
            return work(c, *args, **kwargs)

        return await self._store.write(signed)

    async def read(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return await self._store.read(work, *args, **kwargs)

    async def close(self) -> None:
        await self._store.close()


@asynccontextmanager
async def operated(settings: Settings) -> AsyncIterator[Store]:
    """The database, in which the audit trail names the operator."""
    async with opened(settings) as store:
        yield SignedStore(store, login())


async def note(url: str, act: Act, **detail: str | int) -> None:
    """Note what the operator is about to do with all of a database. Raises StorageError."""
    async with opened_store(url) as store:
        await SignedStore(store, login()).write(audit.note, act, **detail)


def login() -> str:
    """The name under which somebody is logged in; where the system has none, its number."""
    try:
        return getpass.getuser()[:LONGEST]
    except KeyError:
        return str(os.getuid())
