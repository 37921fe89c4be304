"""`loa backup` and `loa restore`."""

import asyncio
import itertools
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Connection, func, insert, select

from bot.personal import FILE
from domain.audit import Act
from domain.message import FileKind
from loa.archive import BadArchive, pack, unpack
from loa.archiving import back_up, put_back
from loa.jobs import Jobs
from scheduler.fetch import keep_bytes
from scheduler.telemetry import Telemetry
from scheduler.working import working
from storage import audit, errands, files
from storage.audit import Search
from storage.copying import TABLES, count_rows, view_of
from storage.measure import Measure, measure
from storage.schema import file, person, unit
from storage.store import StorageError
from tests.loa.conftest import Office, Paper, opened
from tests.messenger import WITH_BUTTONS, Memory
from tests.player import Player
from tests.stage import Stage, make_house
from tests.storage.everything import ROWS, fill
from tests.until import until_kept

PHOTO = b"bytes of a photo"
BEGUN = [
    {"as": "lan", "in": "nhom_suoi", "says": "báo cáo", "hears": ["1/7."]},
    {"as": "lan", "in": "nhom_suoi", "says": "5", "hears": ["2/7."]},
]
WAITS = [{"as": "lan", "says": "dữ liệu của tôi", "hears": ["gửi ngay sau tin này"]}]
GONE_ON = [
    {"as": "hung", "in": "nhom_suoi", "says": "báo cáo", "hears": ["Lan đang làm dở"]},
    {"as": "hung", "in": "nhom_suoi", "presses": "Làm tiếp", "hears": ["2/7."]},
    {"as": "hung", "in": "nhom_suoi", "says": "6", "hears": ["3/7."]},
    {"as": "lan", "in": "nhom_suoi", "says": "7", "hears": ["Hung đang làm tiếp"]},
]


@pytest.fixture
def elsewhere(other_url: str, runner: asyncio.Runner, tmp_path: Path) -> Iterator[Office]:
    """Another office in whose database there is nothing."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with opened(folder, other_url, runner) as office:
        yield office


def add_pair(c: Connection, number: int | str, now: datetime) -> None:
    """Two rows that are there together or not at all."""
    c.execute(insert(unit).values(code=f"P{number}", name="đôi", level="village"))
    c.execute(insert(person).values(name=f"P{number}", created_at=now))


def counted(c: Connection) -> tuple[int, int]:
    units, people = (select(func.count()).select_from(each) for each in (unit, person))
    return int(c.execute(units).scalar_one()), int(c.execute(people).scalar_one())


async def busy(office: Office, now: datetime, begun: asyncio.Event) -> None:
    for number in itertools.count():
        await office.store.write(add_pair, number, now)
        begun.set()


async def measured(url: str) -> list[Measure]:
    async with view_of(url) as c:
        return [await measure(c, table) for table in TABLES]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_what_was_deleted_is_not_in_it_either(
    office: Office, now: datetime, tmp_path: Path
) -> None:
    for number in range(50):
        office.write(add_pair, f"đã xoá {number}", now)
    office.write(lambda c: c.execute(person.delete()).rowcount)
    assert office.loa("backup", str(tmp_path / "loa.zip")).exit_code == 0
    (whole := tmp_path / "whole").mkdir()
    unpack(tmp_path / "loa.zip", whole)
    assert (whole / "loa.sqlite3").read_bytes().count("Pđã xoá".encode()) == 100  # of the units


def add_photo(office: Office, now: datetime) -> str:
    name = keep_bytes(office.settings.files_dir, PHOTO)
    office.write(files.kept, FileKind.PHOTO, "", "image/jpeg", len(PHOTO), name, now)
    return name


def test_what_is_taken_at_work_is_one_moment_and_comes_back(
    office: Office, elsewhere: Office, paper: Paper, now: datetime, tmp_path: Path
) -> None:
    office.write(fill)
    photo, archive = add_photo(office, now), tmp_path / "loa.zip"

    async def take() -> tuple[int, int]:
        work = asyncio.create_task(busy(office, now, begun := asyncio.Event()))
        await begun.wait()
        before, _ = await office.store.read(counted)
        await back_up(office.settings, archive, paper.screen, now)
        after, _ = await office.store.read(counted)
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        return before, after

    before, after = office.runner.run(take())
    assert after > before
    assert office.runner.run(put_back(elsewhere.settings, archive, paper.screen, False))
    units, people = elsewhere.read(counted)
    assert units == people
    assert before <= units <= after
    assert (elsewhere.settings.files_dir / photo).read_bytes() == PHOTO

    (whole := tmp_path / "whole").mkdir()
    unpack(archive, whole)
    taken = office.runner.run(measured(f"sqlite:///{whole / 'loa.sqlite3'}"))
    arrived = office.runner.run(measured(elsewhere.url))
    # The restoring itself is one more line of the trail.
    assert [TABLES[n].name for n, each in enumerate(taken) if arrived[n] != each] == ["audit"]


@pytest.fixture
def moved(
    office: Office, elsewhere: Office, now: datetime, tmp_path: Path
) -> Callable[[list[Any]], Stage]:
    """What is played in the office is backed up and restored elsewhere: the stage there."""

    def move(steps: list[Any]) -> Stage:
        archive, house = str(tmp_path / "loa.zip"), make_house()
        stage = office.runner.run(Stage.open(office.store, house, WITH_BUTTONS, now))
        office.runner.run(Player(stage).play(steps))
        assert office.loa("backup", archive).exit_code == 0
        assert elsewhere.loa("restore", archive).exit_code == 0
        return Stage(elsewhere.store, house, Memory(WITH_BUTTONS), stage.now, _keys=stage._keys)

    return move


def test_a_conversation_goes_on_where_it_was_restored(
    moved: Callable[[list[Any]], Stage], runner: asyncio.Runner
) -> None:
    runner.run(Player(moved(BEGUN)).play(GONE_ON))


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_the_jobs_of_the_clock_go_on_where_it_was_restored(
    moved: Callable[[list[Any]], Stage], elsewhere: Office, now: datetime
) -> None:
    """PgQueuer's own tables are in no archive: they hold nothing that is not put there anew."""
    there, settings, store = moved(WAITS), elsewhere.settings, elsewhere.store
    jobs = Jobs(settings, store, there.house, there.narrator, lambda: now, lambda: None).all()

    async def done() -> bool:
        return not await store.read(errands.waiting, 1)

    async def work() -> None:
        assert not await done()
        async with working(elsewhere.url, jobs, Telemetry(), schedules=True, runs=True):
            await until_kept(done)

    elsewhere.runner.run(work())
    made = elsewhere.read(lambda c: c.execute(select(file.c.name)).scalars().all())
    assert made == [FILE]


def test_the_commands_say_what_they_did(
    office: Office, elsewhere: Office, now: datetime, tmp_path: Path
) -> None:
    office.write(fill)
    add_photo(office, now)
    archive = tmp_path / "loa.zip"
    taken = office.loa("backup", str(archive), LOGNAME="sao-luu")
    assert taken.exit_code == 0
    assert "cơ sở dữ liệu và 1 tệp" in taken.stdout
    assert f"{ROWS - 1} tệp không còn nguyên trên đĩa" in taken.stdout
    assert archive.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.glob("*loa*")] == ["loa.zip"]

    restored = elsewhere.loa("restore", str(archive), LOGNAME="phuc-hoi")
    assert restored.exit_code == 0
    assert "kèm 1 tệp" in restored.stdout
    assert elsewhere.runner.run(count_rows(elsewhere.url))["file"] == ROWS + 1
    assert [each.name for each in elsewhere.settings.data_dir.iterdir()] == ["files"]
    newest = elsewhere.read(audit.lines, Search(), now.date(), 2)
    assert [(line.who, line.act) for line in newest] == [
        ("phuc-hoi", Act.RESTORED),
        ("sao-luu", Act.BACKED_UP),
    ]


def test_a_full_database_is_overwritten_only_on_demand(
    office: Office, elsewhere: Office, now: datetime, tmp_path: Path
) -> None:
    archive = str(tmp_path / "loa.zip")
    office.write(add_pair, 1, now)
    elsewhere.write(fill)
    assert office.loa("backup", archive).exit_code == 0

    refused = elsewhere.loa("restore", archive)
    assert refused.exit_code == 1
    assert "chưa ghi gì cả" in refused.stdout
    assert elsewhere.read(counted) == (ROWS, ROWS)

    assert elsewhere.loa("restore", archive, "--yes").exit_code == 0
    assert elsewhere.read(counted) == (1, 1)


def damage(archive: Path, member: str, content: bytes | None) -> None:
    """Give a member other bytes; None leaves it out."""
    old = archive.with_suffix(".old")
    shutil.move(archive, old)
    with ZipFile(old) as source, ZipFile(archive, "w") as target:
        for name in {*source.namelist(), member}:
            data = content if name == member else source.read(name)
            if data is not None:
                target.writestr(name, data)


MANIFEST = json.dumps({"version": "0", "taken_at": "2026-11-20T09:00:00+07:00", "sums": {}})


@pytest.mark.parametrize(
    ("member", "content", "why"),
    [
        ("loa.sqlite3", b"other", "loa.sqlite3 has been damaged"),
        ("loa.sqlite3", None, "its members are not those of its manifest"),
        ("manifest.json", None, "is no whole backup"),
        ("manifest.json", b"{", "is no whole backup"),
        ("manifest.json", b"{}", "is no whole backup"),
        ("manifest.json", MANIFEST.encode(), "its members are not those of its manifest"),
        ("../escaped", b"x", "its members are not those of its manifest"),
    ],
)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_damaged_archive_touches_nothing(
    office: Office, member: str, content: bytes | None, why: str, tmp_path: Path
) -> None:
    archive = tmp_path / "loa.zip"
    office.write(fill)
    assert office.loa("backup", str(archive)).exit_code == 0
    damage(archive, member, content)
    result = office.loa("restore", str(archive), "--yes")
    assert isinstance(result.exception, BadArchive)
    assert why in str(result.exception)
    assert office.read(counted) == (ROWS, ROWS)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_an_archive_of_a_newer_loa_touches_nothing(
    office: Office, tmp_path: Path, now: datetime
) -> None:
    archive, folder = tmp_path / "loa.zip", tmp_path / "whole"
    office.write(fill)
    assert office.loa("backup", str(archive)).exit_code == 0
    folder.mkdir()
    unpack(archive, folder)
    with closing(sqlite3.connect(folder / "loa.sqlite3")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    pack(archive, folder / "loa.sqlite3", [], "9.0.0", now)
    result = office.loa("restore", str(archive), "--yes")
    assert isinstance(result.exception, StorageError)
    assert "a newer Loa has changed it" in str(result.exception)
    assert office.read(counted) == (ROWS, ROWS)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_what_is_no_archive_is_refused(office: Office, tmp_path: Path) -> None:
    (tmp_path / "loa.zip").write_bytes(b"PK nothing")
    result = office.loa("restore", str(tmp_path / "loa.zip"))
    assert isinstance(result.exception, BadArchive)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_name_that_leads_out_of_the_folder_is_refused(office: Office, tmp_path: Path) -> None:
    archive = tmp_path / "loa.zip"
    assert office.loa("backup", str(archive)).exit_code == 0
    with ZipFile(archive) as kept:
        manifest = json.loads(kept.read("manifest.json"))
    manifest["sums"]["files/../../escaped"] = "0" * 64
    damage(archive, "manifest.json", json.dumps(manifest).encode())
    damage(archive, "files/../../escaped", b"x")
    result = office.loa("restore", str(archive), "--yes")
    assert "does not belong into one" in str(result.exception)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_backup_that_fails_leaves_nothing(office: Office, tmp_path: Path) -> None:
    missing = {"LOA_DATABASE_URL": f"sqlite:///{tmp_path / 'nowhere.db'}"}
    result = office.loa("backup", str(tmp_path / "loa.zip"), **missing)
    assert isinstance(result.exception, StorageError)
    assert [*tmp_path.glob("*loa*")] == []
    assert office.read(lambda c: c.execute(select(func.count()).select_from(file)).scalar()) == 0
