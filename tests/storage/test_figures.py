"""What waits and how the accounts are, in one cheap read."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, event, insert, text

from domain.broadcast import Priority
from domain.message import Chat, ChatKind
from storage import chats, claims, deliveries, figures, inbox, tickets
from storage.deliveries import Letter
from storage.figures import Figures, Inbox, Queue, Tickets
from storage.rows import add_row
from storage.schema import content, delivery
from storage.store import Store
from tests.storage.test_tickets import ask, build

MINUTE = timedelta(minutes=1)


async def test_where_nothing_is_there_is_nothing_to_tell(store: Store) -> None:
    assert await store.read(figures.read) == Figures([], [], [], Tickets(0, None))


async def test_what_waits_is_counted_by_account_and_priority(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        for account in ("a", "b"):
            chats.open_account(c, account, None)
        chat = chats.seen(c, "a", Chat("1", ChatKind.GROUP))
        for minutes, priority in ((3, Priority.BROADCAST), (2, Priority.LIVE), (1, Priority.LIVE)):
            deliveries.queue(c, Letter(chat.id, "chào", priority=priority), now - minutes * MINUTE)
        other = chats.seen(c, "b", Chat("1", ChatKind.GROUP))
        gone = deliveries.queue(c, Letter(other.id, "chào"), now)
        c.execute(delivery.update().where(delivery.c.id == gone).values(state="sent"))
        claims.pace_account(c, "a", now)
        chats.account_lost(c, "b", "Unauthorized")

    await store.write(work)
    found = await store.read(figures.read)
    live = Queue("a", Priority.LIVE, 2, now - 2 * MINUTE)
    assert found.queues == [live, Queue("a", Priority.BROADCAST, 1, now - 3 * MINUTE)]
    assert found.queued("b") == []
    states = [(each.id, each.lost_because, each.free_at) for each in found.accounts]
    assert states == [("a", None, now), ("b", "Unauthorized", None)]


async def test_updates_and_questions_count_until_they_are_done(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        scene = build(c, now)
        for minutes in (2, 1):
            ask(c, scene, now - minutes * MINUTE)
        tickets.close(c, ask(c, scene, now - 3 * MINUTE), now)
        for key in ("1", "2"):
            inbox.put(c, "memory", key, "{}", now)
        inbox.claim(c, "memory", "1", now)

    await store.write(work)
    found = await store.read(figures.read)
    assert found.tickets == Tickets(2, now - 2 * MINUTE)
    assert found.inboxes == [Inbox("memory", 1, now)]


async def test_what_was_sent_long_ago_is_not_read(store: Store, now: datetime) -> None:
    await store.write(_long_ledger, now)
    plan = await store.read(_plan)
    assert "ix_delivery_" in plan
    assert "Seq Scan on delivery" not in plan  # PostgreSQL's words
    assert "SCAN delivery\n" not in plan  # SQLite's


def _long_ledger(c: Connection, now: datetime) -> None:
    chats.open_account(c, "a", None)
    chat = chats.seen(c, "a", Chat("1", ChatKind.GROUP))
    said = add_row(c, content, body={})
    row = {"account_id": "a", "chat_id": chat.id, "content_id": said, "priority": 2}
    at = {"due_at": now, "created_at": now}
    c.execute(insert(delivery), [{**row, **at, "state": "sent"} for _ in range(5000)])
    c.execute(insert(delivery), [{**row, **at, "state": "queued"} for _ in range(20)])
    c.execute(text("ANALYZE delivery"))


def _plan(c: Connection) -> str:
    """How the engine reads what waits to go out, a step a line."""
    asked: list[tuple[str, Any]] = []
    event.listen(c, "before_cursor_execute", lambda *said: asked.append(said[2:4]))
    figures.read(c)
    statement, values = asked[0]
    how = "EXPLAIN" if c.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    return "".join(f"{row[-1]}\n" for row in c.exec_driver_sql(f"{how} {statement}", values))
