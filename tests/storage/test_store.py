import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, make_url, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.util import await_only

from storage.schema import person, unit, wrong_code
from storage.store import BUSY_SECONDS, StorageError, Store, open_store
from tests.wire import Wire

on_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("databases", ["postgres"], indirect=True)

MOMENT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
WEST = timezone(timedelta(hours=-9.5))


def add_person(c: Connection, name: str = "Lan", at: datetime = MOMENT) -> int:
    row = insert(person).values(name=name, created_at=at).returning(person.c.id)
    return int(c.execute(row).scalar_one())


def people(c: Connection) -> int:
    return int(c.execute(select(func.count()).select_from(person)).scalar_one())


async def test_work_is_kept_and_its_result_given_back(store: Store) -> None:
    number = await store.write(add_person, name="Hòa")
    kept = await store.read(lambda c: c.execute(select(person.c.id, person.c.name)).one())
    assert tuple(kept) == (number, "Hòa")


@pytest.mark.parametrize("mishap", [KeyError, asyncio.CancelledError])
async def test_work_that_raises_leaves_nothing(store: Store, mishap: type[BaseException]) -> None:
    def work(c: Connection) -> None:
        add_person(c)
        raise mishap

    with pytest.raises(mishap):
        await store.write(work)
    assert await store.read(people) == 0


async def test_work_with_a_refused_statement_leaves_nothing(store: Store) -> None:
    def work(c: Connection) -> None:
        add_person(c)
        c.execute(insert(person).values(name=None, created_at=MOMENT))

    with pytest.raises(IntegrityError):
        await store.write(work)
    assert await store.read(people) == 0


async def test_an_error_keeps_what_was_written_to_itself(store: Store) -> None:
    def work(c: Connection) -> None:
        c.execute(insert(person), {"name": "Nguyễn Thị Lan", "id": 1, "created_at": MOMENT})
        c.execute(insert(person), {"name": "Nguyễn Thị Lan", "id": 1, "created_at": MOMENT})

    with pytest.raises(IntegrityError) as caught:
        await store.write(work)
    assert "Lan" not in str(caught.value)


async def test_a_wrong_statement_is_not_the_engine_s_fault(store: Store) -> None:
    with pytest.raises(DBAPIError):
        await store.write(lambda c: c.execute(text("SELECT * FROM there_is_none")))


def pause(c: Connection, until: threading.Event) -> None:
    """Hold a unit of work: on SQLite in its thread, on PostgreSQL in the server."""
    while not until.is_set():
        if c.dialect.name == "sqlite":
            until.wait()
        else:
            c.execute(text("SELECT pg_sleep(0.01)"))


@asynccontextmanager
async def opened(url: str, busy_seconds: float) -> AsyncIterator[Store]:
    store = await open_store(url, busy_seconds)
    try:
        yield store
    finally:
        await store.close()


async def test_a_reader_beside_a_writer_sees_one_state(store: Store) -> None:
    loop, looked = asyncio.get_running_loop(), asyncio.Event()
    written = threading.Event()

    def look_twice(c: Connection) -> tuple[int, int]:
        before = people(c)
        loop.call_soon_threadsafe(looked.set)
        pause(c, written)
        return before, people(c)

    reading = asyncio.create_task(store.read(look_twice))
    await looked.wait()
    try:
        await store.write(add_person)
    finally:
        written.set()
    assert await reading == (0, 0)
    assert await store.read(people) == 1


async def test_writers_at_once_lose_no_count(store: Store, url: str) -> None:
    await store.write(lambda c: c.execute(insert(unit).values(id=1, code="0", name="", level="x")))

    def count_on(c: Connection) -> None:
        found = int(c.execute(select(unit.c.code)).scalar_one())
        c.execute(update(unit).values(code=str(found + 1)))

    async with opened(url, BUSY_SECONDS) as other:
        await asyncio.gather(*(each.write(count_on) for each in (store, other) * 6))
    assert await store.read(lambda c: c.execute(select(unit.c.code)).scalar_one()) == "12"


@pytest.mark.parametrize(
    "moment",
    [
        MOMENT,
        MOMENT.astimezone(WEST),
        datetime(2026, 1, 1, 0, 0, 0, 123456, tzinfo=UTC),
    ],
    ids=str,
)
async def test_a_moment_comes_back_in_utc(store: Store, moment: datetime) -> None:
    await store.write(add_person, at=moment)
    kept = await store.read(lambda c: c.execute(select(person.c.created_at)).scalar_one())
    assert (kept, kept.utcoffset()) == (moment, timedelta(0))


async def test_a_moment_of_another_zone_is_found_in_order(store: Store, now: datetime) -> None:
    await store.write(add_person, at=now)
    later = now.astimezone(UTC) + timedelta(minutes=1)
    earlier = select(func.count()).select_from(person).where(person.c.created_at < later)
    assert await store.read(lambda c: c.execute(earlier).scalar_one()) == 1


async def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="time zone"):
        await store.write(add_person, at=MOMENT.replace(tzinfo=None))
    assert await store.read(people) == 0


async def test_a_row_must_belong_to_what_is_there(store: Store) -> None:
    with pytest.raises(IntegrityError):
        await store.write(lambda c: c.execute(insert(wrong_code).values(person_id=7, at=MOMENT)))


async def test_a_row_that_others_need_stays(store: Store) -> None:
    number = await store.write(add_person)
    await store.write(lambda c: c.execute(insert(wrong_code).values(person_id=number, at=MOMENT)))
    with pytest.raises(IntegrityError):
        await store.write(lambda c: c.execute(person.delete()))
    assert await store.read(people) == 1


@on_sqlite
async def test_a_locked_file_is_told_and_passes(url: str) -> None:
    file = make_url(url).database or ""
    async with opened(url, busy_seconds=0.01) as store:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageError, match="locked"):
                await store.write(add_person)
            assert await store.read(people) == 0
        await store.write(add_person)
        assert await store.read(people) == 1


@on_sqlite
async def test_a_writer_holds_the_file_from_its_first_look(store: Store, url: str) -> None:
    loop, looked = asyncio.get_running_loop(), asyncio.Event()
    tried = threading.Event()

    def work(c: Connection) -> None:
        people(c)
        loop.call_soon_threadsafe(looked.set)
        tried.wait()
        add_person(c)

    async with opened(url, busy_seconds=0.01) as other:
        slow = asyncio.create_task(store.write(work))
        await looked.wait()
        try:
            with pytest.raises(StorageError, match="locked"):
                await other.write(add_person)
        finally:
            tried.set()
        await slow
    assert await store.read(people) == 1


@on_sqlite
async def test_a_full_disk_is_told_and_passes(store: Store) -> None:
    def limit(c: Connection, pages: int) -> None:
        c.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def work(c: Connection) -> None:
        add_person(c)
        add_person(c, name="x" * 1_000_000)

    await store.write(limit, 1)
    with pytest.raises(StorageError, match="full"):
        await store.write(work)
    assert await store.read(people) == 0
    await store.write(limit, 1_000_000)
    await store.write(work)
    assert await store.read(people) == 2


@pytest.mark.parametrize("content", [None, b"no database, this, but a page of plain words"])
async def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "loa.db"
    file.mkdir() if content is None else file.write_bytes(content)
    before = set(threading.enumerate())
    with pytest.raises(StorageError, match=r"loa\.db"):
        await open_store(f"sqlite:///{file}")
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=5)
        assert not thread.is_alive()


@on_postgres
async def test_a_cut_connection_is_told_and_passes(store: Store) -> None:
    def work(c: Connection) -> None:
        add_person(c)
        c.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(StorageError, match="terminating connection"):
        await store.write(work)
    assert await store.read(people) == 0
    await store.write(add_person)
    assert await store.read(people) == 1


@on_postgres
@pytest.mark.parametrize("writes", [False, True])
async def test_a_connection_cut_between_two_works_is_not_noticed(
    store: Store, url: str, writes: bool
) -> None:
    run = store.write if writes else store.read
    await store.write(add_person)
    number = await run(lambda c: c.execute(text("SELECT pg_backend_pid()")).scalar_one())
    cut = text("SELECT pg_terminate_backend(:number, 5000)").bindparams(number=number)
    async with opened(url, busy_seconds=1) as other:
        assert await other.read(lambda c: c.execute(cut).scalar_one())
    assert await run(people) == 1


@on_postgres
async def test_work_that_is_cut_once_runs_again_and_is_kept_once(store: Store) -> None:
    cuts = iter([text("SELECT pg_terminate_backend(pg_backend_pid())")])

    def work(c: Connection) -> None:
        add_person(c)
        for cut in cuts:
            c.execute(cut)

    await store.write(work)
    assert await store.read(people) == 1


@on_postgres
async def test_a_connection_that_is_told_to_end_but_has_not_is_an_outage(
    store: Store, url: str
) -> None:
    async with Wire.to(url) as wire, opened(wire.url, busy_seconds=1) as cut:

        async def end(number: int) -> None:
            query = text("SELECT pg_terminate_backend(:number, 5000)").bindparams(number=number)
            await store.read(lambda c: c.execute(query).scalar_one())
            await wire.ended.wait()
            for _ in range(10):
                await asyncio.sleep(0)

        def work(c: Connection) -> None:
            add_person(c)
            await_only(end(c.execute(text("SELECT pg_backend_pid()")).scalar_one()))
            add_person(c)

        wire.let_go.clear()
        with pytest.raises(StorageError):
            await cut.write(work)
        wire.let_go.set()
        await cut.write(add_person)
        assert await store.read(people) == 1


async def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with opened(f"postgresql+asyncpg://loa@/loa?host={tmp_path}", busy_seconds=1) as store:
        with pytest.raises(StorageError):
            await store.read(people)


@on_postgres
async def test_more_works_than_connections_are_told(url: str) -> None:
    done = threading.Event()
    async with opened(url, busy_seconds=0.01) as store:
        works = {asyncio.create_task(store.read(pause, done)) for _ in range(16)}
        first, rest = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        done.set()
        await asyncio.wait(rest)
        assert {type(work.exception()) for work in first} == {StorageError}


@on_postgres
@pytest.mark.parametrize(("busy_seconds", "runs"), [(60, 2), (0, 1)])
async def test_a_crossed_writer_runs_again_in_time(
    url: str, busy_seconds: float, runs: int
) -> None:
    looked, crossed = asyncio.Event(), threading.Event()
    names = []

    def rename(c: Connection) -> None:
        names.append(c.execute(select(person.c.name)).scalar_one())
        looked.set()
        pause(c, crossed)
        c.execute(update(person).values(name=names[-1] + "!"))

    async with opened(url, busy_seconds) as store, opened(url, 10) as other:
        await store.write(add_person)
        slow = asyncio.create_task(store.write(rename))
        await looked.wait()
        await other.write(lambda c: c.execute(update(person).values(name="Hoa")))
        crossed.set()
        await asyncio.wait([slow])
    assert names == ["Lan", "Hoa"][:runs]
    assert (slow.exception() is None) == (runs == 2)


@pytest.mark.parametrize("turn", [1, 2])
async def test_every_test_starts_with_no_rows(store: Store, turn: int) -> None:
    assert await store.read(people) == 0
    assert await store.write(add_person) == 1


@on_postgres
async def test_a_transaction_that_stands_still_is_undone(store: Store, url: str) -> None:
    stalling = await open_store(url, stalled_seconds=0.1)

    def stall(c: Connection) -> None:
        add_person(c)
        time.sleep(0.5)  # as a process that is stopped; the server goes on
        add_person(c)

    with pytest.raises(StorageError):
        await stalling.write(stall)
    assert await store.read(people) == 0
    await stalling.write(add_person)
    await stalling.close()
    assert await store.read(people) == 1
