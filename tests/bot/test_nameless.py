"""A messenger that does not say who wrote, and people and owners who take back what they gave."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.house import House
from bot.road import REVOKED
from domain.message import Chat, ChatKind, Message, Revoked, Sender, Withdrew
from domain.people import Person
from storage import chats, people, schema, tokens
from storage.seal import Seal
from storage.store import Store
from storage.tokens import Pair
from tests.messenger import WITH_BUTTONS, Memory, plain
from tests.stage import Stage


@dataclass
class Nameless(Memory):
    """A messenger that is asked for names, and what it was asked."""

    names: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def name_of(self, chat: Chat, person_id: str) -> str:
        self.asked.append(person_id)
        return self.names.get(person_id, "")


async def hear(stage: Stage, channel: Nameless, key: str, who: str, where: str, text: str) -> None:
    kind = ChatKind.PRIVATE if who == where else ChatKind.GROUP

    def read(payload: str) -> Message:
        addressed = kind is ChatKind.PRIVATE
        said = json.loads(payload)
        return Message(key, Chat(where, kind), Sender(who, who), said, addressed=addressed)

    await stage.road.keep("memory", key, json.dumps(text))
    assert await stage.road.work_kept(channel, read) == 1


async def name(stage: Stage, who: str) -> str | None:
    found = await stage.store.read(people.find, "memory", who)
    return found.name if found else None


async def test_a_name_is_asked_for_once_it_is_needed(
    store: Store, house: House, now: datetime
) -> None:
    stage = await Stage.open(store, house, WITH_BUTTONS, now)
    channel = Nameless(WITH_BUTTONS, names={"86": "Lò Thị An"})
    await hear(stage, channel, "1", "86", "nhom_suoi", "chiều nay họp nhé")
    assert (channel.asked, await name(stage, "86")) == ([], None)
    await hear(stage, channel, "2", "86", "nhom_suoi", "/toi")
    await hear(stage, channel, "3", "86", "nhom_suoi", "/toi")
    assert (channel.asked, await name(stage, "86")) == (["86"], "Lò Thị An")


async def test_a_name_that_nobody_told_is_asked_for_again(
    store: Store, house: House, now: datetime
) -> None:
    stage = await Stage.open(store, house, WITH_BUTTONS, now)
    channel = Nameless(WITH_BUTTONS)
    await hear(stage, channel, "1", "86", "86", "/toi")
    assert await name(stage, "86") == "86"
    channel.names = {"86": "Lò Thị An"}
    await hear(stage, channel, "2", "86", "86", "/toi")
    assert (channel.asked, await name(stage, "86")) == (["86", "86"], "Lò Thị An")


async def test_a_messenger_that_says_who_wrote_is_not_asked(
    store: Store, house: House, now: datetime
) -> None:
    stage = await Stage.open(store, house, WITH_BUTTONS, now)
    await stage.store.write(people.find, "memory", "lan")
    channel = Nameless(WITH_BUTTONS, names={"lan": "Ai đó"})
    before = await name(stage, "lan")
    await stage.road.take(channel, stage.message("lan", "lan", text="/toi"))
    assert (channel.asked, await name(stage, "lan")) == ([], before)


def known_elsewhere(c: Connection, person_id: int) -> None:
    chats.open_account(c, "other", None)
    row = {"account_id": "other", "platform_id": "l", "person_id": person_id}
    c.execute(insert(schema.identity).values(**row))


def give_phone(c: Connection, person_id: int) -> None:
    mine = schema.person.c.id == person_id
    c.execute(update(schema.person).where(mine).values(phone="+84987654321"))


def kept(c: Connection, person_id: int) -> tuple[str, str | None, int]:
    """The name, the phone, and how many roles are held."""
    row = c.execute(select(schema.person).where(schema.person.c.id == person_id)).one()
    return row.name, row.phone, len(people.roles(c, person_id))


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_who_withdraws_is_forgotten(
    store: Store, house: House, now: datetime, elsewhere: bool
) -> None:
    stage = await Stage.open(store, house, WITH_BUTTONS, now)
    person: Person | None = await store.read(people.find, "memory", "lan")
    assert person
    await store.write(give_phone, person.id)
    if elsewhere:
        await store.write(known_elsewhere, person.id)
    await stage.take(stage.message("lan", "lan", text="báo cáo"))
    before = await store.read(kept, person.id)
    await stage.take(Withdrew("w", Chat("lan", ChatKind.PRIVATE)))
    assert await store.read(people.find, "memory", "lan") is None
    after = ("(đã xoá tên)", None, 0)
    assert await store.read(kept, person.id) == (before if elsewhere else after)
    assert await stage.take(stage.message("lan", "lan", text="/toi"))
    again = await store.read(people.find, "memory", "lan")
    assert again
    assert again.id != person.id


async def test_a_stranger_who_withdraws_harms_nobody(
    store: Store, house: House, now: datetime
) -> None:
    stage = await Stage.open(store, house, WITH_BUTTONS, now)
    assert await stage.take(Withdrew("w", Chat("nobody", ChatKind.PRIVATE))) == []


def reached_elsewhere(c: Connection, who: str, now: datetime) -> None:
    chats.open_account(c, "other", None)
    person = people.find(c, "memory", who)
    assert person
    chat = chats.seen(c, "other", Chat("there", ChatKind.PRIVATE), now)
    chats.belongs_to(c, chat.id, person.id)


def waiting(c: Connection) -> list[str]:
    query = select(schema.content.c.body).join(
        schema.delivery, schema.delivery.c.content_id == schema.content.c.id
    )
    rows = c.execute(query.where(schema.delivery.c.account_id == "other"))
    return [plain(body["text"]) for body in rows.scalars()]


@pytest.mark.parametrize("by_login", [False, True])
async def test_an_account_that_is_taken_back_is_told_elsewhere_with_the_mend(
    store: Store, house: House, now: datetime, by_login: bool
) -> None:
    stage = await Stage.open(store, house, WITH_BUTTONS, now)
    await store.write(reached_elsewhere, "phong", now)
    if by_login:
        pair = Pair("a", "r", datetime.now(UTC))
        await store.write(tokens.keep, Seal("secret"), "memory", pair, now)
    await stage.road.take(stage.channel, Revoked("r"))
    states = {each.id: each.lost_because for each in await store.read(chats.accounts)}
    assert states["memory"] == REVOKED
    (told,) = await store.read(waiting)
    assert "memory" in told
    assert ("loa zalo login" in told) is by_login
