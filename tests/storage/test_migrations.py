import asyncio
from collections.abc import Callable, Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text

from storage.migrate import MIGRATIONS, current, downgrade, revisions, upgrade
from storage.schema import metadata
from storage.store import StorageError, Store, open_store, opened_store
from tests.conftest import Databases, entered


@pytest.fixture
def empty(databases: Databases, runner: asyncio.Runner) -> Iterator[Store]:
    """An open database in which there is nothing."""
    url = runner.run(databases.create())
    yield from entered(runner, opened_store(url))
    runner.run(databases.drop(url))


@pytest.fixture
def url(databases: Databases, runner: asyncio.Runner) -> Iterator[str]:
    """A database with all tables, and with none of those that the jobs of another test have."""
    url = runner.run(databases.migrated())
    yield url
    runner.run(databases.drop(url))


def differences(c: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(c), metadata))


def tables(c: Connection) -> set[str]:
    return set(inspect(c).get_table_names())


def constraints(c: Connection) -> dict[str, set[str]]:
    """The names of what each table holds its rows to, as the database knows them."""
    found, names = inspect(c), {}
    # SQLite looks whether its schema is another now when rows are read, and at no PRAGMA.
    for table in tables(c) & metadata.tables.keys():
        kept = [
            *found.get_indexes(table),
            *found.get_unique_constraints(table),
            *found.get_foreign_keys(table),
            *found.get_check_constraints(table),
            found.get_pk_constraint(table),
        ]
        names[table] = {str(each["name"]) for each in kept}
    return names


def conditions(c: Connection) -> dict[str, str]:
    """Which rows each partial index holds, in the engine's own words."""
    if c.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
    else:
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    found = {name: (sql or "").partition(" WHERE ")[2] for name, sql in c.execute(text(query))}
    return {name: condition for name, condition in found.items() if condition}


async def test_the_migrations_make_the_schema(store: Store) -> None:
    assert await store.read(differences) == []
    assert await store.read(tables) == {*metadata.tables, "alembic_version"}


async def test_names_and_conditions_are_the_schema_s(store: Store, empty: Store) -> None:
    await empty.write(metadata.create_all)
    assert await store.read(constraints) == await empty.read(constraints)
    assert await store.read(conditions) == await empty.read(conditions)
    assert "ix_delivery_waiting" in await store.read(conditions)


def test_the_scripts_numbers_are_alembic_s_revisions() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert revisions() == tuple(script.revision for script in scripts.walk_revisions())
    assert scripts.get_current_head() == revisions()[0]


async def test_a_database_is_brought_to_the_newest_revision(store: Store) -> None:
    assert await store.read(current) == revisions()[0]


async def test_alembic_and_a_database_agree_on_its_revision(store: Store, empty: Store) -> None:
    def by_alembic(c: Connection) -> str | None:
        return MigrationContext.configure(c).get_current_revision()

    for each in (store, empty):
        assert await each.read(current) == await each.read(by_alembic)


async def test_down_to_the_base_leaves_nothing(empty: Store) -> None:
    await empty.write(upgrade)
    await empty.write(downgrade, "base")
    assert await empty.read(tables) == {"alembic_version"}
    assert await empty.read(current) is None


async def test_up_down_and_up_again(empty: Store) -> None:
    assert await empty.read(current) is None
    await empty.write(upgrade)
    await empty.write(downgrade, "base")
    await empty.write(upgrade)
    assert await empty.read(differences) == []


async def test_what_is_up_again_is_what_there_was(store: Store, empty: Store) -> None:
    await empty.write(upgrade)
    await empty.write(downgrade, "base")
    await empty.write(upgrade)
    for look in (tables, constraints, conditions):
        assert await empty.read(look) == await store.read(look)


async def test_many_may_start_at_once(databases: Databases) -> None:
    url = await databases.create()
    stores = [await open_store(url) for _ in range(3)]
    try:
        await asyncio.gather(*(store.write(upgrade) for store in stores))
        assert await stores[0].read(differences) == []
    finally:
        for store in stores:
            await store.close()
        await databases.drop(url)


@pytest.mark.parametrize("work", [upgrade, lambda c: downgrade(c, "base")], ids=["up", "down"])
async def test_a_database_of_a_newer_program_is_left_alone(
    empty: Store, work: Callable[[Connection], None]
) -> None:
    await empty.write(upgrade)
    await empty.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(StorageError, match=r"at revision 9999, .* install that one"):
        await empty.write(work)
    assert await empty.read(tables) == {*metadata.tables, "alembic_version"}


async def test_up_twice_changes_nothing(store: Store) -> None:
    await store.write(upgrade)
    assert await store.read(differences) == []


async def test_a_migration_that_fails_leaves_nothing(empty: Store) -> None:
    def work(c: Connection) -> None:
        upgrade(c)
        raise KeyError

    with pytest.raises(KeyError):
        await empty.write(work)
    assert await empty.read(tables) == set()


async def test_an_unknown_revision_is_refused(store: Store) -> None:
    with pytest.raises(CommandError, match="9999"):
        await store.write(upgrade, "9999")
    assert await store.read(differences) == []
