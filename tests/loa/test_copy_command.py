import pytest
from sqlalchemy import Connection, text

from storage.copying import count_rows
from storage.schema import metadata
from storage.store import StorageError, opened_store
from tests.conftest import Databases
from tests.loa.conftest import Office
from tests.storage.everything import ROWS, fill

COPIED = dict.fromkeys(metadata.tables, ROWS) | {"audit": ROWS + 1}
"""What there is after one copy, which is noted too."""


def test_an_installation_moves(office: Office, other_url: str) -> None:
    office.write(fill)
    result = office.loa("copy", "--to", other_url.replace("+asyncpg", ""), LOGNAME="quan-tri")
    assert result.exit_code == 0
    count = len(metadata.tables)
    assert f"Đã chép {count * ROWS + 1} dòng của {count} bảng" in result.stdout
    for table in metadata.tables:
        assert f"│ {table} " in result.stdout
    assert result.stdout.count("giống hệt") == count + 1
    assert office.runner.run(count_rows(other_url)) == COPIED
    trail = office.loa("audit", "--find", "chép toàn bộ", LOA_DATABASE_URL=other_url)
    assert trail.stdout.count("quan-tri") == 1


def test_the_other_way_is_the_same(office: Office, other_url: str) -> None:
    office.write(fill)
    assert office.loa("copy", "--to", other_url).exit_code == 0
    office.write(lambda c: [c.execute(t.delete()) for t in reversed(metadata.sorted_tables)])
    assert office.loa("copy", "--from", other_url).exit_code == 0
    assert office.runner.run(count_rows(office.url)) == COPIED | {"audit": ROWS + 2}


def test_what_arrives_otherwise_is_named_and_not_kept(office: Office, sqlite: Databases) -> None:
    office.write(fill)
    other_url = office.runner.run(sqlite.lend())
    office.runner.run(write_to(other_url))
    result = office.loa("copy", "--to", other_url)
    assert result.exit_code == 1
    assert "bảng person không còn giống" in result.stdout
    assert result.stdout.count("KHÁC") == 1
    assert not any(office.runner.run(count_rows(other_url)).values())


async def write_to(url: str) -> None:
    async with opened_store(url) as store:
        await store.write(spoil)


def spoil(c: Connection) -> None:
    change = "UPDATE person SET phone = NULL WHERE id = NEW.id;"
    c.execute(text(f"CREATE TRIGGER spoil AFTER INSERT ON person BEGIN {change} END"))


def test_a_full_target_is_refused(staffed: Office, other_url: str) -> None:
    assert staffed.loa("copy", "--to", other_url).exit_code == 0
    result = staffed.loa("copy", "--to", other_url)
    assert isinstance(result.exception, StorageError)
    assert "is not empty: there are rows in" in str(result.exception)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (["--to", "mysql://host/loa"], "needs an address as"),
        (["--to", "loa.sqlite3"], "needs an address as"),
        ([], "is the database that it comes from"),
    ],
)
def test_a_wrong_address_is_named(office: Office, line: list[str], why: str) -> None:
    result = office.loa("copy", *line)
    assert result.exit_code == 2
    assert why in result.stderr


def test_a_password_is_not_shown(office: Office) -> None:
    result = office.loa("copy", "--to", "postgresql://loa:geheim@127.0.0.1:1/loa")
    assert isinstance(result.exception, StorageError)
    assert "geheim" not in f"{result.exception} {result.output}"
