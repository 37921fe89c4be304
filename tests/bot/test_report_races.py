"""Two people report for one team within the same second: no answer is lost or counted twice."""

import asyncio
from datetime import datetime

from sqlalchemy import Connection, func, select

from storage import schema
from storage.store import Store
from tests.messenger import WITH_BUTTONS, Post, plain
from tests.player import Player
from tests.stage import Stage, make_house

HOME = "nhom_suoi"


async def say_at_once(stage: Stage, text: str) -> list[Post]:
    """Two members of a team say the same in its group, at once."""
    before = len(stage.channel.posts)
    said = [stage.message(who, HOME, text=text) for who in ("lan", "hung")]
    await asyncio.gather(*(stage.road.take(stage.channel, message) for message in said))
    await stage.tick()
    return stage.channel.posts[before:]


def count(c: Connection) -> tuple[int, int]:
    """How many drafts and reports there are."""
    tables = (schema.draft, schema.report)
    drafts, reports = (c.execute(select(func.count()).select_from(each)) for each in tables)
    return drafts.scalar_one(), reports.scalar_one()


async def test_of_two_who_begin_at_once_one_fills_in(store: Store, now: datetime) -> None:
    stage = await Stage.open(store, make_house(), WITH_BUTTONS, now)
    told = [plain(post.text) for post in await say_at_once(stage, "báo cáo")]
    assert sum("1/7." in text for text in told) == 1
    assert sum("đang làm dở báo cáo này" in text for text in told) == 1
    assert await store.read(count) == (1, 0)


async def test_of_two_who_answer_at_once_the_one_who_fills_in_is_heard(
    store: Store, now: datetime
) -> None:
    stage = await Stage.open(store, make_house(), WITH_BUTTONS, now)
    await Player(stage).play(
        [
            {"as": "lan", "in": HOME, "says": "báo cáo"},
            {"as": "hung", "in": HOME, "says": "báo cáo"},
            {"as": "hung", "in": HOME, "presses": "Làm tiếp", "hears": ["1/7."]},
        ]
    )
    told = [plain(post.text) for post in await say_at_once(stage, "12")]
    assert sum("2/7." in text for text in told) == 1
    assert sum("Hung đang làm tiếp" in text for text in told) == 1
    answers = select(schema.draft.c.answers)
    assert await store.read(lambda c: c.execute(answers).scalar_one()) == {
        "public_services": {"number": "12"}
    }


async def test_of_two_who_hand_in_no_activity_at_once_one_does(store: Store, now: datetime) -> None:
    stage = await Stage.open(store, make_house(), WITH_BUTTONS, now)
    await say_at_once(stage, "không có hoạt động")
    told = [plain(post.text) for post in await say_at_once(stage, "Đúng, không có hoạt động")]
    assert sum("Đã nhận báo cáo" in text for text in told) == 1
    assert await store.read(count) == (0, 1)
