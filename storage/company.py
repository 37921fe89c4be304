"""The processes that work on one database: which has an account, and what they tell each other."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection, make_url

LEASE = 8.0
"""Seconds after which PostgreSQL gives up a process that says nothing. It says something each
quarter of them, and relies on what it has for three quarters: what it begins then has a quarter to
be on its way before another process can begin."""


class News(StrEnum):
    """What a process tells the others after a transaction."""

    QUEUED = "queued"
    """Messages may wait in the ledger, of any account."""
    KEPT = "kept"
    """An update of an account was kept."""
    FILE = "file"
    """An account has heard of a file."""


class Superseded(Exception):
    """Another process has entered an account: what this one still does for it is void."""


class Hold(Protocol):
    """An account that this process has, and no other."""

    @property
    def leaving(self) -> bool:
        """Whether another process is to have it: what is under way ends, nothing more begins."""
        ...

    async def sure(self) -> None:
        """Come back as soon as it is certain that no other process can have the account."""
        ...

    def enter(self, c: Connection) -> None:
        """Make void, from this transaction on, what others who had the account still do for it."""
        ...

    def check(self, c: Connection) -> None:
        """Raise Superseded when another process has entered; else this transaction comes first."""
        ...


Heard = Callable[[News, str], None]
"""Takes news and the account that it is about, "" for every one. It may be told in vain."""


class Company(ABC):
    """All the processes, as one of them meets them."""

    def __init__(self, heard: Heard) -> None:
        self.heard = heard

    @abstractmethod
    def present(self, parts: Collection[str] = ()) -> AbstractAsyncContextManager[None]:
        """Be one of them as long as the block runs, and be seen to play these parts."""

    @abstractmethod
    def tell(self, news: News, account_id: str = "") -> None:
        """Tell every process, this one too."""

    @abstractmethod
    def is_mine(self, account_id: str, part: str) -> bool:
        """Whether a part of an account's work is for this process, of all that can do it."""

    @abstractmethod
    async def while_mine(self, account_id: str, work: Callable[[Hold], Awaitable[None]]) -> None:
        """Work whenever this process has the account, until cancelled.

        `work` ends by itself when it is `leaving`, and is cancelled when another process has it.
        """


class Always:
    """The hold of a process that is alone."""

    leaving = False

    async def sure(self) -> None:
        return

    def enter(self, c: Connection) -> None:
        return

    def check(self, c: Connection) -> None:
        return


class Alone(Company):
    """One process has everything: an SQLite file is of one."""

    @asynccontextmanager
    async def present(self, parts: Collection[str] = ()) -> AsyncIterator[None]:
        yield

    def tell(self, news: News, account_id: str = "") -> None:
        self.heard(news, account_id)

    def is_mine(self, account_id: str, part: str) -> bool:
        return True

    async def while_mine(self, account_id: str, work: Callable[[Hold], Awaitable[None]]) -> None:
        await work(Always())


def company_at(url: str, heard: Heard, lease: float = LEASE) -> Company:
    """The company of the processes on the database at a SQLAlchemy URL."""
    if make_url(url).get_backend_name() == "sqlite":
        return Alone(heard)
    # It brings PostgreSQL's driver, of which an SQLite file needs nothing.
    from storage.in_company import InCompany

    return InCompany(url, heard, lease)
