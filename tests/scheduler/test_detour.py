"""What cannot reach a person by one way goes by another, once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from domain.channel import Capabilities
from domain.message import Chat, ChatKind, Sender
from domain.people import Role
from scheduler.detour import abandon, chat_gone, detour
from scheduler.upkeep import forsake
from storage import chats, deliveries, ends, people
from storage.deliveries import Letter
from storage.ends import End
from storage.schema import chat, delivery
from storage.store import Store
from tests.world import add_unit

NOW = datetime(2026, 11, 1, tzinfo=UTC)
WINDOW = Capabilities(reply_window=timedelta(days=7))


def address(text: str, name: str, mention: str) -> str:
    return f"{name} ({mention}): {text}"


def make(c: Connection, accounts: dict[str, datetime | None]) -> int:
    """Lan of a unit with a group, heard by these accounts; her chat at the first of them."""
    unit_id = add_unit(c, "V", "village")
    first, person = 0, None
    for name, heard_at in accounts.items():
        chats.open_account(c, name, None, WINDOW)
        person = person or people.add(c, name, Sender("lan", "Lan"), NOW)
        there = chats.seen(c, name, Chat(f"lan at {name}", ChatKind.PRIVATE), heard_at)
        chats.belongs_to(c, there.id, person.id)
        first = first or there.id
    assert person
    people.give_role(c, person.id, unit_id, Role.MEMBER, NOW.date())
    group = chats.seen(c, next(iter(accounts)), Chat("the group", ChatKind.GROUP))
    chats.bind(c, group.id, unit_id)
    return first


def rows(c: Connection) -> list[tuple[str, str, str]]:
    """What the ledger has: where to, in which state, with which text."""
    query = select(delivery.c.id, chat.c.platform_id, delivery.c.state)
    found = c.execute(query.join(chat, chat.c.id == delivery.c.chat_id).order_by(delivery.c.id))
    return [(place, state, deliveries.letter_of(c, row).text) for row, place, state in found]


def fail(c: Connection, row: int, now: datetime) -> int:
    ends.end(c, [End(row, "failed", error="blocked")], now)
    return detour(c, [row], address, now)


@pytest.mark.parametrize(
    ("heard_days_ago", "for_group", "goes_to"),
    [
        ({"a": 0, "b": 1}, False, ("lan at b", "chào")),
        ({"a": 0, "b": 1}, True, ("lan at b", "chào")),
        ({"a": 0, "b": 8}, True, ("the group", "Lan (lan): chào")),
        ({"a": 0, "b": None}, True, ("the group", "Lan (lan): chào")),
        ({"a": 0, "b": 8}, False, None),
        ({"a": 0}, True, ("the group", "Lan (lan): chào")),
        ({"a": 0}, False, None),
    ],
)
async def test_a_failed_message_goes_by_the_other_messenger_else_to_the_group_if_it_may(
    heard_days_ago: dict[str, int | None],
    for_group: bool,
    goes_to: tuple[str, str] | None,
    store: Store,
    now: datetime,
) -> None:
    heard = {
        name: None if days is None else now - timedelta(days=days)
        for name, days in heard_days_ago.items()
    }

    def work(c: Connection) -> list[tuple[str, str, str]]:
        letter = Letter(make(c, heard), "chào", for_group=for_group)
        assert fail(c, deliveries.queue(c, letter, now), now) == (goes_to is not None)
        return rows(c)

    place, *others = await store.write(work)
    assert place == ("lan at a", "failed", "chào")
    assert others == ([(goes_to[0], "queued", goes_to[1])] if goes_to else [])


async def test_it_goes_each_way_once_and_not_back(store: Store, now: datetime) -> None:
    def work(c: Connection) -> list[tuple[str, str, str]]:
        first = make(c, dict.fromkeys("abc", now))
        row = deliveries.queue(c, Letter(first, "chào"), now)
        while fail(c, row, now):
            row += 1
        return rows(c)

    places = [place for place, *_ in await store.write(work)]
    assert sorted(places) == ["lan at a", "lan at b", "lan at c"]


async def test_a_reply_to_the_second_way_answers_the_same(store: Store, now: datetime) -> None:
    def work(c: Connection) -> str | None:
        first = make(c, dict.fromkeys("ab", now))
        row = deliveries.queue(c, Letter(first, "chào", about="ticket:7"), now)
        fail(c, row, now)
        return deliveries.letter_of(c, row + 1).about

    assert await store.write(work) == "ticket:7"


async def test_what_waits_for_a_chat_that_is_gone_goes_elsewhere(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> list[tuple[str, str, str]]:
        first = make(c, dict.fromkeys("ab", now))
        for text in ("một", "hai"):
            deliveries.queue(c, Letter(first, text), now)
        chat_gone(c, first, "blocked", address, now)
        return rows(c)

    assert await store.write(work) == [
        ("lan at a", "failed", "một"),
        ("lan at a", "failed", "hai"),
        ("lan at b", "queued", "một"),
        ("lan at b", "queued", "hai"),
    ]


async def test_when_an_account_is_lost_only_what_has_another_way_leaves_it(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> list[tuple[str, str, str]]:
        first = make(c, dict.fromkeys("ab", now))
        alone = chats.seen(c, "a", Chat("hung", ChatKind.PRIVATE), now)
        group = chats.groups_of(c, 1)[0]
        for place in (first, alone.id, group.id):
            deliveries.queue(c, Letter(place, "chào"), now)
        abandon(c, "a", "Unauthorized", now)
        abandon(c, "a", "Unauthorized", now)
        return rows(c)

    assert await store.write(work) == [
        ("lan at a", "failed", "chào"),
        ("hung", "queued", "chào"),
        ("the group", "queued", "chào"),
        ("lan at b", "queued", "chào"),
    ]


async def test_what_waits_for_an_account_that_is_no_longer_set_up_goes_by_another(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> list[tuple[str, str, str]]:
        first = make(c, dict.fromkeys("ab", now))
        deliveries.queue(c, Letter(first, "chào"), now)
        deliveries.queue(c, Letter(_group(c), "chào cả nhóm"), now)
        assert forsake(c, ["b"], now) == 2
        assert forsake(c, ["b"], now) == 0
        return rows(c)

    assert await store.write(work) == [
        ("lan at a", "failed", "chào"),
        ("the group", "failed", "chào cả nhóm"),
        ("lan at b", "queued", "chào"),
    ]


def _group(c: Connection) -> int:
    query = select(chat.c.id).where(chat.c.kind == ChatKind.GROUP.value)
    return int(c.execute(query).scalar_one())


@pytest.mark.parametrize(("for_person", "goes_to"), [(True, ["lan at a"]), (False, [])])
async def test_an_answer_to_a_group_that_is_gone_goes_to_whom_it_is_for(
    store: Store, now: datetime, for_person: bool, goes_to: list[str]
) -> None:
    def work(c: Connection) -> list[tuple[str, str, str]]:
        lan = chats.get(c, make(c, {"a": now})).person_id
        letter = Letter(_group(c), "trả lời", for_person=lan if for_person else None)
        row = deliveries.queue(c, letter, now)
        chats.gone(c, _group(c), "blocked")
        fail(c, row, now)
        return rows(c)

    _, *others = await store.write(work)
    assert [(place, text) for place, _, text in others] == [(each, "trả lời") for each in goes_to]
