"""What the road in counts: once for each thing, and only what was kept."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from bot.house import House
from bot.receive import poll
from bot.turn import Turn
from domain.message import Ignored
from scheduler.telemetry import Count
from storage.store import StorageError, Store
from tests.bot.test_receive import Finished, ScriptedRoad, ScriptedSource
from tests.bot.test_road import another
from tests.messenger import WITH_BUTTONS
from tests.player import Player
from tests.stage import Stage

FAQ = "cách tạo tài khoản dịch vụ công"
UNKNOWN = "/hoi quạt cây ở nhà văn hoá hỏng thì báo ai sửa"


@pytest.fixture
def stage(store: Store, house: House, now: datetime, runner: asyncio.Runner) -> Stage:
    return runner.run(Stage.open(store, house, WITH_BUTTONS, now))


def counted(stage: Stage, name: str) -> dict[str, float]:
    """The values of a metric that are not zero, by its last label."""
    families = stage.road.telemetry.registry.collect()
    samples = [each for family in families for each in family.samples if each.name == f"loa_{name}"]
    return {[*each.labels.values()][-1]: each.value for each in samples if each.value}


async def test_an_update_is_counted_by_what_came_of_it(stage: Stage) -> None:
    asked = stage.message("lan", "lan", text="/toi")
    talk = stage.message("nguoi_la", "nhom_suoi", text="họp nhé")
    for update in (asked, asked, Ignored("7"), talk):
        await stage.take(update)
    assert counted(stage, "update_seconds_count") == {"worked": 2, "repeated": 1, "ignored": 1}


async def test_what_a_fault_undid_is_not_counted(stage: Stage) -> None:
    def stumble(turn: Turn) -> None:
        turn.count(Count.QUESTIONS, "answered")
        raise ValueError

    stage.road = another(stage, stumble)
    await stage.take(stage.message("lan", "lan", text=FAQ))
    assert counted(stage, "update_seconds_count") == {"failed": 1}
    assert counted(stage, "questions_total") == {}


ASKS: dict[str, tuple[list[dict[str, Any]], dict[str, float]]] = {
    "answered": ([{"as": "lan", "says": f"hoi {FAQ}"}], {"answered": 1}),
    "offered": (
        [{"as": "lan", "says": "nộp hồ sơ cho mẹ già"}, {"as": "lan", "says": "1"}],
        {"offered": 1, "answered": 1},
    ),
    "overheard": (
        [
            {"as": "xa1", "in": "nhom_suoi", "says": "loa nghe nhóm bật"},
            {"as": "lan", "in": "nhom_suoi", "says": FAQ, "addressed": False},
        ],
        {"overheard": 1},
    ),
    "missed": ([{"as": "lan", "says": UNKNOWN}] * 2, {"missed": 2, "ticket": 1}),
    "reopened": (
        [
            {"as": "lan", "says": UNKNOWN},
            {"as": "xa1", "says": "trả lời 1 Báo trưởng thôn nhé."},
            {"as": "lan", "says": "vẫn chưa được ạ"},
        ],
        {"missed": 1, "ticket": 1, "reopened": 1},
    ),
    "no question": ([{"as": "lan", "says": "/toi"}], {}),
}
"""What is said, and what is counted of it."""


@pytest.mark.parametrize("what", ASKS)
async def test_a_question_is_counted_by_what_became_of_it(what: str, stage: Stage) -> None:
    steps, outcomes = ASKS[what]
    await Player(stage).play(steps)
    assert counted(stage, "questions_total") == outcomes


async def test_a_report_is_counted_by_its_kind(stage: Stage) -> None:
    nothing = [{"says": "không có hoạt động"}, {"presses": "Đúng, không có hoạt động"}]
    await Player(stage).play([{"as": "lan", "in": "nhom_suoi", **step} for step in nothing])
    assert counted(stage, "reports_total") == {"nothing": 1}
    full = "nop ho so 9 nguoi, mua hang tren mang 2 nguoi, con lai khong co"
    handed = [{"says": f"bao cao {full}"}, {"says": "bo qua"}, {"presses": "Gửi báo cáo"}]
    await Player(stage).play([{"as": "hung", "in": "nhom_doi", **step} for step in handed])
    assert counted(stage, "reports_total") == {"nothing": 1, "submitted": 1}


async def test_a_platform_that_answers_is_heard() -> None:
    source, road = ScriptedSource([[5], []]), ScriptedRoad()
    with pytest.raises(Finished):
        await poll(source, road, None)
    assert road.answers == [source.account] * 2


async def test_when_a_platform_was_heard_is_told(stage: Stage) -> None:
    await stage.road.keep("memory", "1", "{}")
    labels = {"account": "memory"}
    registry = stage.road.telemetry.registry
    assert registry.get_sample_value("loa_heard_timestamp_seconds", labels)


async def test_an_update_that_the_database_cannot_take_is_an_outage(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise StorageError("database is locked")

    monkeypatch.setattr(stage.store, "write", refuse)
    with pytest.raises(StorageError):
        await stage.road.take(stage.channel, stage.message("lan", "lan", text="/toi"))
    assert counted(stage, "update_seconds_count") == {"outage": 1}
