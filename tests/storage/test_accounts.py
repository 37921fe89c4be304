"""Several accounts: which of them serves a group, and by which a person is written to."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from domain.channel import Capabilities
from domain.message import Chat, ChatKind, Sender
from domain.people import Role
from storage import audience, chats, people, reach
from storage.store import Store
from tests.world import add_unit

DAY = date(2026, 11, 20)
WINDOW = Capabilities(reply_window=timedelta(days=7))


def make(c: Connection) -> dict[str, int]:
    """A province, its commune and the village; the numbers by their codes."""
    ids: dict[str, int] = {}
    for code, level, parent in (
        ("T", "province", ""),
        ("X", "commune", "T"),
        ("V", "village", "X"),
    ):
        ids[code] = add_unit(c, code, level, ids.get(parent))
    return ids


def bound(c: Connection, account: str, platform_id: str, unit_id: int) -> int:
    chat = chats.seen(c, account, Chat(platform_id, ChatKind.GROUP))
    chats.bind(c, chat.id, unit_id)
    return chat.id


@pytest.mark.parametrize(
    ("accounts", "lost", "serves"),
    [
        ({"a": "", "b": "T"}, "", "b"),
        ({"a": "T", "b": "X"}, "", "b"),
        ({"a": "X", "b": "T"}, "", "a"),
        ({"a": "X", "b": "T"}, "a", "b"),
        ({"a": "", "b": ""}, "", "a"),
    ],
)
async def test_a_group_in_which_two_accounts_are_is_served_by_the_nearest_that_works(
    accounts: dict[str, str], lost: str, serves: str, store: Store
) -> None:
    def work(c: Connection) -> tuple[list[str], dict[str, int]]:
        ids = make(c)
        for name, code in accounts.items():
            chats.open_account(c, name, ids.get(code))
            bound(c, name, "the group", ids["V"])
        if lost:
            chats.account_lost(c, lost, "Unauthorized")
        found = audience.groups(c, ids["T"], ["village"], DAY)
        return [row.account_id for row in found], audience.by_account(c, ids["T"], ["village"], DAY)

    assert await store.write(work) == ([serves], {serves: 1})


async def test_groups_of_two_messengers_are_two_groups(store: Store) -> None:
    def work(c: Connection) -> int:
        ids = make(c)
        for name, channel in (("a", "telegram"), ("b", "zalo_oa")):
            chats.open_account(c, name, None, channel=channel)
            bound(c, name, "the group", ids["V"])
        bound(c, "a", "another", ids["V"])
        return len(audience.groups(c, ids["T"], ["village"], DAY))

    assert await store.write(work) == 3


@pytest.mark.parametrize(
    ("heard_days_ago", "lost", "best"),
    [
        ({"far": 1, "near": 3}, "", "near"),
        ({"far": 1, "near": 8}, "", "far"),
        ({"far": 9, "near": 8}, "", "near"),
        ({"far": 1, "near": 1}, "near", "far"),
        ({"far": 1}, "", "far"),
    ],
)
async def test_a_person_is_written_to_where_it_arrives_and_by_the_nearest_account(
    heard_days_ago: dict[str, int], lost: str, best: str, store: Store, now: datetime
) -> None:
    def work(c: Connection) -> list[str]:
        ids = make(c)
        person = None
        for name, days in heard_days_ago.items():
            chats.open_account(c, name, ids["T" if name == "far" else "X"], WINDOW)
            person = person or people.add(c, name, Sender("lan", "Lan"), now)
            heard_at = now - timedelta(days=days)
            chat = chats.seen(c, name, Chat("lan", ChatKind.PRIVATE), heard_at)
            chats.belongs_to(c, chat.id, person.id)
        assert person
        people.give_role(c, person.id, ids["V"], Role.MEMBER, now.date())
        if lost:
            chats.account_lost(c, lost, "Unauthorized")
        return [chat.account_id for chat in reach.private_of(c, [person.id], now)]

    assert await store.write(work) == [best]
