"""While a newer release takes over, processes of the release before go on working.

So the newest schema has to bear their statements, which `record_release.py` has recorded.
"""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from tests.storage.record_release import RELEASES

FILES = sorted(RELEASES.glob("*.sql"))
INSERTED = re.compile(r"INSERT INTO (\w+) \(([^)]*)\)")
NEEDED = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL
AND is_identity = 'NO'
"""


@pytest.fixture
def asked(pg: str, runner: asyncio.Runner) -> Iterator[Any]:
    """asyncpg's connection to a database with the newest schema; nothing done by it is kept."""
    engine = create_async_engine(pg)
    connection = runner.run(engine.raw_connection())
    driver = connection.driver_connection
    assert driver
    transaction = driver.transaction()
    runner.run(transaction.start())
    yield driver
    runner.run(transaction.rollback())
    connection.close()
    runner.run(engine.dispose())


async def faults(asked: Any, statements: list[str]) -> list[str]:
    """What the schema cannot bear of these statements, each with its reason."""
    needed = {tuple(row) for row in await asked.fetch(NEEDED)}
    found = []
    for statement in statements:
        if why := await _refusal(asked, statement) or _left_out(needed, statement):
            found.append(f"{why}: {statement}")
    return found


async def _refusal(asked: Any, statement: str) -> str:
    savepoint = asked.transaction()
    await savepoint.start()
    try:
        await asked.execute(f"EXPLAIN (GENERIC_PLAN) {statement}")
    except asyncpg.PostgresError as error:
        return str(error)
    finally:
        await savepoint.rollback()
    return ""


def _left_out(needed: set[tuple[str, ...]], statement: str) -> str:
    """A column that an insert does not fill, though it may not be empty."""
    if found := INSERTED.match(statement):
        given = {name.strip('" ') for name in found[2].split(",")}
        missing = {column for table, column in needed if table == found[1]} - given
        return f"{', '.join(sorted(missing))} of {found[1]} is needed" if missing else ""
    return ""


def recorded(name: str) -> list[str]:
    return (RELEASES / name).read_text("utf-8").splitlines()


@pytest.mark.parametrize("file", [file.name for file in FILES])
async def test_the_newest_schema_bears_a_release_s_statements(asked: Any, file: str) -> None:
    found = await faults(asked, recorded(file))
    assert found == [], "\n".join(["see docs/deploying.md, Upgrading:", *found])


def test_what_is_recorded_is_what_the_program_lives_on() -> None:
    statements = "\n".join(recorded(FILES[-1].name))
    for kind in ("SELECT ", "INSERT INTO delivery ", "UPDATE delivery SET", "DELETE FROM session"):
        assert kind in statements
    assert "$1" in statements


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("ALTER TABLE unit RENAME COLUMN name TO title", "column unit.name does not exist"),
        ("ALTER TABLE delivery DROP COLUMN due_at", "column delivery.due_at does not exist"),
        ("ALTER TABLE session RENAME TO dialogue", 'relation "session" does not exist'),
        ("ALTER TABLE chat ADD COLUMN region text NOT NULL", "region of chat is needed"),
        (
            "ALTER TABLE inbox DROP CONSTRAINT pk_inbox",
            "no unique or exclusion constraint",
        ),
    ],
)
async def test_a_change_that_a_release_cannot_bear_is_found(
    asked: Any, change: str, told: str
) -> None:
    await asked.execute(change)
    found = await faults(asked, recorded(FILES[-1].name))
    assert found
    assert told in "\n".join(found)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE chat ADD COLUMN region text",
        "ALTER TABLE chat ADD COLUMN region text NOT NULL DEFAULT ''",
        "CREATE TABLE region (id bigint PRIMARY KEY)",
        "CREATE INDEX later ON chat (title)",
    ],
)
async def test_an_expansion_is_borne(asked: Any, change: str) -> None:
    await asked.execute(change)
    assert await faults(asked, recorded(FILES[-1].name)) == []
