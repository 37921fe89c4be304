"""The road in: an update when the database, a handler or the order of things fails."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.dispatch import Dispatch
from bot.handlers import make_dispatch
from bot.house import House
from bot.receive import poll
from bot.road import LEFT, Road
from bot.turn import Turn
from domain.entry_choice import KeptEntry
from domain.message import (
    Arrived,
    Chat,
    ChatKind,
    Departed,
    FileIn,
    FileKind,
    Ignored,
    Message,
    Moved,
    Sender,
    Update,
)
from storage import chats, deliveries, entries, schema, tickets
from storage.deliveries import Letter
from storage.entries import Stroke
from storage.store import StorageError, Store
from tests.bot.test_receive import Finished
from tests.messenger import WITH_BUTTONS, Memory, plain
from tests.scheduler.outages import OUTAGES, Outage, lent
from tests.stage import Stage

LONG = "cái loa phường ở đầu xóm bị rè tiếng thì báo ai " + "để sửa giúp bà con " * 150
SECRET = "bí mật của riêng tôi"


@pytest.fixture
def stage(store: Store, house: House, now: datetime, runner: asyncio.Runner) -> Stage:
    return runner.run(Stage.open(store, house, WITH_BUTTONS, now))


@pytest.fixture(params=OUTAGES)
def outage(request: pytest.FixtureRequest, runner: asyncio.Runner) -> Iterator[Outage]:
    yield from lent(request, runner)


@pytest.fixture
def hit(outage: Outage, house: House, now: datetime, runner: asyncio.Runner) -> Stage:
    """A stage over a database that will have an outage."""
    return runner.run(Stage.open(outage.store, house, WITH_BUTTONS, now))


async def cursor(store: Store) -> int | None:
    return (await store.read(chats.accounts))[0].cursor


def another(
    stage: Stage, dispatch: Any = None, wake: Callable[[], None] = lambda: None, **how: Any
) -> Road:
    """One more road to the database of a stage."""
    dispatch = dispatch or make_dispatch()
    return Road(stage.store, stage.house, dispatch, lambda: stage.now, wake, **how)


def count(c: Connection, *tables: Any) -> list[int]:
    return [c.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def faults(c: Connection) -> list[tuple[str, str]]:
    rows = c.execute(select(schema.inbox.c.key, schema.inbox.c.error).order_by(schema.inbox.c.key))
    return [(key, error) for key, error in rows if error]


def told(stage: Stage, chat: str) -> list[str]:
    return [plain(post.text) for post in stage.channel.posts if post.chat == chat]


# --- the database is out of reach ---


@dataclass
class Source(Memory):
    """A messenger that has these updates, and gives those from the cursor on."""

    queue: Sequence[Update] = ()
    asked: list[int | None] = field(default_factory=list)
    ends_after: int = 1000
    """How many times it can be asked."""

    def after(self, update: Update) -> int:
        return int(update.key) + 1

    async def delete_webhook(self) -> None:
        pass

    async def updates(self, cursor: int | None, wait_seconds: int) -> Sequence[object]:
        self.asked.append(cursor)
        found = [each for each in self.queue if cursor is None or int(each.key) >= cursor]
        if not found or len(self.asked) > self.ends_after:
            raise Finished
        return found

    def parse(self, raw: object) -> Update:
        assert isinstance(raw, Message)
        return raw


def question(key: str, who: str = "lan") -> Message:
    """One that nobody could answer, and that takes more room than there is in a full file."""
    return Message(key, Chat(who, ChatKind.PRIVATE), Sender(who, who), text=LONG)


async def test_an_outage_is_told_once_and_then_the_message_is_worked(
    outage: Outage, hit: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    source, pauses = Source(WITH_BUTTONS, queue=[question("41")]), []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            await outage.mend()
            assert await cursor(outage.store) is None
            assert await outage.store.read(count, schema.inbox, schema.ticket) == [0, 0]

    await outage.begin()
    caplog.set_level(logging.WARNING)
    with pytest.raises(Finished):
        await poll(source, hit.road, None, pause)
    assert len(pauses) == 3
    assert [post.text for post in source.posts] == [hit.house.words("door.outage")]
    (line,) = caplog.messages
    assert line.startswith("memory: an update waits for the database: ")
    assert LONG[:20] not in caplog.text
    assert (source.asked, await cursor(outage.store)) == ([None, 42], 42)
    await hit.drain.settle()
    assert [text for text in told(hit, "lan") if "câu hỏi số 1" in text]


async def test_every_outage_is_told_once_to_everybody_who_writes_in_it(
    outage: Outage, hit: Stage
) -> None:
    for senders in (("lan", "hung", "lan"), ("lan",)):
        await outage.begin()
        for who in senders:
            with pytest.raises(StorageError):
                await hit.road.take(hit.channel, question("41", who))
        await outage.mend()
        await hit.road.take(hit.channel, hit.message("cho", "cho", text="/toi"))
    assert [post.chat for post in hit.channel.posts] == ["lan", "hung", "lan"]


@pytest.mark.parametrize(
    ("text", "hears"), [("chiều nay họp nhé", False), ("báo cáo", True), ("/toi", True)]
)
async def test_in_a_group_who_spoke_to_loa_hears_of_the_outage(
    sqlite_outage: Outage, house: House, now: datetime, text: str, hears: bool
) -> None:
    stage = await Stage.open(sqlite_outage.store, house, WITH_BUTTONS, now)
    await sqlite_outage.begin()
    with pytest.raises(StorageError):
        await stage.road.take(stage.channel, stage.message("lan", "nhom_suoi", text=text))
    assert [post.chat for post in stage.channel.posts] == ["nhom_suoi"] * hears
    await sqlite_outage.mend()


@pytest.fixture(params=["locked"])
def sqlite_outage(request: pytest.FixtureRequest, runner: asyncio.Runner) -> Iterator[Outage]:
    yield from lent(request, runner)


# --- a handler raises ---


@dataclass
class Faulty:
    """Handles as usual, and stumbles over one text after it has written a row."""

    usual: Dispatch

    def __call__(self, turn: Turn) -> None:
        if SECRET in turn.message.text:
            tickets.add(
                turn.c,
                unit_id=1,
                asker_id=turn.person.id,
                chat_id=turn.chat.id,
                question=turn.message.text,
                topic="",
                now=turn.now,
            )
            raise ValueError(f"cannot read {turn.message.text!r}")
        self.usual(turn)


@pytest.fixture
def faulty(stage: Stage) -> Road:
    return another(stage, Faulty(make_dispatch()))


async def test_a_handler_that_raises_stops_nobody(
    stage: Stage, faulty: Road, caplog: pytest.LogCaptureFixture
) -> None:
    bad = stage.message("lan", "lan", text=SECRET)
    good = stage.message("lan", "lan", text="/toi")
    for number, message in enumerate((bad, bad, good), 10):
        await faulty.take(stage.channel, message, number)
    await stage.drain.settle()
    stage.now = stage.now.replace(minute=1)
    await stage.drain.settle()
    broken, me = told(stage, "lan")
    assert broken == plain(stage.house.words("door.broken"))
    assert "Bạn là Lan" in me
    assert await stage.store.read(faults) == [(bad.key, "ValueError")]
    assert await stage.store.read(count, schema.ticket) == [0]
    assert await cursor(stage.store) == 12
    (line,) = caplog.messages
    assert f"memory: update {bad.key} failed: ValueError" in line
    assert "test_road.py" in line
    assert SECRET not in caplog.text


async def test_in_a_poll_a_fault_takes_nothing_from_the_others(stage: Stage, faulty: Road) -> None:
    lan, secret = question("41"), replace(question("42"), text=SECRET)
    source = Source(WITH_BUTTONS, queue=[lan, secret, question("43", "hung"), lan])
    with pytest.raises(Finished):
        await poll(source, faulty, None)
    assert await stage.store.read(faults) == [("42", "ValueError")]
    assert await stage.store.read(count, schema.inbox, schema.ticket) == [3, 2]
    assert source.asked == [None, 42, 44]


async def test_what_a_poll_taught_is_forgotten_when_it_is_undone(
    stage: Stage, house: House
) -> None:
    usual, taught = make_dispatch(), house.faq.shipped[0]

    def teach(turn: Turn) -> None:
        if turn.message.text == "dạy":
            entries.save(
                turn.c, KeptEntry(taught.id, answer="Mới."), Stroke(None, stage.now, "changed")
            )
            house.faq.refresh(turn.c)
            assert house.faq.get(taught.id) == replace(taught, answer="Mới.")
        elif turn.message.text == "hỏng":
            raise ValueError
        else:
            usual(turn)

    road = another(stage, teach)
    queue = [stage.message("tinh", "tinh", text=text) for text in ("dạy", "hỏng")]
    assert not await road.take_together(stage.channel, queue, 44)
    assert house.faq.get(taught.id) == taught


async def test_a_poll_is_worked_in_order_and_wakes_once(stage: Stage) -> None:
    woken: list[int] = []
    road = another(stage, wake=lambda: woken.append(1))
    said = ["bao cao", "12", "/toi"]
    queue = [stage.message("lan", "nhom_suoi", text=text) for text in said]
    assert await road.take_together(stage.channel, queue, 44)
    assert (woken, await cursor(stage.store)) == ([1], 44)
    assert await stage.store.read(count, schema.inbox, schema.draft) == [3, 1]
    await stage.drain.settle()
    assert "1/" in told(stage, "nhom_suoi")[0]


async def test_each_process_works_for_its_own_chats_and_takes_what_was_left(stage: Stage) -> None:
    def read(payload: Any) -> Update:
        key, place = json.loads(payload)
        return replace(stage.message("lan", place, text="/toi"), key=key)

    def working_for(chat: str) -> Road:
        return another(stage, mine=lambda account, each: (account, each) == ("memory", chat))

    suoi, doi = working_for("nhom_suoi"), working_for("nhom_doi")
    for key, place in enumerate(("nhom_suoi", "nhom_doi", "nhom_suoi")):
        assert await suoi.keep("memory", str(key), json.dumps([str(key), place]))
    assert await suoi.work_kept(stage.channel, read) == 2
    assert await suoi.work_kept(stage.channel, read) == 0
    stage.now += LEFT
    assert await suoi.work_kept(stage.channel, read) == 0
    stage.now += timedelta(milliseconds=1)
    assert await suoi.work_kept(stage.channel, read) == 1
    assert await doi.work_kept(stage.channel, read) == 0


@pytest.mark.parametrize(
    ("before", "text", "hears"),
    [("", f"chào cả nhà, {SECRET}", 0), ("báo cáo", SECRET, 2), ("", f"/hoi {SECRET}", 1)],
)
async def test_in_a_group_a_fault_is_told_to_who_waits_for_an_answer(
    stage: Stage, faulty: Road, before: str, text: str, hears: int
) -> None:
    for said in filter(None, (before, text)):
        await faulty.take(stage.channel, stage.message("lan", "nhom_suoi", text=said))
    await stage.drain.settle()
    stage.now = stage.now.replace(minute=1)
    await stage.drain.settle()
    assert len(told(stage, "nhom_suoi")) == hears


async def test_what_a_webhook_kept_goes_on_behind_a_fault(stage: Stage, faulty: Road) -> None:
    written = {"1": SECRET, "2": "/toi"}
    for key, text in written.items():
        assert await faulty.keep("memory", key, json.dumps([key, text]))
        stage.now = stage.now.replace(second=int(key))
    assert not await faulty.keep("memory", "1", "[]")

    def read(payload: str) -> Update:
        key, text = json.loads(payload)
        return Message(key, Chat("lan", ChatKind.PRIVATE), Sender("lan", "Lan"), text=text)

    assert await faulty.work_kept(stage.channel, read) == 2
    assert await faulty.work_kept(stage.channel, read) == 0
    assert await stage.store.read(faults) == [("1", "ValueError")]
    assert await stage.store.read(count, schema.delivery) == [2]


# --- twice, out of order, and again ---


async def test_an_update_is_worked_once_however_often_and_in_whatever_order_it_comes(
    stage: Stage,
) -> None:
    first, second = (stage.message("lan", "lan", text=text) for text in ("/toi", "trợ giúp"))
    for message in (second, first, second, first, second):
        await stage.road.take(stage.channel, message)
    assert await stage.store.read(count, schema.inbox, schema.delivery) == [2, 2]


async def test_what_comes_again_because_the_platform_was_not_told_is_recognised(
    stage: Stage,
) -> None:
    for _ in range(2):
        # It dies after the first answer, before it could ask for what comes next.
        source = Source(WITH_BUTTONS, queue=[question("41")], ends_after=1)
        with pytest.raises(Finished):
            await poll(source, stage.road, None)
    assert await stage.store.read(count, schema.inbox, schema.ticket) == [1, 1]
    assert await cursor(stage.store) == 42


async def test_the_cursor_follows_a_platform_that_counts_anew(stage: Stage) -> None:
    for key in ("9000", "7"):
        await stage.road.take(stage.channel, Ignored(key), int(key) + 1)
    assert await cursor(stage.store) == 8


# --- strangers, and chats that come and go ---


async def test_of_strangers_in_a_group_nothing_is_kept(stage: Stage) -> None:
    before = await stage.store.read(count, schema.person, schema.identity, schema.chat)
    for text in ("chiều nay họp nhé", "báo cáo xong chưa", "/lenhcuabotkhac", "12", ""):
        await stage.road.take(stage.channel, stage.message("ai_do", "nhom_la", text=text))
    assert await stage.store.read(count, schema.person, schema.identity, schema.chat) == before
    assert await stage.store.read(count, schema.delivery) == [0]


async def test_neighbours_talk_and_a_repeated_update_wake_no_drain(stage: Stage) -> None:
    woken: list[int] = []
    road = another(stage, wake=lambda: woken.append(1))
    await road.take(stage.channel, stage.message("ai_do", "nhom_la", text="chiều nay họp nhé"))
    assert woken == []
    said = stage.message("lan", "lan", text="tôi là ai")
    await road.take(stage.channel, said)
    await road.take(stage.channel, said)
    assert woken == [1]


async def test_a_chat_that_is_left_gets_nothing_until_somebody_writes_from_it(
    stage: Stage,
) -> None:
    group = Chat("nhom_suoi", ChatKind.GROUP)
    chat = await stage.store.write(chats.seen, "memory", group)
    waiting = await stage.store.write(deliveries.queue, Letter(chat.id, "chờ"), stage.now)
    await stage.road.take(stage.channel, Departed("1", group))
    await stage.drain.settle()
    assert told(stage, "nhom_suoi") == []
    assert await stage.store.read(state, waiting) == "failed"
    assert await stage.store.read(chats.groups_of, chat.unit_id or 0) == []
    await stage.road.take(stage.channel, Arrived("2", group))
    assert len(await stage.store.read(chats.groups_of, chat.unit_id or 0)) == 1


@pytest.mark.parametrize(("who", "greetings"), [("ai_do", 1), ("lan", 0)])
async def test_whoever_comes_for_the_first_time_is_greeted(
    stage: Stage, who: str, greetings: int
) -> None:
    await stage.road.take(stage.channel, Arrived("1", Chat(who, ChatKind.PRIVATE)))
    await stage.drain.settle()
    assert sum("Chào bạn, mình là" in each for each in told(stage, who)) == greetings


def state(c: Connection, delivery_id: int) -> str:
    at = schema.delivery.c.id == delivery_id
    return str(c.execute(select(schema.delivery.c.state).where(at)).scalar_one())


OLD, NEW = Chat("nhom_suoi", ChatKind.GROUP, "Tổ"), Chat("moi_1", ChatKind.GROUP, "Tổ")
MOVED = Moved("m", OLD, NEW.id)


def asks(chat: Chat) -> Message:
    return Message(f"from {chat.id}", chat, Sender("lan", "Lan"), text="/toi")


@pytest.mark.parametrize(
    ("learnt_by_sending", "updates"),
    [
        (False, [MOVED, asks(NEW)]),
        (False, [asks(NEW), MOVED]),
        (False, [asks(OLD), asks(NEW), MOVED]),
        (True, [asks(OLD), MOVED, asks(NEW)]),
        (True, [asks(OLD), asks(NEW), MOVED]),
    ],
)
async def test_a_group_that_moves_keeps_its_unit_and_gets_its_answers(
    stage: Stage, learnt_by_sending: bool, updates: list[Update]
) -> None:
    before = await stage.store.write(chats.seen, "memory", OLD)
    if learnt_by_sending:
        await stage.store.write(chats.moved, "memory", OLD.id, NEW.id)
    for update in updates:
        await stage.road.take(stage.channel, update)
    (after,) = await stage.store.read(chats.groups_of, before.unit_id or 0)
    assert (after.id, after.platform_id) == (before.id, NEW.id)
    await stage.drain.settle()
    stage.now = stage.now.replace(minute=1)
    await stage.drain.settle()
    asked = sum(isinstance(update, Message) for update in updates)
    assert len(told(stage, NEW.id)) == asked
    assert told(stage, OLD.id) == []


async def test_a_group_bound_under_its_new_id_stays_bound(stage: Stage) -> None:
    code = stage.message("khach", NEW.id, text="/gannhom GRP22222")
    for update in (asks(Chat("nhom_moi", ChatKind.GROUP)), code):
        await stage.road.take(stage.channel, update)
    bound = await stage.store.write(chats.seen, "memory", NEW)
    await stage.road.take(stage.channel, Moved("m", Chat("nhom_moi", ChatKind.GROUP), NEW.id))
    after = await stage.store.write(chats.seen, "memory", NEW)
    assert bound.unit_id is not None
    assert (after.unit_id, after.id < bound.id) == (bound.unit_id, True)


async def test_a_group_that_moves_still_listens_and_is_not_told_of_a_question_again(
    stage: Stage,
) -> None:
    question = stage.message("lan", OLD.id, text="/hoi quạt cây ở nhà văn hoá hỏng thì báo ai")
    await stage.road.take(stage.channel, question)
    old = await stage.store.write(chats.seen, "memory", OLD)
    new = await stage.store.write(chats.seen, "memory", NEW)
    for chat, rung in ((old, "unit:1"), (new, "unit:2")):
        await stage.store.write(tickets.told, 1, rung, [chat.id], stage.now)
    await stage.store.write(chats.listen, new.id, True)
    await stage.road.take(stage.channel, MOVED)
    after = await stage.store.write(chats.seen, "memory", NEW)
    assert (after.id, after.listens) == (old.id, True)
    assert await stage.store.read(tickets.open_told_to, old.id) == [1]


async def test_a_file_that_comes_is_fetched_at_once(stage: Stage) -> None:
    told_of: list[str] = []
    road = another(stage, fetch=told_of.append)
    message = stage.message("lan", "lan", text="/toi")
    await road.take(stage.channel, message)
    assert told_of == []
    photo = FileIn(FileKind.PHOTO, "https://photo.zadn.vn/a.jpg", resendable=False)
    await road.take(stage.channel, replace(message, key="9", file=photo))
    assert told_of == [stage.channel.account]
