import asyncio
import os
import re
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import ANY

import pytest
import yaml
from sqlalchemy import Connection

from bot.words import CONTENT, read_templates
from domain.broadcast import BroadcastState, Priority
from domain.channel import Lost
from loa.channels import METRICS_TOKEN, Means
from loa.checkup import database
from loa.checkup.accounts import check_receiving
from loa.checkup.content import check_content
from loa.checkup.database import check_database
from loa.checkup.finding import Mark
from loa.checkup.machine import check_folder, check_port
from loa.checkup.parts import Waiting, check_parts, playing
from loa.checkup.process import check_process
from loa.commands import doctor
from loa.commands.doctor import check_up
from loa.part import Part
from loa.reach import reach
from loa.settings import Settings, WebSettings
from loa.settings_accounts import AccountSettings
from scheduler.telemetry import Telemetry, Work
from storage import broadcasts, chats, deliveries, documents, inbox, tickets, tokens
from storage import reach as reaching
from storage.broadcasts import Plan
from storage.company import company_at
from storage.deliveries import Letter
from storage.figures import Figures, Tickets
from storage.migrate import revisions
from storage.seal import Seal
from storage.tokens import Pair
from tests.conftest import Databases, PostgresDatabases
from tests.loa.conftest import Office, Paper
from tests.sandbox.stage import TOKEN, on_stage
from tests.until import until_kept
from web.app import make_app
from web.serve import serve
from web.state import State

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BOT = {"username": "loa_bot", "name": "Loa", "token": TOKEN}


@pytest.fixture(scope="module", autouse=True)
def content_is_checked_once() -> Iterator[None]:
    """It is the same whatever else the doctor finds; its own tests look at it anew."""
    found = list(check_content())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doctor, "check_content", lambda: iter(found))
        yield


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@asynccontextmanager
async def telegram(**bot: object) -> AsyncIterator[str]:
    """A messenger with our bot in it; its address."""
    async with on_stage(empty=True) as stage:
        await stage.act("bulk", bots=[BOT | bot], people=[], groups=[])
        yield stage.running.url


async def examined(
    office: Office, paper: Paper, now: datetime, base_url: str, token: str = TOKEN, **more: str
) -> bool:
    """Let the doctor look at an office whose one account is at that address."""
    account = {"id": "memory", "base_url": base_url, "token_env": "TOKEN"}
    office.config.write_text(yaml.safe_dump({"accounts": [account]}), "utf-8")
    port = {"LOA_WEB__PORT": str(free_port()), "TOKEN": token}
    return await check_up(office.config, office.environ | port | more, now, paper.screen.console)


async def test_where_all_is_well_nothing_is_marked(
    staffed: Office, paper: Paper, now: datetime
) -> None:
    async with telegram(reads_all=True) as url:
        assert await examined(staffed, paper, now, url)
    assert {line[0] for line in paper.text.splitlines()} == {Mark.GOOD}
    for told in (
        str(staffed.config),
        "bây giờ là 09:00 20/11/2026",
        "6 đơn vị, 12 người, 4 nhóm đã gắn, 4 người điều phối",
        "Tài khoản memory: @loa_bot trả lời",
        "không có tin nào chờ gửi",
    ):
        assert told in paper.text


async def test_an_empty_office_is_told_its_first_steps(
    office: Office, paper: Paper, now: datetime
) -> None:
    async with telegram() as url:
        assert await examined(office, paper, now, url)
    assert "loa units import TỆP" in paper.text
    assert "loa invite --unit MÃ --role administrator" in paper.text
    assert "/setprivacy" in paper.text
    assert "✗" not in paper.text


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("7000001:wrong", "không nhận mã token (Unauthorized)"),
        ("", "Đặt ít nhất một biến môi trường"),
    ],
)
async def test_a_bot_without_a_good_token_is_wrong(
    staffed: Office, paper: Paper, now: datetime, token: str, told: str
) -> None:
    async with telegram() as url:
        assert not await examined(staffed, paper, now, url, token)
    assert told in paper.text
    assert "wrong" not in paper.text


async def test_a_messenger_that_is_not_there_is_wrong(
    staffed: Office, paper: Paper, now: datetime
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert not await examined(staffed, paper, now, url)
    assert f"✗ Tài khoản memory: không nối được tới {url}" in paper.text
    assert "secret" not in paper.text


@asynccontextmanager
async def silence() -> AsyncIterator[int]:
    """The port of somebody who takes every call and never answers."""
    ended = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        ended.set()


async def test_a_messenger_that_never_answers_is_not_waited_for() -> None:
    async with silence() as port:
        account = AccountSettings(base_url=f"http://127.0.0.1:{port}")
        with pytest.raises(Lost, match=r"no answer in 0.05 seconds"):
            await reach(account, Means({account.token_env: TOKEN}, None, lambda: NOW), 0.05)


def lost(c: Connection, now: datetime) -> None:
    chats.account_lost(c, "memory", "Unauthorized")


def waiting(c: Connection, since: datetime) -> None:
    chat = reaching.private_of(c, [1], since)[0]
    deliveries.queue(c, Letter(chat.id, "chào"), since)


def resting(c: Connection, since: datetime) -> None:
    chat = reaching.private_of(c, [1], since)[0]
    deliveries.queue(c, Letter(chat.id, "văn bản", priority=Priority.BROADCAST), since)


def unworked(c: Connection, since: datetime) -> None:
    inbox.put(c, "memory", "1", "{}", since)


def asked(c: Connection, since: datetime) -> None:
    chat = reaching.private_of(c, [1], since)[0]
    tickets.add(c, unit_id=1, asker_id=1, chat_id=chat.id, question="Hỏi gì?", topic="", now=since)


@pytest.mark.parametrize(
    ("work", "minutes", "line", "healthy"),
    [
        (lost, 0, "✗ Tài khoản memory: đã ngừng gửi", False),
        (waiting, 6, "! Tài khoản memory: 1 tin chờ gửi từ 08:54 20/11/2026 mà chưa đi", True),
        (waiting, 1, "✓ Tài khoản memory: 1 tin chờ gửi, từ 08:59 20/11/2026", True),
        (resting, 60, "✓ Tài khoản memory: 1 tin chờ gửi (1 tin gửi hàng loạt), từ 08:00", True),
        (unworked, 6, "! Tài khoản memory: 1 tin nhận được từ 08:54 20/11/2026 mà chưa xử", True),
        (asked, 60, "✓ 1 câu hỏi chờ trả lời, câu cũ nhất từ 08:00 20/11/2026", True),
        (asked, 3 * 24 * 60, "! 1 câu hỏi chờ trả lời, câu cũ nhất từ 09:00 17/11/2026", True),
    ],
)
async def test_what_the_database_has_against_an_account_is_told(
    staffed: Office,
    paper: Paper,
    now: datetime,
    work: Callable[[Connection, datetime], None],
    minutes: int,
    line: str,
    healthy: bool,
) -> None:
    await staffed.store.write(work, now - timedelta(minutes=minutes))
    async with telegram() as url:
        assert await examined(staffed, paper, now, url) is healthy
    assert line in paper.text


def due(c: Connection, since: datetime) -> None:
    document = documents.add(
        c,
        number="1/TB",
        issued_on=since.date(),
        issuer="Xã",
        summary="Họp",
        file_ids=[],
        unit_id=1,
        created_by=1,
        now=since,
    )
    plan = Plan(document, 1, ["village"], "once", since)
    broadcasts.create(c, plan, BroadcastState.PLANNED, 1, None, since)


def paused(c: Connection, since: datetime) -> None:
    chat = reaching.private_of(c, [1], since)[0]
    deliveries.queue(c, Letter(chat.id, "văn bản", priority=Priority.PAUSED), since)


NOBODY = "! Không có tiến trình loa run nào đang chạy, mà còn "


@pytest.mark.parametrize(
    ("work", "line"),
    [
        (waiting, f"{NOBODY}1 tin chờ gửi từ 08:59 20/11/2026"),
        (resting, f"{NOBODY}1 tin chờ gửi từ 08:59 20/11/2026"),
        (unworked, f"{NOBODY}1 tin nhận được chờ xử lý"),
        (due, f"{NOBODY}1 văn bản đã đến giờ gửi"),
        (paused, None),
        (None, None),
    ],
)
async def test_it_is_told_when_nobody_does_what_waits(
    staffed: Office,
    paper: Paper,
    now: datetime,
    work: Callable[[Connection, datetime], None] | None,
    line: str | None,
) -> None:
    if work:
        await staffed.store.write(work, now - timedelta(minutes=1))
    async with telegram() as url:
        assert await examined(staffed, paper, now, url)
    assert [each for each in paper.text.splitlines() if "tiến trình" in each] == [line] * bool(line)


@pytest.mark.parametrize("databases", ["postgres"], indirect=True)
async def test_a_part_that_no_process_plays_is_told(
    staffed: Office, paper: Paper, now: datetime
) -> None:
    await staffed.store.write(waiting, now - timedelta(minutes=1))
    company = company_at(staffed.url, lambda *_: None)
    async with company.present([Part.WORKER]), telegram() as url:
        await until_kept(lambda: playing(staffed.store, staffed.settings, here=False))
        assert await examined(staffed, paper, now, url)
    bot, scheduler = (each for each in paper.text.splitlines() if "Không có tiến trình" in each)
    assert bot.endswith("nhận và gửi tin (bot), mà 1 tin chờ gửi từ 08:59 20/11/2026")
    assert "hẹn giờ cho việc định kỳ (scheduler)" in scheduler
    assert "→ Chạy loa run --role scheduler" in paper.text


MUCH = Waiting(1, NOW, 0, 0)
NOTHING = Waiting(0, None, 0, 0)
WITHOUT_WEB = [Part.BOT, Part.WORKER, Part.SCHEDULER]


@pytest.mark.parametrize(
    ("receive", "present", "waiting", "found"),
    [
        ("polling", Part.ALL.parts, MUCH, ["parts"]),
        ("polling", WITHOUT_WEB, MUCH, ["parts"]),
        ("webhook", WITHOUT_WEB, NOTHING, ["no_part"]),
        ("polling", [Part.WEB], NOTHING, ["no_part"] * 3),
        ("polling", [], MUCH, ["no_process"]),
        ("polling", [], NOTHING, []),
    ],
)
def test_who_is_needed_is_looked_for(
    receive: str, present: list[Part], waiting: Waiting, found: list[str]
) -> None:
    account = AccountSettings.model_validate({"receive": receive})
    settings = Settings().model_copy(update={"accounts": (account,)})
    assert [each.key for each in check_parts(settings, present, waiting)] == found


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_one_process_plays_all_parts_on_a_file(office: Office) -> None:
    assert await playing(office.store, office.settings, here=True) == Part.ALL.parts
    assert not await playing(office.store, office.settings, here=False)


async def test_an_account_of_a_unit_that_is_not_there_is_told(
    staffed: Office, paper: Paper, now: datetime
) -> None:
    async with telegram() as url:
        accounts = f'[{{"id": "memory", "unit": "T9", "base_url": "{url}", "token_env": "TOKEN"}}]'
        await examined(staffed, paper, now, url, LOA_ACCOUNTS=accounts)
    assert "! Tài khoản memory: không có đơn vị mã T9" in paper.text


def test_wrong_settings_are_all_there_is_to_tell(office: Office) -> None:
    office.config.write_text("prot: 1\nlog_level: loud", "utf-8")
    result = office.loa("doctor")
    assert result.exit_code == 1
    assert re.match(r"✗ .*line 1: prot: no key 'prot'.*; .*line 2: log_level", result.stdout)
    assert len(result.stdout.splitlines()) == 2


def test_sentences_that_cannot_be_read_are_told_in_plain(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office.folder / "messages").mkdir()
    (office.folder / "messages" / "door.yaml").write_text("- a list", "utf-8")
    monkeypatch.setattr(doctor, "CONTENT", office.folder)
    result = office.loa("doctor")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "messages cannot be read" in result.stderr


def test_a_folder_is_made_or_told(tmp_path: Path) -> None:
    assert check_folder(tmp_path / "a" / "b", 1).mark is Mark.GOOD
    assert check_folder(tmp_path, 2**80).key == "folder_full"
    (tmp_path / "file").touch()
    assert check_folder(tmp_path / "file", 1).key == "folder_closed"
    assert not list((tmp_path / "a" / "b").iterdir())


async def test_a_port_is_free_or_ours_or_somebody_elses() -> None:
    web = WebSettings(port=free_port())
    assert check_port(web).key == "port_free"
    async with serve(make_app({}, _keep), web.host, web.port):
        await listening(web)
        assert (await asyncio.to_thread(check_port, web)).key == "port_ours"
    async with telegram() as url:
        other = WebSettings(port=int(url.rpartition(":")[2]))
        assert (await asyncio.to_thread(check_port, other)).key == "port_taken"
    assert check_port(WebSettings(host="192.0.2.1", port=web.port)).key == "port_closed"


JOBS = [("tidy", "done"), ("tidy", "failed"), ("teach", "done"), ("teach", "done")]


@pytest.mark.parametrize(
    ("runs", "revision", "environ", "found"),
    [
        (JOBS[2:], "1", {}, {"ready": {}, "jobs": {"count": 2}}),
        (JOBS, "1", {}, {"ready": {}, "jobs_failed": {"failed": {"tidy": 1}}}),
        ([], None, {}, {"unready": {"reason": "the database is not migrated"}, "jobs": ANY}),
        ([], "1", {METRICS_TOKEN: "another"}, {"ready": {}, "metrics_closed": {}}),
    ],
)
async def test_a_process_that_runs_is_asked_how_it_is(
    runs: list[tuple[str, str]],
    revision: str | None,
    environ: dict[str, str],
    found: dict[str, object],
) -> None:
    telemetry, web = Telemetry(), WebSettings(port=free_port())
    for job, outcome in runs:
        with telemetry.step(Work.JOB, job) as step:
            step.outcome = outcome

    async def at() -> str | None:
        return revision

    async def read() -> Figures:
        return Figures([], [], [], Tickets(0, None))

    token = "t0ken" if environ else ""
    state = State(at, ["1"], read, telemetry.registry, lambda: NOW, True, token)
    async with serve(make_app({}, _keep, state=state), web.host, web.port):
        await listening(web)
        said = await asyncio.to_thread(lambda: list(check_process(web, environ)))
    assert {each.key: each.values for each in said} == found


def test_a_process_that_has_stopped_meanwhile_says_nothing() -> None:
    assert list(check_process(WebSettings(port=free_port()), {})) == []


async def listening(web: WebSettings) -> None:
    """Wait until somebody takes calls there."""
    while True:
        try:
            _, writer = await asyncio.open_connection(web.host, web.port)
        except OSError:
            await asyncio.sleep(0)
        else:
            return writer.close()


async def _keep(account: str, key: str, update: object) -> bool:
    return True


SPOILT = {
    "messages": ("messages/door.yaml", "hi: '{% if %}'", "door.hi"),
    "commands.yaml": ("commands.yaml", "commands: {}", "stop"),
    "faq": ("faq/dung-loa.yaml", "topic: x", "dung-loa.yaml"),
    "data_sets": ("data_sets/weekly_activity.yaml", "id: x", "weekly_activity.yaml"),
    "courses": ("courses/giup-mot-ho/course.yaml", "id: x", "giup-mot-ho/course.yaml line 1: name"),
}


@pytest.mark.parametrize("part", SPOILT)
def test_content_that_somebody_spoilt_is_named(part: str, tmp_path: Path) -> None:
    file, wrong, told = SPOILT[part]
    folder = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    assert {each.mark for each in check_content(folder)} == {Mark.GOOD}
    (folder / file).write_text(wrong, "utf-8")
    [found] = [each for each in check_content(folder) if each.mark is Mark.WRONG]
    assert found.values["part"] == part
    assert told in found.values["error"]


def test_abbreviations_belong_to_the_faq(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    (folder / "abbreviations.yaml").write_text("sdt: ''", "utf-8")
    assert [each.mark for each in check_content(folder)].count(Mark.WRONG) == 1


async def test_a_database_is_told_by_its_revision(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await check_database(office.url)).key == "database"
    monkeypatch.setattr(database, "revisions", lambda: ["newer", *revisions()])
    assert (await check_database(office.url)).key == "database_old"
    monkeypatch.setattr(database, "revisions", lambda: ["another"])
    assert (await check_database(office.url)).key == "database_new"


async def test_a_database_without_tables_is_told(databases: Databases) -> None:
    url = await databases.create()
    assert (await check_database(url)).key == "database_missing"
    await databases.drop(url)


async def test_a_look_at_a_database_does_not_make_it(tmp_path: Path) -> None:
    assert (await check_database(f"sqlite:///{tmp_path}/loa.db")).key == "database_missing"
    assert os.listdir(tmp_path) == []


async def test_a_database_that_cannot_be_had_is_told_without_its_password(
    tmp_path: Path, postgres: PostgresDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text.db").write_text("no database " * 100, "utf-8")
    nobody = postgres.server.get_uri("nobody", driver="asyncpg")
    away = "postgresql+asyncpg://loa:hunter2@127.0.0.1:1/loa"
    for url in (f"sqlite:///{tmp_path}/text.db", nobody, away):
        found = await check_database(url)
        assert found.key == "database_closed"
        assert found.values["error"]
        assert "hunter2" not in str(found)


async def test_a_database_that_never_answers_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database, "ANSWER_SECONDS", 0.05)
    async with silence() as port:
        found = await check_database(f"postgresql+asyncpg://loa@127.0.0.1:{port}/loa")
    assert (found.key, found.values["seconds"]) == ("database_silent", "0.1")


@pytest.mark.parametrize(
    ("secret", "key"), [("Ab_-9", "webhook"), ("", "webhook_open"), ("khoá", "webhook_open")]
)
def test_a_webhook_needs_a_secret_that_telegram_takes(secret: str, key: str) -> None:
    account = AccountSettings(receive="webhook")
    assert check_receiving(account, {account.secret_env: secret}).key == key


def test_every_finding_has_its_sentence_and_what_is_not_good_a_mend() -> None:
    source = "".join(path.read_text("utf-8") for path in sources())
    found = re.findall(r"\b(good|warning|wrong)\(\s*\"(\w+)\"", source)
    needed = {key for _, key in found} | {f"{key}_mend" for mark, key in found if mark != "good"}
    told = {key.removeprefix("doctor.") for key in read_templates(CONTENT / "messages")}
    there = yaml.safe_load((CONTENT / "messages" / "doctor.yaml").read_text("utf-8"))
    assert needed == set(there)
    assert needed <= told


def sources() -> Iterator[Path]:
    yield Path(doctor.__file__)
    yield from Path(database.__file__).parent.glob("*.py")


def test_a_pair_that_another_key_sealed_is_wrong_and_nothing_else(office: Office) -> None:
    office.config.write_text(
        "accounts: [{id: oa, channel: zalo_oa, app_id: '1', app_secret_env: APP}]", "utf-8"
    )
    now = datetime.now(UTC)
    pair = Pair("access", "refresh", now + timedelta(hours=20))
    office.write(tokens.keep, Seal("the key before the restore"), "oa", pair, now)
    secrets = {"APP": "secret", "LOA_SECRET_KEY": "another key", "LOA_ZALO_OA_SECRET": "hook"}
    web = {"LOA_WEB__PORT": str(free_port()), "LOA_WEB__PUBLIC_URL": "https://loa.example.vn"}
    told = office.loa("doctor", **secrets, **web)
    assert told.exit_code == 1
    assert "sealed with another LOA_SECRET_KEY" in told.stdout
    assert "loa zalo login --account oa" in told.stdout
    assert "mã truy cập lấy lúc" not in told.stdout
