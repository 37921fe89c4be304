"""What need not be remembered is forgotten when its days are over, and nothing else."""

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from domain.audit import Act, Actor
from domain.message import Chat, ChatKind, FileKind, Sender
from scheduler import upkeep
from scheduler.upkeep import Tidy
from storage import (
    audit,
    chats,
    codes,
    deliveries,
    drafts,
    files,
    inbox,
    people,
    personal,
    practices,
    questions,
    reports,
    schema,
    sessions,
    tickets,
)
from storage.deliveries import Letter
from storage.personal import Wipe
from storage.reports import Form
from storage.retention import Kind
from storage.sessions import Session
from storage.store import Store
from tests.conftest import Clock
from tests.papers import paper
from tests.world import add_unit

DAYS = {
    Kind.INBOX: 7,
    Kind.SESSIONS: 30,
    Kind.MESSAGES: 180,
    Kind.QUESTIONS: 365,
    Kind.AUDIT: 1825,
    Kind.FILES: 90,
}
SECOND = timedelta(seconds=1)


@pytest.fixture
def tidy(store: Store, tmp_path: Path) -> Tidy:
    return Tidy(store, DAYS, tmp_path / "files")


def meet(c: Connection, clock: Clock) -> tuple[int, int, int]:
    """A unit, a person and their private chat."""
    chats.open_account(c, "memory", None)
    person = people.add(c, "memory", Sender("lan", "Lan"), clock())
    chat = chats.seen(c, "memory", Chat("lan", ChatKind.PRIVATE), clock())
    chats.belongs_to(c, chat.id, person.id)
    return add_unit(c, "T", "province"), person.id, chat.id


def sent(c: Connection, chat_id: int, clock: Clock) -> None:
    row = deliveries.queue(c, Letter(chat_id, "lời đã gửi"), clock())
    mine = schema.delivery.c.id == row
    c.execute(update(schema.delivery).where(mine).values(state="sent", ended_at=clock()))


def answered(c: Connection, unit: int, person: int, chat: int, clock: Clock, *shown: int) -> None:
    ticket = ask(c, unit, person, chat, clock, *shown)
    tickets.answer(c, ticket, "đáp", person, clock())


def ask(c: Connection, unit: int, person: int, chat: int, clock: Clock, *shown: int) -> int:
    return tickets.add(
        c,
        unit_id=unit,
        asker_id=person,
        chat_id=chat,
        question="lời hỏi",
        topic="",
        now=clock(),
        files=shown,
    )


def given(c: Connection, unit: int, person: int, chat: int, clock: Clock) -> None:
    questions.gave(
        c,
        entry_id="a",
        question="lời hỏi",
        person_id=person,
        chat_id=chat,
        unit_id=unit,
        now=clock(),
    )


def noted(c: Connection, person: int, clock: Clock) -> None:
    audit.act_as(c, Actor(clock(), person))
    audit.note(c, Act.DATA_FETCHED, schema.person, person)


Make = Callable[[Connection, int, int, int, Clock], object]
EACH: dict[str, tuple[Kind, int, Make, Any]] = {
    "a worked update": (
        Kind.INBOX,
        7,
        lambda c, unit, person, chat, clock: inbox.claim(c, "memory", "u1", clock()),
        schema.inbox.c.key,
    ),
    "a conversation left standing": (
        Kind.SESSIONS,
        30,
        lambda c, unit, person, chat, clock: sessions.save(c, chat, person, Session("s"), clock()),
        schema.session.c.step,
    ),
    "a wrong code": (
        Kind.CODES,
        1,
        lambda c, unit, person, chat, clock: codes.wrong(c, person, clock()),
        schema.wrong_code.c.person_id,
    ),
    "the words of a message": (
        Kind.MESSAGES,
        180,
        lambda c, unit, person, chat, clock: sent(c, chat, clock),
        schema.content.c.body["text"].as_string(),
    ),
    "the words of an answered question": (
        Kind.QUESTIONS,
        365,
        answered,
        schema.ticket.c.question,
    ),
    "the words of a question that the FAQ answered": (
        Kind.QUESTIONS,
        365,
        given,
        schema.given_answer.c.question,
    ),
    "the picture of an answered question": (
        Kind.QUESTIONS,
        365,
        lambda c, unit, person, chat, clock: answered(
            c, unit, person, chat, clock, kept(c, "ảnh hỏi", clock, person)
        ),
        schema.file.c.name,
    ),
    "a line of the audit trail": (
        Kind.AUDIT,
        1825,
        lambda c, unit, person, chat, clock: noted(c, person, clock),
        schema.audit.c.act,
    ),
    "a file that nothing refers to": (
        Kind.FILES,
        90,
        lambda c, unit, person, chat, clock: kept(c, "so.xlsx", clock),
        schema.file.c.name,
    ),
    "a copy of one's own data": (
        Kind.COPIES,
        1,
        lambda c, unit, person, chat, clock: kept(c, "du-lieu.json", clock, person),
        schema.file.c.name,
    ),
}


def kept(c: Connection, name: str, clock: Clock, person: int | None = None) -> int:
    return files.kept(c, FileKind.DOCUMENT, name, "", 1, name, clock(), person)


@pytest.mark.parametrize(("kind", "days", "make", "column"), EACH.values(), ids=EACH)
async def test_it_goes_the_moment_after_its_days(
    store: Store, clock: Clock, tidy: Tidy, kind: Kind, days: int, make: Make, column: Any
) -> None:
    met = await store.write(meet, clock)
    await store.write(make, *met, clock)
    assert DAYS.get(kind, days) == days

    clock.advance(timedelta(days=days))
    await tidy.run(clock())
    assert await store.read(cells, column) not in ([], [""])
    clock.advance(SECOND)
    await tidy.run(clock())
    assert await store.read(cells, column) in ([], [""])


def test_every_kind_is_tried() -> None:
    assert {kind for kind, *_ in EACH.values()} == set(Kind)


ATTACHED = ("giấy", "ảnh nháp", "ảnh báo cáo", "ảnh hay", "ảnh trả lời", "ảnh hỏi")


def open_matters(c: Connection, unit: int, person: int, chat: int, clock: Clock) -> None:
    """What is old but still waits, or is what everybody rests on."""
    inbox.put(c, "memory", "u2", "{}", clock())
    files_out = (kept(c, "bảng", clock), kept(c, "dữ liệu", clock, person))
    deliveries.queue(c, Letter(chat, "chờ gửi", file_ids=files_out), clock())
    ask(c, unit, person, chat, clock)
    for name in ATTACHED:
        own = person if name == "ảnh hỏi" else None
        attach(c, name, kept(c, name, clock, own), (unit, person, chat), clock)


def attach(
    c: Connection, name: str, file_id: int, where: tuple[int, int, int], clock: Clock
) -> None:
    """Let something need a file."""
    unit, person, chat = where
    form = Form("monthly_pillars", 1, "202611", unit)
    match name:
        case "giấy":
            shelve(c, unit, file_id, clock)
        case "ảnh nháp":
            drafts.save(c, form, {"photo": f"{file_id} chợ phiên"}, person, clock())
        case "ảnh báo cáo":
            given = {"photo": f"{file_id} chợ phiên"}
            reports.submit(c, form, given, person, clock(), photos=["photo"])
        case "ảnh hay":
            practices.share(c, unit, person, chat, "hay", [file_id], clock())
        case "ảnh hỏi":
            ask(c, unit, person, chat, clock, file_id)
        case _:
            ticket = ask(c, unit, person, chat, clock)
            tickets.answer(c, ticket, "đáp", person, clock(), files=[file_id])


def shelve(c: Connection, unit: int, file_id: int, clock: Clock) -> None:
    paper(c, unit, clock(), file_ids=[file_id])


async def test_what_somebody_still_needs_stays_however_old(
    store: Store, clock: Clock, tidy: Tidy
) -> None:
    met = await store.write(meet, clock)
    await store.write(open_matters, *met, clock)
    clock.advance(timedelta(days=5000))
    await tidy.run(clock())
    columns: dict[Any, list[str | None]] = {
        schema.inbox.c.key: ["u2"],
        schema.content.c.body["text"].as_string(): ["chờ gửi"],
        schema.ticket.c.question: ["", "lời hỏi", "lời hỏi"],
        schema.ticket.c.answer: [None, None, "đáp"],
        schema.file.c.name: ["bảng", "dữ liệu", *ATTACHED],
    }
    for column, wanted in columns.items():
        assert await store.read(cells, column) == sorted(wanted, key=str)


def cells(c: Connection, column: Any) -> list[object]:
    return sorted(c.execute(select(column)).scalars(), key=str)


async def test_it_drops_a_batch_at_a_time(
    store: Store, clock: Clock, tidy: Tidy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 2)
    met = await store.write(meet, clock)
    for _ in range(5):
        await store.write(noted, met[1], clock)
    dropped: list[Sequence[object]] = []

    async def write(work: Callable[..., object], *args: Any) -> object:
        if len(args) == 3:
            dropped.append(args[2])
        return await store.write(work, *args)

    clock.advance(timedelta(days=1825) + SECOND)
    slow = type("Slow", (), {"read": store.read, "write": staticmethod(write)})()
    await Tidy(slow, DAYS, tidy.folder).run(clock())
    assert [len(keys) for keys in dropped] == [2, 2, 1]
    assert await store.read(cells, schema.audit.c.id) == []


async def test_bytes_that_no_file_has_leave_the_disk(
    store: Store, clock: Clock, tidy: Tidy
) -> None:
    await store.write(kept, "có tên", clock)
    tidy.folder.mkdir()
    for name, hours in (("có tên", 30), ("không tên", 30), ("vừa tới", 3)):
        (tidy.folder / name).write_bytes(b"x")
        at = (clock() - timedelta(hours=hours)).timestamp()
        os.utime(tidy.folder / name, (at, at))
    await tidy.run(clock())
    assert sorted(path.name for path in tidy.folder.iterdir()) == ["có tên", "vừa tới"]


async def test_the_address_of_who_was_wiped_goes(store: Store, clock: Clock, tidy: Tidy) -> None:
    _, person, chat = await store.write(meet, clock)
    how = Wipe(clock().date(), clock(), "(đã xoá tên)")
    await store.write(personal.wipe, person, how, last_word=chat)
    assert await store.read(chats.find, "memory", "lan")
    await tidy.run(clock())
    assert await store.read(chats.find, "memory", "lan") is None
