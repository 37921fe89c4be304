"""Processes on one PostgreSQL: one has an account at a time, and all hear what one tells."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, text

from storage import chats, in_company
from storage.company import Alone, Company, Hold, News, Superseded, company_at
from storage.in_company import Claim, InCompany
from storage.roll_call import played
from storage.store import Store, open_store
from tests.until import LATEST, until, until_kept
from tests.wire import Wire

LEASE = 2.0
"""In seconds, of the processes here."""
ACCOUNTS = ("a", "b", "c", "d")


@pytest.fixture
def store(pg: str, runner: asyncio.Runner) -> Iterator[Store]:
    store = runner.run(open_store(pg))
    runner.run(store.write(make_known))
    yield store
    runner.run(store.close())


def make_known(c: Connection) -> None:
    for account in ACCOUNTS:
        chats.add_account(c, account, "telegram")


@dataclass
class Process:
    """One that works for accounts, as far as it has them; `ends` when it is asked to leave."""

    store: Store
    url: str
    ends: bool = True
    heard: list[tuple[News, str]] = field(default_factory=list)
    holds: dict[str, Hold] = field(default_factory=dict)
    company: Company = field(init=False)

    def __post_init__(self) -> None:
        self.company = company_at(self.url, lambda *news: self.heard.append(news), LEASE)

    @asynccontextmanager
    async def running(self, *accounts: str) -> AsyncIterator["Process"]:
        async with self.company.present(), asyncio.TaskGroup() as tasks:
            working = [tasks.create_task(self._work_for(account)) for account in accounts]
            yield self
            for task in working:
                task.cancel()

    async def _work_for(self, account: str) -> None:
        async def work(hold: Hold) -> None:
            await self.store.write(hold.enter)
            self.holds[account] = hold
            try:
                await until(lambda: self.ends and hold.leaving)
            finally:
                del self.holds[account]

        await self.company.while_mine(account, work)

    def cut(self, url: str = "postgresql+asyncpg://loa@127.0.0.1:1/loa") -> None:
        """Its connection is no more, and there it connects anew."""
        assert isinstance(self.company, InCompany)
        assert self.company._presence
        self.company._url = url
        self.company._presence._connection.terminate()


async def looked(*processes: Process) -> None:
    """Each has seen all the others."""
    for process in processes:
        assert isinstance(process.company, InCompany)
        company, before = process.company, time.monotonic()
        await until(lambda company=company, before=before: company._seen_at > before)  # type: ignore[misc]


def only(process: Process, *accounts: str) -> Callable[[], bool]:
    return lambda: sorted(process.holds) == sorted(accounts)


async def test_a_part_is_played_as_long_as_a_process_of_it_is_seen(store: Store, pg: str) -> None:
    async def seen() -> frozenset[str]:
        return await store.read(played, ["bot", "web", "worker"])

    async def seen_as(*parts: str) -> None:
        await until_kept(lambda: as_wanted(parts))

    async def as_wanted(parts: Sequence[str]) -> bool:
        return await seen() == set(parts)

    first, second = Process(store, pg), Process(store, pg)
    async with first.company.present(["bot"]):
        async with second.company.present(["bot", "web"]):
            await seen_as("bot", "web")
            second.cut()
            await seen_as("bot")
            assert isinstance(second.company, InCompany)
            second.company._url = pg
            await seen_as("bot", "web")
        await seen_as("bot")
    await seen_as()


async def test_one_process_has_an_account_and_the_next_when_it_is_gone(
    store: Store, pg: str
) -> None:
    first, second = Process(store, pg), Process(store, pg)
    async with second.company.present():
        async with first.running("a"):
            await until(only(first, "a"))
            async with asyncio.TaskGroup() as tasks:
                waiting = tasks.create_task(second._work_for("a"))
                await looked(second)
                assert not second.holds
                waiting.cancel()
        async with second.running("a"):
            await until(only(second, "a"))


async def test_a_newcomer_gets_its_share_of_the_accounts(store: Store, pg: str) -> None:
    first, second = Process(store, pg), Process(store, pg)
    async with first.running(*ACCOUNTS):
        await until(only(first, *ACCOUNTS))
        async with second.running(*ACCOUNTS):
            await until(lambda: len(first.holds) == len(second.holds) == 2)
            assert first.holds.keys() | second.holds.keys() == set(ACCOUNTS)
        await until(only(first, *ACCOUNTS))


async def test_each_part_of_the_work_is_one_process_s(store: Store, pg: str) -> None:
    parts = [str(number) for number in range(50)]
    first, second, beside = (Process(store, pg) for _ in range(3))
    async with first.running("a"), second.running("a"), beside.running("b"):
        await looked(first, second, beside)
        await looked(first)
        shared = [[each.company.is_mine("a", part) for part in parts] for each in (first, second)]
        assert all(sum(both) == 1 for both in zip(*shared, strict=True))
        assert min(map(sum, shared)) > 0
        assert all(beside.company.is_mine("b", part) for part in parts)


async def test_what_does_not_end_is_taken_away(
    store: Store, pg: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_company, "LEAVING_SECONDS", 0.2)
    stubborn, second = Process(store, pg, ends=False), Process(store, pg)
    async with stubborn.running("a", "b"):
        await until(only(stubborn, "a", "b"))
        async with second.running("a", "b"):
            await until(lambda: len(stubborn.holds) == len(second.holds) == 1)


async def test_all_hear_what_one_tells(store: Store, pg: str) -> None:
    first, second = Process(store, pg), Process(store, pg)
    async with first.running(), second.running():
        await looked(first, second)
        for process in (first, second):
            process.heard.clear()
        for _ in range(3):
            first.company.tell(News.KEPT, "a")
        first.company.tell(News.QUEUED)
        kept, queued = (News.KEPT, "a"), (News.QUEUED, "")
        await until(lambda: second.heard[-1:] == [queued])
        assert second.heard == [kept, queued]
        assert first.heard == [kept, kept, kept, queued]


async def test_who_was_away_looks_at_everything(store: Store, pg: str) -> None:
    process = Process(store, pg)
    async with process.running():
        await looked(process)
        process.heard.clear()
        process.cut(pg)
        await until(lambda: process.heard == [(news, "") for news in News])


async def test_a_lost_connection_alone_ends_nothing(store: Store, pg: str) -> None:
    process = Process(store, pg)
    async with process.running("a"):
        await until(only(process, "a"))
        hold = process.holds["a"]
        process.cut(pg)
        await asyncio.wait_for(hold.sure(), LATEST)
        await store.write(hold.check)
        assert process.holds["a"] is hold


async def test_a_connection_that_is_told_to_end_but_has_not_ends_no_process(
    store: Store, pg: str
) -> None:
    async with Wire.to(pg) as wire:
        process = Process(store, wire.url)
        async with process.running("a"):
            await until(only(process, "a"))
            company, hold = process.company, process.holds["a"]
            assert isinstance(company, InCompany)
            assert company._presence
            number = company._presence._connection.get_server_pid()
            end = text("SELECT pg_terminate_backend(:number, 5000)").bindparams(number=number)
            wire.let_go.clear()
            await store.read(lambda c: c.execute(end).scalar_one())
            await wire.ended.wait()
            await until(lambda: company._presence is None)
            wire.let_go.set()
            await asyncio.wait_for(hold.sure(), LATEST)
            assert process.holds["a"] is hold


async def test_whose_account_was_taken_over_is_stopped_and_its_work_is_void(
    store: Store, pg: str
) -> None:
    first, second = Process(store, pg), Process(store, pg)
    async with first.running("a"):
        await until(only(first, "a"))
        hold = first.holds["a"]
        first.cut()
        unsure = asyncio.create_task(hold.sure())
        async with second.running("a"):
            await until(only(second, "a"))
            assert not unsure.done()
            with pytest.raises(Superseded):
                await store.write(hold.check)
            assert isinstance(first.company, InCompany)
            first.company._url = pg
            await until(lambda: not first.holds)
            assert not unsure.done()
        await until(only(first, "a"))
    unsure.cancel()


async def test_who_has_entered_last_has_it_alone(store: Store, pg: str) -> None:
    """One that lost its connection just as it entered."""
    process = Process(store, pg)
    async with process.running("a"):
        await until(only(process, "a"))
        hold = process.holds["a"]
        await store.write(Claim("a", InCompany(pg, lambda *_: None)).enter)
        with pytest.raises(Superseded):
            await store.write(hold.check)
        process.cut(pg)
        await until(lambda: process.holds.get("a") not in (None, hold))
        await store.write(process.holds["a"].check)


async def test_a_process_alone_has_everything_at_once(store: Store) -> None:
    heard: list[tuple[News, str]] = []
    alone = company_at("sqlite:///x.db", lambda *news: heard.append(news))
    assert isinstance(alone, Alone)

    async def work(hold: Hold) -> None:
        await hold.sure()
        await store.write(hold.enter)
        await store.write(hold.check)
        assert alone.is_mine("a", "nga")
        alone.tell(News.FILE, "a")

    async with alone.present():
        await alone.while_mine("a", work)
    assert heard == [(News.FILE, "a")]
