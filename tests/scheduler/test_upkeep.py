"""What need not be remembered is forgotten, and nothing else."""

from datetime import timedelta

from sqlalchemy import Connection, func, select

from domain.message import Chat, ChatKind, Sender
from scheduler.upkeep import tidy
from storage import chats, codes, inbox, people, schema, sessions
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
