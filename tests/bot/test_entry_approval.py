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
    {"as": "phong", "says": "bo muc 1 nhe a", "hears": ["Tinh đã duyệt mục 1 rồi"]},
    {"as": "phong", "says": "duyệt mục 7", "hears": ["Không có mục 7"]},
    {"as": "lan", "says": "duyệt mục 1", "hears": ["cần quyền điều phối"]},
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


KNOWN = "địa chỉ đúng của Cổng Dịch vụ công quốc gia là gì"
STANDING_IN: list[dict[str, Any]] = [
    {"as": "hung", "says": "nhà văn hoá có máy in không", "hears": ["câu hỏi số 2"]},
    {"as": "xa1", "says": "trả lời 2 Có, gặp chị Hoa nhé."},
    {"as": "xa1", "presses": "Thêm vào hỏi đáp"},
    {"as": "xa1", "says": KNOWN, "hears": [KNOWN, "Giữ nguyên"]},
    {"as": "xa1", "says": "ok giu", "hears": ["dựa vào văn bản"]},
    {"as": "xa1", "says": "em ko nho ro a", "hears": ["ở Xã Một mình trả lời thay cho mục trên"]},
    {
        "as": "xa1",
        "says": "cau tra loi rieng cho xa",
        "hears": ["(mục 2)"],
        "hears_in": {"tinh": ["Cán bộ điều phối Xã Một", "Ở Xã Một", "thay cho câu", "Cổng"]},
    },
    {"as": "xa1", "says": "tình hình hỏi đáp", "hears": ["mục 1: quạt cây", "mục 2: địa chỉ"]},
    {"as": "tinh", "says": "duyet muc 2 nhe", "hears": ["Tinh đã duyệt"]},
    {"as": "hung", "says": KNOWN, "hears": ["gặp chị Hoa nhé."]},
]


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(
    "steps", [APPROVED, REFUSED, STANDING_IN], ids=["approved", "refused", "standing in"]
)
async def test_another_coordinator_decides(
    store: Store, now: datetime, surface: str, steps: list[dict[str, Any]]
) -> None:
    house = replace(make_house(), faq_rules=FaqRules(second_approval=True))
    stage = await Stage.open(store, house, SURFACES[surface], now)
    await Player(stage).play(BEGUN + steps)
