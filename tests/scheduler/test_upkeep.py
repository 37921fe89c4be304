"""What nobody can do any more is settled."""

import pytest
from sqlalchemy import ColumnElement, Connection, select, update

from domain.message import Chat, ChatKind, FileIn, FileKind
from scheduler.upkeep import forsake
from storage import chats, deliveries, files, schema
from storage.deliveries import Letter
from storage.store import Store
from tests.conftest import Clock


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
