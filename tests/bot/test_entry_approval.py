"""Where a second coordinator approves, an answer becomes an entry only then."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.faq import FaqRules
from storage.store import Store
from tests.messenger import SURFACES
from tests.player import Player
from tests.stage import Stage, make_house

ASKED = "quạt cây ở nhà văn hoá hỏng thì báo ai sửa"
BEGUN: list[dict[str, Any]] = [
    {"as": "lan", "says": ASKED, "hears": ["câu hỏi số 1"]},
    {"as": "xa1", "says": "trả lời 1 Báo trưởng thôn nhé."},
    {"as": "xa1", "presses": "Thêm vào hỏi đáp", "hears": ["Giữ nguyên"]},
    {"as": "xa1", "presses": "Giữ nguyên"},
    {
        "as": "xa1",
        "presses": "Không có văn bản",
        "hears": ["Đã gửi cán bộ điều phối khác xem giúp (mục 1)"],
        "hears_in": {"tinh": ["Xa1 đề nghị", "quạt cây", "Báo trưởng thôn nhé.", "Duyệt mục 1"]},
        "silent_in": ["xa2", "lan"],
    },
]
APPROVED: list[dict[str, Any]] = [
    {"as": "xa1", "says": "duyệt mục 1", "hears": ["cần một cán bộ điều phối khác duyệt"]},
    {"as": "xa2", "says": "duyệt mục 1", "hears": ["cần quyền điều phối"]},
    {"as": "tinh", "says": "duyệt mục", "hears": ["kèm số của mục"]},
    {
        "as": "tinh",
        "presses": "Duyệt mục 1",
        "hears": ["Tinh đã duyệt"],
        "hears_in": {"xa1": ["Tinh đã duyệt", "quạt cây"]},
    },
    {"as": "hung", "says": ASKED, "hears": ["Báo trưởng thôn nhé.", "cán bộ thứ hai kiểm tra"]},
    {"as": "phong", "says": "bỏ mục 1", "hears": ["đã có người quyết định"]},
    {"as": "xa1", "says": "sửa trả lời 1 Báo chị Hoa nhé.", "hears": ["Thêm vào hỏi đáp"]},
    {"as": "hung", "says": ASKED, "hears": ["câu hỏi số 2"]},
]
REFUSED: list[dict[str, Any]] = [
    {
        "as": "tinh",
        "presses": "Bỏ mục 1",
        "hears": ["Tinh đã bỏ"],
        "hears_in": {"xa1": ["Tinh đã bỏ"]},
    },
    {"as": "hung", "says": ASKED, "hears": ["câu hỏi số 2"]},
]


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("steps", [APPROVED, REFUSED], ids=["approved", "refused"])
async def test_another_coordinator_decides(
    store: Store, now: datetime, surface: str, steps: list[dict[str, Any]]
) -> None:
    house = replace(make_house(), faq_rules=FaqRules(second_approval=True))
    stage = await Stage.open(store, house, SURFACES[surface], now)
    await Player(stage).play(BEGUN + steps)
