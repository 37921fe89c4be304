"""What is kept of a person can be fetched and wiped, wherever the schema keeps it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Table,
    Text,
    func,
    insert,
    make_url,
    select,
    update,
)

from bot.words import CONTENT, read_templates
from domain.message import Chat, ChatKind, FileIn, FileKind, Sender
from storage import chats, deliveries, files, links, people, personal, schema, tickets
from storage.deliveries import Letter
from storage.personal import Wipe
from storage.schema import metadata
from storage.schema.personal import HOLDINGS, STAYS, WIPED, Fate
from storage.store import Store
from tests.storage.everything import fill
from tests.world import add_unit

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
HOW = Wipe(NOW.date(), NOW, "(đã xoá tên)")
PERSON = 17
"""To whom `fill` gives the second row of every table; the other rows are others'."""
MARK = "1 ữ"
"""How the words in those rows begin."""

FOUND_BY = {holding.of for holding in HOLDINGS}
BLANKED = {holding.of.table.c[name] for holding in HOLDINGS for name in holding.blanks}
LEFT = {each for columns in STAYS.values() for each in columns}
GONE = {holding.of.table for holding in HOLDINGS if holding.fate is Fate.GO}
EVERY = [column for table in metadata.sorted_tables for column in table.c]


def points_to(column: Column[object], *tables: Table) -> bool:
    return any(column.references(table.c.id) for table in tables)


def test_every_column_that_may_be_personal_is_classified() -> None:
    known = FOUND_BY | BLANKED | LEFT
    pointing = [each for each in EVERY if points_to(each, schema.person, schema.chat)]
    words = [each for each in EVERY if isinstance(each.type, Text | JSON)]
    assert [str(each) for each in pointing if each not in known] == []
    assert [str(each) for each in words if each not in known and each.table not in GONE] == []


def test_nothing_is_classified_twice() -> None:
    assert not LEFT & (FOUND_BY | BLANKED)
    assert not [each for each in LEFT if each.table in GONE - {schema.session}]


def test_every_kind_of_row_has_a_name() -> None:
    fetched = {holding.of.table.name for holding in HOLDINGS} | {"content", "report_value"}
    names = read_templates(CONTENT / "messages")
    assert {key.partition(".")[2] for key in names if key.startswith("personal.")} == fetched


def fill_all(c: Connection) -> None:
    """Rows in every table, and a file of the person's own that nothing refers to."""
    fill(c)
    c.execute(update(schema.file).values(person_id=None))
    files.kept(c, FileKind.DOCUMENT, f"{MARK} file.name", "", 1, "sha", NOW, PERSON)


async def test_every_row_of_a_person_is_fetched(store: Store) -> None:
    await store.write(fill_all)
    kept = await store.read(personal.kept, PERSON)
    assert kept.keys() == {holding.of.table.name for holding in HOLDINGS} | {
        "content",
        "report_value",
    }
    for holding in HOLDINGS:
        table = holding.of.table
        words = [column.name for column in table.c if isinstance(column.type, Text)]
        for name in words:
            assert any(str(row[name]).startswith(MARK) for row in kept[table.name]), table.c[name]


def marked(c: Connection) -> Iterator[Column[object]]:
    """Where words of the person still stand."""
    for column in EVERY:
        of_words = isinstance(column.type, Text) or column in {
            schema.person.c.phone,
            schema.chat.c.platform_id,
            schema.identity.c.platform_id,
        }
        like = select(func.count()).where(column.startswith(MARK)) if of_words else None
        if like is not None and c.execute(like).scalar():
            yield column


def others(c: Connection) -> dict[str, set[str]]:
    """The rows of everybody else, but for where a message pointed to one of the person's."""
    skipped = {schema.delivery.c.edits_id, schema.delivery.c.instead_of}
    found = {}
    for table in metadata.sorted_tables:
        rows = c.execute(select(*(column for column in table.c if column not in skipped)))
        found[table.name] = {str(row) for row in rows if MARK not in str(row) and PERSON not in row}
    return found


async def test_nothing_of_a_person_is_left_but_what_has_to_stay(store: Store) -> None:
    await store.write(fill_all)
    before = await store.read(others)
    await store.write(personal.wipe, PERSON, HOW)
    left = await store.read(lambda c: list(marked(c)))
    assert {each for each in left if each in FOUND_BY | BLANKED} == set()
    assert {each for each in left if each not in LEFT and of_somebody(each)} == set()
    after = await store.read(others)
    assert {name: lost for name, rows in before.items() if (lost := rows - after[name])} == {}


def of_somebody(column: Column[object]) -> bool:
    """Whether a column is of a table in which a person has rows."""
    return column.table in {holding.of.table for holding in HOLDINGS} - {schema.file}


def meet(c: Connection, account: str, name: str) -> tuple[int, int]:
    """A person and their private chat at an account."""
    chats.open_account(c, account, None)
    person = people.add(c, account, Sender(name, name), NOW)
    chat = chats.seen(c, account, Chat(name, ChatKind.PRIVATE), NOW)
    chats.belongs_to(c, chat.id, person.id)
    deliveries.queue(c, Letter(chat.id, f"Chào {name}"), NOW)
    return person.id, chat.id


async def test_who_is_linked_is_wiped_on_both_sides(store: Store) -> None:
    here, chat = await store.write(meet, "memory", "lan")
    there, away = await store.write(meet, "other", "lan-zalo")
    await store.write(links.link, here, there, NOW.date(), NOW)
    kept = await store.read(personal.kept, here)
    assert [row["name"] for row in kept["person"]] == ["lan", "lan-zalo"]
    assert len(kept["delivery"]) == len(kept["identity"]) == 2
    await store.write(personal.wipe, here, HOW, last_word=chat)
    left = await store.read(lambda c: set(c.execute(select(schema.chat.c.platform_id)).scalars()))
    assert left == {"lan", f"{WIPED}:{away}"}
    names = await store.read(lambda c: set(c.execute(select(schema.person.c.name)).scalars()))
    assert names == {HOW.nameless}
    texts = await store.read(lambda c: list(c.execute(select(schema.content.c.body)).scalars()))
    assert {body["text"] for body in texts} == {""}


def tell_at_length(c: Connection, name: str) -> int:
    """A person, who was told more than fits on a page of the file."""
    person, chat = meet(c, "memory", name)
    deliveries.queue(c, Letter(chat, f"{name}, {'ữ' * 3000}, {name}"), NOW)
    return person


def written(url: str) -> bytes:
    """Every byte of an SQLite file, when what was logged beside it has come in."""
    path = Path(make_url(url).database or "")
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
    return path.read_bytes()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_no_byte_of_the_file_is_of_who_was_wiped(store: Store, url: str) -> None:
    name = "Ngan Ha Duy Nhat"
    person = await store.write(tell_at_length, name)
    assert name.encode() in written(url)
    await store.write(personal.wipe, person, HOW)
    assert name.encode() not in written(url)


async def test_the_address_goes_after_the_last_word(store: Store) -> None:
    person, chat = await store.write(meet, "memory", "lan")
    await store.write(personal.wipe, person, HOW, last_word=chat)
    row = await store.write(deliveries.queue, Letter(chat, "Mình đã xoá"), NOW)
    assert await store.write(personal.forget_addresses) == 0
    await store.write(sent, row)
    assert await store.write(personal.forget_addresses) == 1
    assert await store.write(personal.forget_addresses) == 0
    assert await store.read(chats.find, "memory", "lan") is None


def sent(c: Connection, row: int) -> None:
    c.execute(update(schema.delivery).where(schema.delivery.c.id == row).values(state="sent"))


async def test_who_writes_before_that_is_somebody_new_there(store: Store) -> None:
    person, chat = await store.write(meet, "memory", "lan")
    await store.write(personal.wipe, person, HOW, last_word=chat)
    again = await store.write(chats.seen, "memory", Chat("lan", ChatKind.PRIVATE, "Lan"), NOW)
    assert (again.id, again.person_id) == (chat, None)
    assert await store.write(personal.forget_addresses) == 0


async def test_one_messenger_forgets_and_the_other_does_not(store: Store) -> None:
    here, _ = await store.write(meet, "memory", "lan")
    there, _ = await store.write(meet, "other", "lan-zalo")
    await store.write(links.link, here, there, NOW.date(), NOW)
    await store.write(personal.forget, "other", "lan-zalo", HOW)
    assert await store.read(people.find, "other", "lan-zalo") is None
    kept = await store.read(personal.kept, here)
    assert [row["platform_id"] for row in kept["chat"]] == ["lan"]
    assert "lan" in [row["name"] for row in kept["person"]]
    await store.write(personal.forget, "memory", "lan", HOW)
    assert HOW.nameless in [
        row["name"] for row in (await store.read(personal.kept, here))["person"]
    ]


def told_group(c: Connection, row: int) -> int:
    """What could not reach a person was said in the group instead."""
    group = chats.seen(c, "memory", Chat("nhom", ChatKind.GROUP), NOW)
    return deliveries.queue(c, Letter(group.id, "Lan ơi", instead_of=row), NOW)


async def test_a_message_that_went_another_way_stays(store: Store) -> None:
    person, chat = await store.write(meet, "memory", "lan")
    row = await store.write(deliveries.queue, Letter(chat, "riêng"), NOW)
    instead = await store.write(told_group, row)
    await store.write(personal.wipe, person, HOW)
    query = select(schema.delivery.c.id)
    assert await store.read(lambda c: list(c.execute(query).scalars())) == [instead]


async def test_a_person_may_be_wiped_twice_and_listed_again(store: Store) -> None:
    person, _ = await store.write(meet, "memory", "lan")
    for _ in range(2):
        await store.write(personal.wipe, person, HOW)
    row = {"name": "Lan", "phone": None, "created_at": NOW}
    await store.write(lambda c: c.execute(insert(schema.person).values(**row)).rowcount)


def ask_with_picture(c: Connection, person: int, chat: int, told: int) -> None:
    """A question with a picture that is being sent to somebody who may answer."""
    file_id = files.received(c, "memory", FileIn(FileKind.PHOTO, "anh"), NOW, person)
    ticket_id = tickets.add(
        c,
        unit_id=add_unit(c, "T", "province"),
        asker_id=person,
        chat_id=chat,
        question="hỏi",
        topic="",
        now=NOW,
        files=[file_id],
    )
    tickets.told(c, ticket_id, "experts", [told], NOW)
    letter = Letter(told, "", file_ids=(file_id,), about=f"ticket:{ticket_id}")
    row = deliveries.queue(c, letter, NOW)
    c.execute(update(schema.delivery).where(schema.delivery.c.id == row).values(state="sending"))


async def test_the_picture_of_a_question_goes_even_on_its_way(store: Store) -> None:
    person, chat = await store.write(meet, "memory", "lan")
    _, told = await store.write(meet, "memory", "xa1")
    await store.write(ask_with_picture, person, chat, told)
    assert len((await store.read(personal.kept, person))["file"]) == 1
    await store.write(personal.wipe, person, HOW)
    files_left = select(func.count()).select_from(schema.file)
    assert await store.read(lambda c: c.execute(files_left).scalar()) == 0
    (left,) = await store.read(lambda c: c.execute(select(schema.ticket)).all())
    assert (left.question, left.question_files) == ("", [])
