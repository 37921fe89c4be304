import asyncio
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Table, func, insert, select, text

from storage import copying
from storage.copying import TABLES, copy_all, count_rows
from storage.measure import Digest
from storage.migrate import downgrade, upgrade
from storage.schema import inbox, metadata, unit
from storage.store import StorageError, Store, open_store
from tests.conftest import Databases
from tests.storage.everything import ROWS, fill

BOTH_WAYS = [("sqlite", "postgres"), ("postgres", "sqlite")]
MOMENT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
Addresses = tuple[str, str]
NEW_UNIT = {"code": "X9", "name": "mới", "level": "village"}


@pytest.fixture(params=BOTH_WAYS, ids="-".join)
def addresses(request: pytest.FixtureRequest, runner: asyncio.Runner) -> Iterator[Addresses]:
    """Two databases with all tables and no rows, each on an engine of its own."""
    engines: list[Databases] = [request.getfixturevalue(name) for name in request.param]
    lent = runner.run(engines[0].lend()), runner.run(engines[1].lend())
    yield lent
    for engine, url in zip(engines, lent, strict=True):
        runner.run(engine.take_back(url))


@pytest.fixture
def pair(addresses: Addresses, runner: asyncio.Runner) -> Iterator[list[Store]]:
    stores = [runner.run(open_store(url)) for url in addresses]
    runner.run(stores[0].write(fill))
    yield stores
    for store in stores:
        runner.run(store.close())


def quiet(table: str, count: int) -> None:
    pass


def rows(c: Connection, table: Table) -> set[str]:
    # PostgreSQL keeps an object's keys in an order of its own.
    found = c.execute(select(table))
    return {json.dumps(list(row), default=repr, sort_keys=True) for row in found}


def holds_rows(c: Connection) -> list[str]:
    counted = {table.name: select(func.count()).select_from(table) for table in TABLES}
    return [name for name, query in counted.items() if c.execute(query).scalar_one()]


async def test_every_row_of_every_table_arrives(
    addresses: Addresses, pair: list[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "BATCH", 2)  # so that every table takes more than one
    told: dict[str, int] = {}

    def tell(table: str, count: int) -> None:
        told[table] = told.get(table, 0) + count

    copied = await copy_all(*addresses, tell)
    assert [each.table for each in copied if not each.same or each.source.rows != ROWS] == []
    assert told == dict.fromkeys(metadata.tables, ROWS) == await count_rows(addresses[1])
    for table in TABLES:
        assert await pair[1].read(rows, table) == await pair[0].read(rows, table)


async def test_an_empty_cell_stays_empty(addresses: Addresses, pair: list[Store]) -> None:
    await copy_all(*addresses, quiet)
    empty = select(func.count()).where(inbox.c.payload.is_(None))
    assert await pair[1].read(lambda c: c.execute(empty).scalar_one()) == 1


async def test_the_next_row_is_numbered_after_the_last(
    addresses: Addresses, pair: list[Store]
) -> None:
    await copy_all(*addresses, quiet)
    new = insert(unit).values(NEW_UNIT).returning(unit.c.id)
    assert await pair[1].write(lambda c: c.execute(new).scalar_one()) == 48


async def test_there_and_back_changes_nothing(addresses: Addresses, pair: list[Store]) -> None:
    there = await copy_all(*addresses, quiet)
    back = await copy_all(addresses[1], addresses[0], quiet, emptied=True)
    assert [each.source for each in there] == [each.target for each in back]


async def test_a_target_with_rows_is_refused(addresses: Addresses, pair: list[Store]) -> None:
    await pair[1].write(lambda c: c.execute(insert(unit).values(NEW_UNIT)))
    with pytest.raises(StorageError, match=r"is not empty: there are rows in unit") as refused:
        await copy_all(*addresses, quiet)
    assert "postgres:@" not in str(refused.value)
    assert await pair[1].read(holds_rows) == ["unit"]


async def test_a_target_without_tables_is_refused(addresses: Addresses, pair: list[Store]) -> None:
    await pair[0].write(downgrade, "base")
    with pytest.raises(StorageError, match=r"is at revision base, not .*: run loa migrate"):
        await copy_all(addresses[1], addresses[0], quiet)
    await pair[0].write(upgrade)


async def test_a_file_that_is_not_there_is_not_made(
    sqlite: Databases, tmp_path_factory: pytest.TempPathFactory
) -> None:
    missing = tmp_path_factory.getbasetemp() / "nowhere.db"
    with pytest.raises(StorageError, match=r"there is no file .*nowhere\.db"):
        await count_rows(f"sqlite:///{missing}")
    assert not missing.exists()


async def test_a_row_that_arrives_otherwise_leaves_nothing(
    addresses: Addresses, pair: list[Store]
) -> None:
    await pair[1].write(spoil)
    copied = await copy_all(*addresses, quiet)
    await pair[1].write(unspoil)
    assert [each.table for each in copied if not each.same] == ["unit"]
    assert await pair[1].read(holds_rows) == []


@pytest.mark.parametrize("addresses", BOTH_WAYS[:1], indirect=True, ids="-".join)
async def test_what_the_target_does_not_keep_is_named_by_its_table(
    addresses: Addresses, pair: list[Store]
) -> None:
    wrong = insert(unit).values(**NEW_UNIT | {"name": "a\0b"})
    await pair[0].write(lambda c: c.execute(wrong))
    with pytest.raises(StorageError, match=r"^unit: .*0x00"):
        await copy_all(*addresses, quiet)
    assert await pair[1].read(holds_rows) == []


def spoil(c: Connection) -> None:
    """Let the database change the name of each unit that it is given."""
    if c.dialect.name == "sqlite":
        c.execute(text("CREATE TRIGGER spoil AFTER INSERT ON unit BEGIN " + SPOIL + " END"))
        return
    body = "BEGIN NEW.name = 'khác'; RETURN NEW; END"
    c.execute(text(f"CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"))
    c.execute(
        text("CREATE TRIGGER spoil BEFORE INSERT ON unit FOR EACH ROW EXECUTE FUNCTION spoil()")
    )


def unspoil(c: Connection) -> None:
    on = " ON unit" if c.dialect.name == "postgresql" else ""
    c.execute(text(f"DROP TRIGGER spoil{on}"))


SPOIL = "UPDATE unit SET name = 'khác' WHERE id = NEW.id;"


@pytest.mark.parametrize("addresses", BOTH_WAYS[:1], indirect=True, ids="-".join)
async def test_what_is_written_meanwhile_is_not_taken(
    addresses: Addresses, pair: list[Store]
) -> None:
    def write_beside(table: str, count: int) -> None:
        path = addresses[0].removeprefix("sqlite:///")
        with closing(sqlite3.connect(path)) as beside, beside:
            row = (f"{table} {count}", str(MOMENT))
            beside.execute("INSERT INTO person (name, created_at) VALUES (?, ?)", row)

    copied = await copy_all(*addresses, write_beside)
    assert all(each.same and each.target.rows == ROWS for each in copied)
    assert (await count_rows(addresses[0]))["person"] == ROWS + len(TABLES)


ROW_A, ROW_B = (1, "a", True, Decimal("1.50"), MOMENT), (2, None, False, Decimal(0), MOMENT)


@pytest.mark.parametrize(
    ("rows", "same"),
    [
        ([ROW_B, ROW_A], True),
        ([(1, "a", True, Decimal("1.5"), MOMENT), ROW_B], True),
        ([ROW_A], False),
        ([ROW_A, ROW_A, ROW_B], False),
        ([(1, "A", *ROW_A[2:]), ROW_B], False),
        ([ROW_A, (2, "", *ROW_B[2:])], False),
        ([ROW_A, (*ROW_B[:4], MOMENT + timedelta(microseconds=1))], False),
        ([(1, "a", 1, *ROW_A[3:]), ROW_B], False),
    ],
)
def test_a_digest_tells_rows_apart_but_not_their_order(rows: list[Any], same: bool) -> None:
    assert (digested(rows) == digested([ROW_A, ROW_B])) is same


def digested(rows: Sequence[Any]) -> int:
    digest = Digest()
    digest.take(rows)
    return digest.value
