"""What answers one message, gathered for a messenger whose messages are dear."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select

from domain.channel import Choice
from domain.message import Chat, ChatKind
from storage import chats, deliveries
from storage.deliveries import Letter, letter_of
from storage.gathering import gather
from storage.schema import content, delivery
from storage.store import Store

LONG = "a" * 1200
ONE, TWO = ((Choice("Có", "=1:a", 1),),), ((Choice("Không", "=2:b", 2),),)
BUTTON = ((Choice("Đã nhận", "got:1"),),)


def chat_of(c: Connection) -> int:
    chats.open_account(c, "memory", None)
    return chats.seen(c, "memory", Chat("nhom", ChatKind.GROUP)).id


@pytest.mark.parametrize(
    ("letters", "texts"),
    [
        ([Letter(0, "a"), Letter(0, "b"), Letter(0, "c")], ["a\n\nb\n\nc"]),
        ([Letter(0, "a", ONE), Letter(0, "b")], ["a\n\nb"]),
        ([Letter(0, "a", ONE), Letter(0, "b", BUTTON)], ["a\n\nb"]),
        ([Letter(0, "a", ONE), Letter(0, "b", TWO)], ["a", "b"]),
        ([Letter(0, "a", about="ticket:1"), Letter(0, "b")], ["a\n\nb"]),
        ([Letter(0, "a", about="ticket:1"), Letter(0, "b", about="ticket:2")], ["a", "b"]),
        ([Letter(0, LONG), Letter(0, LONG), Letter(0, "c")], [LONG, f"{LONG}\n\nc"]),
    ],
)
async def test_messages_are_joined_as_far_as_one_can_hold_them(
    letters: list[Letter], texts: list[str], store: Store, now: datetime
) -> None:
    def work(c: Connection) -> list[Letter]:
        chat_id = chat_of(c)
        for each in letters:
            letter = Letter(chat_id, each.text, each.choices, about=each.about)
            deliveries.queue(c, letter, now)
        gather(c, chat_id, now, 2000)
        assert c.execute(select(func.count()).select_from(content)).scalar_one() == len(texts)
        rows = c.execute(select(delivery.c.id).order_by(delivery.c.id)).scalars()
        return [letter_of(c, row) for row in rows]

    joined = await store.write(work)
    assert [each.text for each in joined] == texts
    assert sum((each.choices for each in joined), ()) == sum((each.choices for each in letters), ())
    assert {each.about for each in joined} - {None} == {each.about for each in letters} - {None}


async def test_what_was_written_before_or_elsewhere_stays_apart(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> int:
        chat_id = chat_of(c)
        other = chats.seen(c, "memory", Chat("khac", ChatKind.GROUP)).id
        deliveries.queue(c, Letter(chat_id, "hôm qua"), now - timedelta(days=1))
        for place in (chat_id, other):
            deliveries.queue(c, Letter(place, "bây giờ"), now)
        gather(c, chat_id, now, 2000)
        return c.execute(select(func.count()).select_from(delivery)).scalar_one()

    assert await store.write(work) == 3
