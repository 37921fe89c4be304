"""What others were told of a person goes when they are wiped."""

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from domain.message import Chat, ChatKind, Sender
from domain.people import Role
from storage import chats, deliveries, people, personal, schema, units
from storage.deliveries import Letter
from storage.personal import Wipe
from storage.rows import add_row
from storage.store import Store
from tests.world import add_unit

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
HOW = Wipe(NOW.date(), NOW, "(đã xoá tên)")
TREE = {"T": "", "X1": "T", "T11": "X1", "X2": "T"}


def build(c: Connection) -> None:
    """An in a village, Hoa in the commune above it, Tú in another commune; each with a chat."""
    chats.open_account(c, "memory", None)
    ids: dict[str, int] = {}
    for code, above in TREE.items():
        ids[code] = add_unit(c, code, "commune", ids.get(above))
    for name, code in (("An", "T11"), ("Hoa", "X1"), ("Tú", "X2")):
        person = people.add(c, "memory", Sender(name, name), NOW)
        people.give_role(c, person.id, ids[code], Role.COORDINATOR, NOW.date())
        chat = chats.seen(c, "memory", Chat(name, ChatKind.PRIVATE), NOW)
        chats.belongs_to(c, chat.id, person.id)


def ask(c: Connection) -> int:
    """An's question."""
    asker, chat = people.find(c, "memory", "An"), chats.find(c, "memory", "An")
    unit = units.by_code(c, "T11")
    assert asker
    assert chat
    assert unit
    row = {"unit_id": unit.id, "chat_id": chat.id, "asker_id": asker.id, "question": "lúa"}
    return add_row(c, schema.ticket, **row, created_at=NOW)


def tell(c: Connection, who: str, text: str, state: str, about: str | None = None) -> None:
    chat = chats.find(c, "memory", who)
    assert chat
    key = deliveries.queue(c, Letter(chat.id, text, about=about), NOW)
    row = schema.delivery.update().where(schema.delivery.c.id == key)
    c.execute(row.values(state=state))


def wipe(c: Connection, who: str) -> None:
    person = people.find(c, "memory", who)
    assert person
    personal.wipe(c, person.id, HOW)


def ledger(c: Connection) -> list[tuple[str, str]]:
    query = select(schema.content.c.body, schema.delivery.c.state)
    rows = c.execute(query.join_from(schema.content, schema.delivery).order_by(schema.content.c.id))
    return [(row.body["text"], row.state) for row in rows]


async def test_whoever_was_told_by_name_is_told_no_more(store: Store) -> None:
    await store.write(build)
    texts = ["<b>An</b> đã nộp", "Anh ơi, ban An ninh", "Cảm ơn An."]
    for text in (*texts, "Chào Anh", "Bảng tổng hợp"):
        await store.write(tell, "Hoa", text, "sent")
    await store.write(wipe, "An")
    left = [text for text, _ in await store.read(ledger)]
    assert left == ["", "", "", "Chào Anh", "Bảng tổng hợp"]


async def test_a_namesake_far_away_keeps_theirs(store: Store) -> None:
    await store.write(build)
    await store.write(tell, "Tú", "Chào An", "sent")
    await store.write(wipe, "An")
    assert await store.read(ledger) == [("Chào An", "sent")]


async def test_a_question_is_taken_back_from_whoever_was_told_and_will_be(store: Store) -> None:
    await store.write(build)
    about = f"ticket:{await store.write(ask)}"
    for state in ("sent", "queued", "sending"):
        await store.write(tell, "Hoa", "Có người hỏi: lúa", state, about)
    await store.write(tell, "Hoa", "Câu khác", "queued", "ticket:999")
    await store.write(wipe, "An")
    assert await store.read(ledger) == [
        ("", "sent"),
        ("", "cancelled"),
        ("Có người hỏi: lúa", "sending"),
        ("Câu khác", "queued"),
    ]


async def test_what_waits_for_others_is_said_whole(store: Store) -> None:
    await store.write(build)
    await store.write(tell, "Hoa", "An đã nộp", "queued")
    await store.write(wipe, "An")
    assert await store.read(ledger) == [("An đã nộp", "queued")]
