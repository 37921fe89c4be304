"""Killed between any two statements and started again: nothing is lost, nothing counts twice.

On SQLite a process of its own works one message and is killed before each of its statements in
turn; a fresh one then gets the same update again. The processes are forked from one that has
everything loaded and no threads. On PostgreSQL it is the connection that is killed.
"""

import asyncio
import gc
import multiprocessing
import os
import pickle
import shutil
import sqlite3
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, Connection, Engine, event, select

from bot.handlers import make_dispatch
from bot.house import House
from bot.road import Road
from domain.channel import Content, Sent
from domain.message import Message
from storage.schema import metadata
from storage.store import StorageError, Store, open_store
from tests.conftest import PostgresDatabases, SqliteDatabases
from tests.messenger import WITH_BUTTONS, Memory
from tests.player import Player, Step
from tests.proving import PROVING
from tests.stage import Stage, make_house

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
LATER = NOW + timedelta(hours=1)
"""When the last message comes: whatever it is worked by writes the same moments."""
CURSOR = 1000
KILLED = 9
PATIENCE = 60.0
"""Seconds for all deaths of one message."""
Rows = dict[str, list[dict[str, Any]]]


# --- what is killed ---


@dataclass(frozen=True)
class Scene:
    """Steps that set it, and the message in which the process dies."""

    steps: list[Step]
    last: Callable[[Stage], Message]


def says(who: str, where: str, text: str) -> Callable[[Stage], Message]:
    return lambda stage: stage.message(who, where, text=text)


def presses(who: str, where: str, label: str) -> Callable[[Stage], Message]:
    def press(stage: Stage) -> Message:
        found = stage.last_with(where, label)
        assert found
        post, choice = found
        return stage.message(
            who, where, press=choice.action, press_id="p", reply_to=post.id, addressed=True
        )

    return press


def replies(who: str, to: str, text: str) -> Callable[[Stage], Message]:
    def reply(stage: Stage) -> Message:
        post = next(p for p in reversed(stage.channel.posts) if p.chat == who and to in p.text)
        return stage.message(who, who, text=text, reply_to=post.id)

    return reply


def _said(who: str, *texts: str, where: str = "") -> list[Step]:
    return [{"as": who, "in": where or who, "says": text} for text in texts]


DOCUMENT = [
    *_said(
        "tinh", "gửi văn bản", "12/KH-UBND", "5/11/2026", "UBND tỉnh", "Tập huấn.", "không có tệp"
    ),
    {"as": "tinh", "presses": "✓ Tỉnh Mẫu"},
    {"as": "tinh", "presses": "Thôn (3 đơn vị)"},
]
SMALL = [
    *_said("xa1", "gửi văn bản", "3/TB", "5/11/2026", "UBND xã", "Họp tổ.", "không có tệp"),
    {"as": "xa1", "presses": "Thôn Suối"},
]
REPORT = _said("lan", "báo cáo", "12", "0", "3", "0", "0", "15", "bỏ qua", where="nhom_suoi")
SENT = [*DOCUMENT, {"as": "tinh", "presses": "Gửi ngay"}]
ASKED = _said("lan", "/hoi quạt cây ở nhà văn hoá hỏng thì báo ai sửa", where="nhom_suoi")

SCENES = {
    "an answer of a report": Scene(REPORT[:2], says("lan", "nhom_suoi", "mười hai")),
    "a report handed in": Scene(REPORT, presses("lan", "nhom_suoi", "Gửi báo cáo")),
    "an acknowledgement": Scene(SENT, presses("lan", "nhom_suoi", "Đã nhận")),
    "a broadcast confirmed": Scene(DOCUMENT, presses("tinh", "tinh", "Gửi ngay")),
    "joining by a code": Scene([], says("khach", "khach", "/start MEMBER22")),
    "joining as one of the list": Scene(
        _said("la", "/start THENLAN2"), presses("la", "la", "Nguyễn Thị Hoa")
    ),
    "a ticket answered": Scene(ASKED, replies("xa1", "Câu hỏi số 1", "Báo trưởng thôn.")),
}
DAILY = ("a report handed in", "an acknowledgement", "joining by a code")
"""The scenes of every day; `make prove` has all."""
SENDING = Scene(SMALL, presses("xa1", "xa1", "Gửi ngay"))


async def set_scene(store: Store, house: House, scene: Scene) -> Message:
    """Play up to the last message; that one."""
    stage = await Stage.open(store, house, WITH_BUTTONS, NOW)
    await Player(stage).play(scene.steps)
    return scene.last(stage)


def road_of(store: Store, house: House) -> Road:
    return Road(store, house, make_dispatch(), lambda: LATER, lambda: None)


# --- what is compared ---


def kept_in(file: Path) -> Rows:
    """All that an SQLite file keeps, read without a thread."""
    with closing(sqlite3.connect(file)) as db:
        db.row_factory = sqlite3.Row
        return {
            table.name: sorted(map(dict, db.execute(f'SELECT * FROM "{table.name}"')), key=repr)
            for table in metadata.sorted_tables
        }


def kept(c: Connection) -> Rows:
    """All that is kept. Of rows' own numbers only the order counts: what is undone leaves gaps."""
    rows = {table: c.execute(select(table)).mappings().all() for table in metadata.sorted_tables}
    order = {
        table.c.id: sorted(row["id"] for row in rows[table]) for table in rows if "id" in table.c
    }

    def place(column: Column[Any], value: Any) -> Any:
        meant = next((key.column for key in column.foreign_keys), column)
        return order[meant].index(value) if meant in order and value is not None else value

    return {
        table.name: sorted(
            ({each.name: place(each, row[each.name]) for each in table.c} for row in rows[table]),
            key=repr,
        )
        for table in rows
    }


# --- the process that is killed ---


@dataclass(eq=False)
class Death:
    """Ends the process, without a word, before the statement of that number; 0 spares it."""

    at: int
    count: int = 0

    def __call__(self, *_: object) -> None:
        self.count += 1
        if self.count == self.at:
            os._exit(KILLED)

    def watch(self) -> None:
        """See whatever SQLite itself runs, whichever way it came."""
        event.listen(Engine, "engine_connect", self._trace)

    def _trace(self, connection: Connection) -> None:
        driver = connection.connection.dbapi_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_trace_callback(self)


Life = Callable[[House, Path, Message, Death], Coroutine[Any, Any, None]]


async def work(house: House, file: Path, message: Message, death: Death) -> None:
    """Work a message, and die at the latest before the platform is told of it."""
    store = await open_store(f"sqlite:///{file}")
    death.watch()
    await road_of(store, house).take(Memory(WITH_BUTTONS), message, CURSOR)
    death()


QUICK = replace(WITH_BUTTONS, per_second=1000)


@dataclass
class Platform(Memory):
    """A messenger that outlives us: what it took stands in a file."""

    file: Path = field(default_factory=Path)
    death: Death = field(default_factory=lambda: Death(0))

    async def send(self, chat_id: str, content: Content) -> Sent:
        self.death()
        with self.file.open("a") as taken:
            taken.write(f"{chat_id} {content.text!r}\n")
        self.death()
        return await super().send(chat_id, content)


async def work_and_send(house: House, file: Path, message: Message, death: Death) -> None:
    """Start as after a crash, work a message, and die while all that waits is sent."""
    store = await open_store(f"sqlite:///{file}")
    platform = Platform(QUICK, file=file.with_suffix(".sent"), death=death)
    await road_of(store, house).take(platform, message, CURSOR)
    death.watch()
    drain = Stage(store, house, platform, LATER).drain
    await drain.recover()
    await drain.settle()
    death()


def fork(life: Coroutine[Any, Any, None]) -> int:
    """Live it in a process of its own; the exit code."""
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(life)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    life.close()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# --- what kills it, again and again ---


@dataclass
class Verdict:
    """After every death: the state that the dead left, and the one after the next life.

    `codes` are the exit codes of the lives that nobody ended.
    """

    before: Rows
    whole: Rows
    left: list[Rows] = field(default_factory=list)
    after: list[Rows] = field(default_factory=list)
    sent: list[list[str]] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)


@dataclass
class Killer:
    """Everything loaded, no threads: from here lives are forked."""

    house: House
    folder: Path

    def kill_everywhere(self, scene: Scene, life: Life) -> Verdict:
        base, message = self._set(scene)
        whole = self._copy(base, "whole")
        assert fork(life(self.house, whole, message, Death(0))) == 0
        verdict = Verdict(kept_in(base), kept_in(whole))
        for at in range(1, 1000):
            case = self._copy(base, str(at))
            code = fork(life(self.house, case, message, Death(at)))
            if code != KILLED:
                verdict.codes.append(code)
                return verdict
            verdict.left.append(kept_in(case))
            verdict.codes.append(fork(life(self.house, case, message, Death(0))))
            verdict.after.append(kept_in(case))
            sent = case.with_suffix(".sent")
            verdict.sent.append(sent.read_text().splitlines() if sent.exists() else [])
        raise AssertionError("it never ends")

    def _set(self, scene: Scene) -> tuple[Path, Message]:
        base = self._copy(self.folder / "empty.db", "base")
        said = base.with_suffix(".message")

        async def set_it() -> None:
            store = await open_store(f"sqlite:///{base}")
            said.write_bytes(pickle.dumps(await set_scene(store, self.house, scene)))
            await store.close()

        assert fork(set_it()) == 0
        message: Message = pickle.loads(said.read_bytes())
        return base, message

    def _copy(self, file: Path, name: str) -> Path:
        for old in self.folder.glob(f"{name}.*"):
            old.unlink()
        return Path(shutil.copyfile(file, self.folder / f"{name}.db"))


def serve(pipe: Pipe, folder: Path) -> None:
    """Kill what the test names, until it has no more."""
    killer = Killer(make_house(), folder)
    gc.freeze()  # what is loaded is then shared with the children, not copied
    with suppress(EOFError):
        while True:
            scene = pipe.recv()
            task = (SCENES[scene], work) if scene else (SENDING, work_and_send)
            pipe.send(killer.kill_everywhere(*task))


Kill = Callable[[str], Verdict]


@pytest.fixture(scope="module")
def kill(sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kill]:
    """Kills the working of a scene everywhere, or without a name that of `SENDING` as it sends."""
    folder = tmp_path_factory.mktemp("crash")
    empty = asyncio.run(sqlite.lend()).removeprefix("sqlite:///")
    shutil.copyfile(empty, folder / "empty.db")
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=serve, args=(theirs, folder))
    process.start()
    theirs.close()

    def ask(scene: str) -> Verdict:
        ours.send(scene)
        assert ours.poll(PATIENCE), "the killer does not answer"
        verdict: Verdict = ours.recv()
        return verdict

    yield ask
    ours.close()
    process.join(PATIENCE)
    process.close()


@pytest.mark.parametrize("scene", SCENES if PROVING else DAILY)
def test_killed_before_any_statement_it_is_worked_once(kill: Kill, scene: str) -> None:
    verdict = kill(scene)
    assert verdict.before != verdict.whole
    assert set(verdict.codes) == {0}
    assert len(verdict.left) > 8
    # Nothing half-kept: the last death comes after the commit, before the platform is told.
    assert [left == verdict.before for left in verdict.left[:-1]] == [True] * (
        len(verdict.left) - 1
    )
    assert verdict.left[-1] == verdict.whole
    for number, after in enumerate(verdict.after, 1):
        assert after == verdict.whole, f"killed before statement {number}"


def test_killed_while_it_is_sent_a_message_comes_again_and_is_marked(kill: Kill) -> None:
    verdict = kill("")
    assert set(verdict.codes) == {0}
    wanted = Counter(verdict.sent[0])
    assert len(wanted) == 3  # one to the group, two to who sent it
    assert set(wanted.values()) == {1}
    again = 0
    for number, (after, sent) in enumerate(zip(verdict.after, verdict.sent, strict=True), 1):
        assert {row["state"] for row in after["delivery"]} == {"sent"}
        assert all(row["finished_at"] for row in after["broadcast"])
        assert set(sent) == set(wanted), f"killed before statement {number}"
        twice, marked = len(sent) - len(wanted), sum(row["repeated"] for row in after["delivery"])
        assert twice <= marked, f"killed before statement {number}"
        again += twice
    assert again


# --- the connection that is killed ---


@dataclass(eq=False)
class Cut:
    """Has PostgreSQL end our connection before the statement of that number.

    And the next connection too, for a work that found its own lost is begun once more.
    """

    at: int
    count: int = 0

    def __call__(self, connection: Connection, *_: object) -> None:
        self.count += 1
        if self.count in (self.at, self.at + 2):  # between them is the end itself
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    @contextmanager
    def watching(self) -> Iterator[None]:
        moments = ("before_cursor_execute", "commit")
        for moment in moments:
            event.listen(Engine, moment, self)
        try:
            yield
        finally:
            for moment in moments:
                event.remove(Engine, moment, self)


@asynccontextmanager
async def opened(postgres: PostgresDatabases) -> AsyncIterator[Store]:
    url = await postgres.lend()
    store = await open_store(url)
    try:
        yield store
    finally:
        await store.close()
        await postgres.take_back(url)


async def test_cut_off_at_any_statement_it_is_worked_once(postgres: PostgresDatabases) -> None:
    house, scene = make_house(), SCENES["a report handed in"]
    async with opened(postgres) as store:
        message = await set_scene(store, house, scene)
        await road_of(store, house).take(Memory(WITH_BUTTONS), message, CURSOR)
        whole = await store.read(kept)
    async with opened(postgres) as store:
        message = await set_scene(store, house, scene)
        before = await store.read(kept)
        cuts = await cut_everywhere(store, house, message, before)
        assert cuts > 8
        assert before != whole
        assert await store.read(kept) == whole


async def cut_everywhere(store: Store, house: House, message: Message, before: Rows) -> int:
    """Cut until it goes through, and see each time that nothing was kept; how often it was cut."""
    road, channel = road_of(store, house), Memory(WITH_BUTTONS)
    for at in range(1, 1000):
        with Cut(at).watching():
            try:
                await road.take(channel, message, CURSOR)
            except StorageError:
                pass
            else:
                assert [post.text for post in channel.posts] == [house.words("door.outage")]
                return at - 1
        assert await store.read(kept) == before
    raise AssertionError("it never goes through")
