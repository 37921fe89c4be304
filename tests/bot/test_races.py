"""Two people decide at the same moment: it is done once, and each of them gets a sentence."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from storage.store import Store
from tests.messenger import WITH_BUTTONS, plain
from tests.player import Player, Step
from tests.stage import Stage, make_house

SAID = ["gửi văn bản", "3/TB-UBND", "19/11/2026", "UBND", "Họp tổ.", "Không có tệp"]
PRESSED = ["✓ Xã Một", "2 đơn vị", "Gửi ngay"]


@pytest.mark.parametrize(
    ("labels", "late", "groups"),
    [
        (("Duyệt #1", "Duyệt #1"), "đã có người duyệt rồi", 2),
        (("Không duyệt #1", "Không duyệt #1"), "không còn chờ duyệt nữa", 0),
    ],
)
async def test_of_two_who_decide_at_once_one_does(
    store: Store, now: datetime, labels: tuple[str, str], late: str, groups: int
) -> None:
    house = make_house()
    house = replace(house, limits=replace(house.limits, approve_above=1))
    stage = await Stage.open(store, house, WITH_BUTTONS, now)
    steps: list[Step] = [
        *({"as": "xa1", "says": text} for text in SAID),
        *({"as": "xa1", "presses": text} for text in PRESSED),
    ]
    await Player(stage).play(steps)
    before = len(stage.channel.posts)
    people = zip(("tinh", "phong"), labels, strict=True)
    await asyncio.gather(*(_press(stage, who, label) for who, label in people))
    await stage.tick()
    told = stage.channel.posts[before:]
    assert sum(late in plain(post.text) for post in told) == 1
    assert sum("Họp tổ." in post.text for post in told if post.chat.startswith("nhom")) == groups


async def _press(stage: Stage, who: str, label: str) -> None:
    found = stage.last_with(who, label)
    assert found
    _, choice = found
    message = stage.message(who, who, press=choice.action, press_id="p", addressed=True)
    await stage.road.take(stage.channel, message)
