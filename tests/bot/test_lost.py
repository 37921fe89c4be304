"""Who is told that a messenger refuses an account's token, and that it takes it again."""

from datetime import datetime

import pytest
from sqlalchemy import Connection, select

from bot.lost import tell_trust
from domain.message import Chat, ChatKind
from storage import chats, people, schema, units
from storage.store import Store
from tests.messenger import WITH_BUTTONS, Memory
from tests.stage import make_house
from tests.world import build, read_world

LOST, BACK = "không gửi được nữa", "gửi được trở lại"


def world(c: Connection, now: datetime, *, other: bool) -> None:
    """The small world, whose province has an account; `other` is one by which it is reached."""
    build(c, read_world(), Memory(WITH_BUTTONS), now)
    province = units.by_code(c, "T")
    assert province
    chats.open_account(c, "memory", province.id)
    if other:
        chats.open_account(c, "other", None)
        person = people.find(c, "memory", "tinh")
        assert person
        chat = chats.seen(c, "other", Chat("tinh o noi khac", ChatKind.PRIVATE))
        chats.belongs_to(c, chat.id, person.id)


def queued(c: Connection) -> list[tuple[str, str]]:
    """What waits to be told: to which chat, and the text."""
    query = select(schema.chat.c.platform_id, schema.content.c.body)
    query = query.join(schema.delivery, schema.delivery.c.chat_id == schema.chat.c.id)
    joined = query.join(schema.content, schema.content.c.id == schema.delivery.c.content_id)
    return [(chat, body["text"]) for chat, body in c.execute(joined)]


@pytest.mark.parametrize(
    ("other", "lost", "back"),
    [
        (True, ["tinh o noi khac"], ["phong", "tinh"]),
        (False, [], ["phong", "tinh"]),
    ],
)
async def test_who_looks_after_an_account_is_told_once_by_each(
    store: Store, now: datetime, other: bool, lost: list[str], back: list[str]
) -> None:
    house = make_house()
    await store.write(world, now, other=other)
    for refused, text, told in (("Unauthorized", LOST, lost), ("", BACK, back)):
        for _ in range(2):
            await store.write(tell_trust, house, "memory", refused, now)
        found = await store.read(queued)
        assert sorted(chat for chat, said in found if text in said) == told


async def test_an_account_that_was_never_lost_is_not_told_to_be_back(
    store: Store, now: datetime
) -> None:
    await store.write(world, now, other=True)
    await store.write(tell_trust, make_house(), "memory", "", now)
    assert await store.read(queued) == []
