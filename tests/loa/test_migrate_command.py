from sqlalchemy import Connection, text

from storage.copying import count_rows
from storage.migrate import current, revisions
from storage.store import StorageError
from tests.loa.conftest import Office

NEWEST = revisions()[0]


def test_a_database_that_is_up_is_left_as_it_is(office: Office) -> None:
    result = office.loa("migrate")
    assert result.exit_code == 0
    assert f"đã ở bản {NEWEST}" in result.stdout


def test_down_asks_and_up_does_not(staffed: Office) -> None:
    assert staffed.runner.run(count_rows(staffed.url))["unit"]
    refused = staffed.loa("migrate", "--to", "base", typed="n\n")
    assert refused.exit_code == 1
    assert "Chưa thay đổi gì cả" in refused.stdout
    assert staffed.runner.run(count_rows(staffed.url))["unit"]

    down = staffed.loa("migrate", "--to", "base", typed="y\n")
    assert down.exit_code == 0
    assert f"đang ở bản {NEWEST}, bản cần tới: base" in down.stdout
    assert "sẽ xoá những bảng" in down.stdout
    assert staffed.read(current) is None

    up = staffed.loa("migrate")
    assert f"đang ở bản base, bản cần tới: {NEWEST}" in up.stdout
    assert staffed.read(current) == NEWEST
    assert not any(staffed.runner.run(count_rows(staffed.url)).values())


def test_down_does_not_ask_who_said_yes(office: Office) -> None:
    assert office.loa("migrate", "--to", "base", "--yes").exit_code == 0
    assert office.read(current) is None
    assert office.loa("migrate", "--to", NEWEST).exit_code == 0


def test_an_unknown_revision_is_named(office: Office) -> None:
    result = office.loa("migrate", "--to", "9999")
    assert result.exit_code == 2
    assert "there is no 9999, only base, 0001" in result.stderr
    assert office.read(current) == NEWEST


def test_a_database_of_a_newer_program_is_left_alone(office: Office) -> None:
    office.write(at, "9999")
    result = office.loa("migrate")
    office.write(at, NEWEST)
    assert isinstance(result.exception, StorageError)
    assert "a newer Loa has changed it" in str(result.exception)


def test_no_command_works_on_a_database_of_a_newer_program(office: Office) -> None:
    office.write(at, "9999")
    result = office.loa("network")
    office.write(at, NEWEST)
    assert "newer Loa" in f"{result.exception} {result.output}"


def at(c: Connection, revision: str) -> None:
    c.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": revision})
