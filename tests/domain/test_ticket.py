from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.broadcast import QuietHours
from domain.faq import Abbreviations, Entry
from domain.ticket import TicketRules, alike, promises, reformulates

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = QuietHours(time(21), time(6), ZONE)
AMONG = [
    Entry("fee", "", "Lệ phí chứng thực bản sao là bao nhiêu?", "Xem bảng niêm yết.", ""),
    Entry("card", "", "Làm lại thẻ căn cước ở đâu?", "Công an xã.", ""),
    Entry("road", "", "Khi nào làm đường liên thôn?", "Theo kế hoạch của xã.", ""),
]


def local(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        (1, local(20, 9), local(21, 9)),
        (2, local(20, 9), local(20, 17)),
        (7, local(20, 9), local(20, 17)),
        (2, local(20, 15), local(21, 6)),
        (0, local(20, 9), local(21, 9)),
    ],
)
def test_each_rung_has_its_time_and_none_is_woken(
    told: int, now: datetime, expected: datetime
) -> None:
    rules = TicketRules((timedelta(hours=24), timedelta(hours=8)))
    assert rules.climb_at(told, now.astimezone(UTC), NIGHT) == expected


def test_open_questions_that_ask_the_same_are_found() -> None:
    others = {
        7: "bò nhà tôi bị lở mồm long móng phải gọi ai",
        8: "bo bi lo mom long mong goi ai",
        9: "bao giờ cắt điện ở thôn",
        10: "làm lại thẻ căn cước ở đâu",
    }
    question = "Bò bị lở mồm long móng thì gọi ai?"
    found = alike(question, others, AMONG, Abbreviations(), 0.6)
    assert found == [7, 8]


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        ("tạo tài khoản thế nào", "tài khoản tạo ở đâu", True),
        ("tạo tài khoản thế nào", "tao tai khoan the nao", False),
        ("tạo tài khoản thế nào", "bao giờ có điện", False),
        ("tạo tài khoản", "tài khoản dịch vụ công trực tuyến", True),
        ("tạo tài khoản", "😀", False),
    ],
)
def test_the_same_in_other_words(earlier: str, later: str, expected: bool) -> None:
    assert reformulates(later, earlier) is expected


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        ("Để em hỏi lại rồi trả lời sau nhé", True),
        ("dạ vâng để mình xem đã", True),
        ("cho toi kiem tra lai", True),
        ("Để em bé ở nhà, mang căn cước ra xã", False),
        ("Để em hỏi chị Hoa, còn bà con cứ mang thẻ căn cước ra công an xã", False),
        ("Báo trưởng thôn nhé", False),
    ],
)
def test_a_promise_is_no_answer(text: str, promised: bool) -> None:
    assert promises(text) is promised
