"""The whole road in and out by an Official Account: sandbox, channel, rows, and back."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import pytest

from bot.channels.zalo_oa_updates import key_of
from bot.channels.zalo_press import Presses
from bot.handlers import make_dispatch
from bot.road import Road
from bot.spell import address, spell
from domain.message import Update
from scheduler.drain import Drain, Hands
from storage import chats, people
from storage.store import Store
from tests.bot.channels.zalo_oa_stage import AN_ID, PRESS_KEY, PRIVATE, OaStage, on_oa_stage
from tests.sandbox.stage import AN, Stage
from tests.stage import make_house


@dataclass
class Loa:
    """Loa at the account."""

    oa: OaStage
    store: Store
    road: Road
    drain: Drain
    worked: int = 0

    async def work(self) -> None:
        """Take in what has been said since, twice over, and send what that causes."""
        fresh = self.oa.heard[self.worked :]
        self.worked = len(self.oa.heard)
        for raw in [*fresh, *fresh]:
            if key := key_of(raw):
                await self.road.keep("zalo-oa", key, json.dumps(raw))
        await self.road.work_kept(self.oa.channel, self._read)
        await self.drain.settle()

    def _read(self, payload: str) -> Update:
        return self.oa.channel.parse(json.loads(payload))


async def open_loa(stage: Stage, store: Store, clock: Callable[[], datetime]) -> Loa:
    oa, house = await on_oa_stage(stage), make_house()
    await store.write(chats.open_account, "zalo-oa", None, oa.channel.capabilities)
    words = house.words
    hands = Hands(
        partial(spell, words=words),
        address=partial(address, words=words),
        ended=lambda *_: None,
        trusted=lambda *_: None,
        folder="",
    )
    drain = Drain(store, oa.channel, clock, hands)
    return Loa(oa, store, Road(store, house, make_dispatch(), clock, lambda: None), drain)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    return lambda: datetime.now(UTC)


async def test_a_person_is_answered_once_and_known_by_name(
    stage: Stage, store: Store, clock: Callable[[], datetime]
) -> None:
    loa = await open_loa(stage, store, clock)
    await loa.oa.say("/trogiup")
    await loa.work()
    said = await loa.oa.seen(PRIVATE, 9)
    assert len(said) == 2
    person = await store.read(people.find, "zalo-oa", AN_ID)
    assert person
    assert person.name == "Lò Thị An"
    await loa.oa.channel.close()


async def test_in_a_group_it_answers_who_calls_it_and_nobody_else(
    stage: Stage, store: Store, clock: Callable[[], datetime]
) -> None:
    loa = await open_loa(stage, store, clock)
    await stage.act("say", person=AN, chat=loa.oa.chat, text="chiều nay họp nhé")
    await loa.work()
    assert len(await loa.oa.seen(count=9)) == 1
    await stage.act("say", person=AN, chat=loa.oa.chat, text="@Loa OA trợ giúp")
    await loa.work()
    *_, answer = await loa.oa.seen(count=9)
    assert not answer.get("buttons")
    assert answer["text"]
    assert await store.read(chats.find, "zalo-oa", loa.oa.group)
    await loa.oa.channel.close()


async def test_a_press_on_an_old_button_is_told_so_in_a_message(
    stage: Stage, store: Store, clock: Callable[[], datetime]
) -> None:
    loa = await open_loa(stage, store, clock)
    await loa.oa.say(Presses(PRESS_KEY).payload(AN_ID, "=9:y"))
    await loa.work()
    *_, last = await loa.oa.seen(PRIVATE, 9)
    assert "nút" in last["text"].lower()
    await loa.oa.channel.close()
