from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from domain.broadcast import Priority
from domain.channel import MAX_CAPTION, MAX_TEXT, Choice
from domain.markup import length
from domain.message import Chat, ChatKind, FileIn, FileKind
from storage import chats, claims, deliveries, documents, files, pages
from storage.claims import Want
from storage.contents import Shelf
from storage.deliveries import Letter
from storage.documents import Document
from storage.schema import account, content, delivery, unit
from storage.store import Store

OTHER = "other"


async def kept(store: Store, now: datetime, **parts: Any) -> int:
    """A document of the one unit that there is."""
    values: dict[str, Any] = {
        "number": "793/BTTTT-THH",
        "issued_on": date(2023, 3, 10),
        "issuer": "Bộ Thông tin và Truyền thông",
        "summary": "Tổ công nghệ số cộng đồng",
        "file_ids": [],
        "unit_id": 1,
        "created_by": None,
        "now": now,
    }
    return await store.write(documents.add, **values | parts)


@pytest.fixture
def world(store: Store, runner: Any) -> None:
    def build(c: Connection) -> None:
        c.execute(insert(unit).values(id=1, code="T", name="Tỉnh", level="province"))
        c.execute(insert(account), [{"id": "memory"}, {"id": OTHER}])
        for name in ("nhom", "nhom hai"):
            chats.seen(c, "memory", Chat(name, ChatKind.GROUP))

    runner.run(store.write(build))


def numbers(found: Sequence[Document]) -> list[str]:
    return [each.number for each in found]


async def test_documents_are_found_by_the_beginnings_of_words(
    store: Store, world: None, now: datetime
) -> None:
    await kept(store, now)
    await kept(store, now, number="12/KH-UBND", summary="Tập huấn", issued_on=date(2026, 11, 5))
    for words, found in (
        (["793"], ["793/BTTTT-THH"]),
        (["793bttt"], ["793/BTTTT-THH"]),
        (["cong", "nghe"], ["793/BTTTT-THH"]),
        (["t"], ["12/KH-UBND", "793/BTTTT-THH"]),
        (["ong"], []),
    ):
        assert numbers(await store.read(documents.with_words, [1], words)) == found
    assert await store.read(documents.with_words, [2], ["793"]) == []


async def test_a_topic_is_found_and_offered(store: Store, world: None, now: datetime) -> None:
    document = await store.read(documents.get, await kept(store, now))
    await store.write(documents.set_topic, document, "An toàn số")
    assert await store.read(documents.topics, [1], 5) == ["An toàn số"]
    assert numbers(await store.read(documents.with_words, [1], ["toan"])) == [document.number]
    await store.write(documents.set_topic, document, "")
    assert await store.read(documents.topics, [1], 5) == []


async def test_a_document_is_not_replaced_in_a_ring(
    store: Store, world: None, now: datetime
) -> None:
    first, second, third = [await kept(store, now, number=str(each)) for each in range(3)]
    assert await store.write(documents.replace, first, second)
    assert await store.write(documents.replace, second, third)
    for by in (first, second, third):
        assert not await store.write(documents.replace, third, by)
    assert numbers(await store.read(documents.in_force, [1], 5)) == ["2"]
    assert await store.write(documents.replace, second, None)
    assert await store.write(documents.replace, third, second)


async def test_a_group_gets_each_pinned_document_once(
    store: Store, world: None, now: datetime
) -> None:
    first, second, _ = [await kept(store, now, number=str(each)) for each in range(3)]
    for each in (first, second):
        await store.write(documents.pin, each, pinned=True)
    letter = Letter(1, "Văn bản 0", about=documents.about(first))
    await store.write(deliveries.queue, letter, now)
    assert numbers(await store.read(documents.pinned_for, [1], 1)) == ["1"]
    assert numbers(await store.read(documents.pinned_for, [1], 2)) == ["0", "1"]
    await store.write(documents.replace, first, second)
    assert numbers(await store.read(documents.pinned_for, [1], 2)) == ["1"]


async def test_words_inside_files_are_found_with_their_page(
    store: Store, world: None, now: datetime
) -> None:
    async def add(number: str, *texts: str) -> int:
        file_id = await store.write(files.kept, FileKind.DOCUMENT, "a.pdf", "", 1, number, now)
        await store.write(pages.keep, file_id, texts)
        return await kept(store, now, number=number, file_ids=[file_id])

    apart = await add("1", "Công nghệ, công nghệ", "Số nghệ công")
    together = await add("2", "Trang đầu", "", "Tổ công nghệ số")
    await add("3", "Công nghệ")
    hits = await store.read(pages.search, [1], ["cong", "nghe", "so"])
    assert [(hit.document_id, hit.number, hit.phrase) for hit in hits] == [
        (together, 3, True),
        (apart, 2, False),
    ]
    assert await store.read(pages.text, hits[0].file_id, 3) == "Tổ công nghệ số"
    assert await store.read(pages.search, [2], ["cong"]) == []


async def bodies(store: Store) -> list[dict[str, Any]]:
    query = select(content.c.body).join(delivery, delivery.c.content_id == content.c.id)
    found = await store.read(lambda c: c.execute(query.order_by(delivery.c.id)).scalars().all())
    return list(found)


BUTTONS = ((Choice("✓ Đã nhận", "got:1"),),)


async def test_no_message_is_queued_that_is_too_long(
    store: Store, world: None, now: datetime
) -> None:
    text = "<b>" + "Câu này có mười chữ để cho dài ra. " * 300 + "</b>"
    await store.write(deliveries.queue, Letter(1, text, BUTTONS), now)
    parts = await bodies(store)
    assert len(parts) > 5
    assert all(length(part["text"]) <= MAX_TEXT for part in parts)
    assert [bool(part["choices"]) for part in parts] == [False] * (len(parts) - 1) + [True]


@pytest.mark.parametrize(
    ("signs", "choices", "file_ids", "parts"),
    [
        (MAX_CAPTION, (), (1,), [(MAX_CAPTION, 0, [1])]),
        (MAX_CAPTION + 1, BUTTONS, (1,), [(MAX_CAPTION + 1, 1, []), (0, 0, [1])]),
        (9, BUTTONS, (1,), [(9, 1, [1])]),
        (9, (), (1, 2), [(9, 0, [1, 2])]),
        (9, BUTTONS, (1, 2), [(9, 1, []), (0, 0, [1, 2])]),
        (MAX_TEXT, (), (), [(MAX_TEXT, 0, [])]),
        (0, (), (1,), [(0, 0, [1])]),
    ],
)
async def test_what_does_not_fit_under_a_file_goes_before_it(
    store: Store,
    world: None,
    now: datetime,
    signs: int,
    choices: Any,
    file_ids: tuple[int, ...],
    parts: list[tuple[int, int, list[int]]],
) -> None:
    await store.write(deliveries.queue, Letter(1, "a" * signs, choices, file_ids), now)
    found = await bodies(store)
    assert [(len(each["text"]), len(each["choices"]), each["files"]) for each in found] == parts


async def test_a_message_waits_until_its_file_has_arrived(
    store: Store, world: None, now: datetime
) -> None:
    def add(c: Connection) -> int:
        file_id = files.received(c, OTHER, FileIn(FileKind.DOCUMENT, "id", "a.pdf"), now)
        for chat_id in (1, 2):
            deliveries.queue(c, Letter(chat_id, "a", file_ids=(file_id,)), now)
        return file_id

    def claim(c: Connection, at: datetime) -> list[int]:
        want = Want("memory", 10, (), (), Priority.BROADCAST, Shelf("var"))
        return [row.chat_id for row in claims.claim(c, want, at).rows]

    file_id = await store.write(add)
    assert await store.write(claim, now) == []
    await store.write(files.arrived, file_id, "abc")
    assert await store.write(claim, now) == []
    # One alone uploads it; the other one goes when the account has it.
    assert await store.write(claim, now + claims.BYTES_COME) == [1]
