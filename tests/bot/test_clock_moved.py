"""What the clock brings about, when it is set forward or back: it comes, and it comes once."""

from datetime import datetime, timedelta

from bot.house import House
from storage.store import Store
from tests.messenger import WITH_BUTTONS
from tests.stage import Stage

PROMPT = "Đã đến giờ"


async def test_nobody_is_asked_twice_and_nothing_is_asked_for_too_late(
    store: Store, house: House, now: datetime
) -> None:
    stage = await Stage.open(store, house, WITH_BUTTONS, now.replace(hour=16))
    asked = {post.chat for post in await stage.tick() if PROMPT in post.text}
    assert asked
    for by in (timedelta(hours=-1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)):
        stage.now += by
        assert not [post for post in await stage.tick() if PROMPT in post.text]
    stage.now = now.replace(hour=16) + timedelta(days=7)
    assert {post.chat for post in await stage.tick() if PROMPT in post.text} == asked


async def test_who_writes_is_answered_at_once_though_the_clock_was_set_back(
    store: Store, house: House, now: datetime
) -> None:
    stage = await Stage.open(store, house, WITH_BUTTONS, now)
    for number in range(6):
        assert await stage.take(stage.message("lan", "lan", text="/toi")), number
    stage.now -= timedelta(hours=1)
    before = stage.now
    assert await stage.take(stage.message("lan", "lan", text="/toi"))
    assert stage.now - before < timedelta(seconds=10)
