"""What need not be remembered is forgotten, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import ColumnElement, Connection, func, select, update

from domain.message import Chat, ChatKind, FileIn, FileKind, Sender
from scheduler.upkeep import forsake, tidy
from storage import chats, codes, deliveries, files, inbox, people, schema, sessions
from storage.deliveries import Letter
from storage.sessions import Session
from storage.store import Store
from tests.conftest import Clock

KEPT_DAYS = 7


def remember(c: Connection, clock: Clock, name: str) -> None:
    """An update that was worked, one that waits, a conversation and a wrong code."""
    now = clock()
    person = people.add(c, "memory", Sender(name, name), now)
    chat = chats.seen(c, "memory", Chat(name, ChatKind.PRIVATE))
    inbox.claim(c, "memory", f"{name} worked", now)
    inbox.put(c, "memory", f"{name} waits", "{}", now)
    sessions.save(c, chat.id, person.id, Session(name), now)
    codes.wrong(c, person.id, now)


def left(c: Connection) -> tuple[list[str], list[str], int]:
    keys = [row.key for row in c.execute(select(schema.inbox.c.key))]
    steps = [row.step for row in c.execute(select(schema.session.c.step))]
    wrong = c.execute(select(func.count()).select_from(schema.wrong_code)).scalar_one()
    return sorted(keys), sorted(steps), wrong


async def test_it_forgets_what_is_old_and_keeps_what_waits(store: Store, clock: Clock) -> None:
    await store.write(chats.open_account, "memory", None)
    for name, days in (("xưa", 23.5), ("cũ", 7), ("mới", 0)):
        await store.write(remember, clock, name)
        clock.advance(timedelta(days=days))
    await store.write(tidy, clock(), KEPT_DAYS)
    keys, steps, wrong = await store.read(left)
    assert keys == sorted(["xưa waits", "cũ waits", "mới waits", "cũ worked", "mới worked"])
    assert steps == sorted(["cũ", "mới"])
    assert wrong == 1
    clock.advance(timedelta(seconds=1))
    await store.write(tidy, clock(), KEPT_DAYS)
    assert "cũ worked" not in (await store.read(left))[0]


def of_accounts(c: Connection, clock: Clock) -> None:
    """At each of two accounts a message that waits, one on its way, and a file."""
    for account in ("memory", "gone"):
        chats.open_account(c, account, None)
        chat = chats.seen(c, account, Chat("nhóm", ChatKind.GROUP))
        for text in ("đang gửi", "chờ"):
            row = deliveries.queue(c, Letter(chat.id, text), clock())
            if text == "đang gửi":
                c.execute(update(schema.delivery).values(state="sending").where(of(row)))
        files.received(c, account, FileIn(FileKind.DOCUMENT, "x", account), clock())


def of(row: int) -> ColumnElement[bool]:
    return schema.delivery.c.id == row


def ends(c: Connection) -> tuple[list[tuple[str, str | None]], dict[str, str | None]]:
    row = schema.delivery.c
    states = [(each.state, each.error) for each in c.execute(select(row.state, row.error))]
    named = {each.name: each.sha256 for each in c.execute(select(schema.file))}
    return states, named


async def test_what_waits_for_an_account_that_is_no_longer_there_ends(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await store.write(of_accounts, clock)
    assert await store.write(forsake, ["memory"], clock()) == 2
    states, named = await store.read(ends)
    why = "the account is no longer set up"
    assert sorted(states, key=str) == [
        ("failed", why),
        ("queued", None),
        ("sending", None),
        ("unknown", why),
    ]
    assert named == {"memory": None, "gone": files.LOST}
    assert len(caplog.messages) == 2
    assert await store.write(forsake, ["memory"], clock()) == 0
    assert len(caplog.messages) == 2
