"""An entry that cites a document is flagged to its author when that is replaced."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from storage.schema import document, unit
from storage.store import Store
from tests.messenger import WITH_BUTTONS
from tests.papers import paper
from tests.player import Player
from tests.stage import Stage, make_house

LEARNT: list[dict[str, Any]] = [
    {"as": "lan", "says": "quạt cây ở nhà văn hoá hỏng thì báo ai sửa"},
    {"as": "xa1", "says": "trả lời 1 Báo trưởng thôn nhé."},
    {"as": "xa1", "presses": "Thêm vào hỏi đáp"},
    {"as": "xa1", "presses": "Giữ nguyên"},
    {"as": "xa1", "says": "theo 12/qd-ubnd ngày 1/1", "hears": ["Đã thêm vào hỏi đáp"]},
    {"clock": "2026-11-20 10:00", "silent_in": ["xa1"]},
]
REPLACED: list[dict[str, Any]] = [
    {
        "clock": "2026-11-20 11:00",
        "hears_in": {
            "xa1": [
                "Văn bản 12/QĐ-UBND đã được thay bằng 34/QĐ-UBND",
                "quạt cây",
                "Báo trưởng thôn nhé.",
                "sửa trả lời 1",
                "bỏ câu trả lời hoi-1",
            ]
        },
        "silent_in": ["lan", "tinh"],
    },
    {"clock": "2026-11-20 12:00", "silent_in": ["xa1"]},
]


def add(c: Connection, number: str, now: datetime) -> int:
    top = c.execute(select(unit.c.id).where(unit.c.code == "T")).scalar_one()
    return paper(c, top, now, number=number)


async def test_the_author_is_told_once(store: Store, now: datetime) -> None:
    stage = await Stage.open(store, make_house(), WITH_BUTTONS, now)
    old = await store.write(add, "12/QĐ-UBND", now)
    player = Player(stage)
    await player.play(LEARNT)
    new = await store.write(add, "34/QĐ-UBND", now)
    replaced = update(document).where(document.c.id == old).values(replaced_by=new)
    await store.write(lambda c: c.execute(replaced).rowcount)
    await player.play(REPLACED)
