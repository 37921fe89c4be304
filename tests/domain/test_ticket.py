from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.broadcast import QuietHours
from domain.faq import Abbreviations, Entry
from domain.ticket import TicketRules, alike, complains, promises, reformulates, settles

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


@pytest.mark.parametrize(
    ("text", "complained"),
    [
        ("vẫn chưa được ạ", True),
        ("van chua dc a", True),
        ("em làm rồi mà không được", True),
        ("em lam roi ma ko dc", True),
        ("không phải cái em hỏi", True),
        ("ko phai cai em hoi", True),
        ("dạ vẫn không vào được, nó báo sai mật khẩu", True),
        ("em làm theo hướng dẫn rồi mà vẫn báo lỗi 404", True),
        ("em thử rồi nhưng không được", True),
        ("chưa được bạn ơi", True),
        ("ko dc", True),
        ("vẫn bị lỗi", True),
        ("nó vẫn báo lỗi thế", True),
        ("em không hỏi cái đó", True),
        ("em hỏi cái khác cơ", True),
        ("không phải ý em muốn hỏi", True),
        ("ơ em làm như thế rồi mà nó không chạy", True),
        ("cũng không được ạ", True),
        ("em vẫn chưa làm được", True),
        ("làm xong vẫn không được", True),
        ("em nộp hồ sơ rồi mà không thấy kết quả thì làm thế nào", False),
        ("quạt cây ở nhà văn hoá hỏng thì báo ai sửa", False),
        ("không được nhận trợ cấp thì hỏi ai", False),
        ("chưa có căn cước thì làm được không", False),
        ("làm căn cước xong bao lâu thì có", False),
        ("hỏi cách lấy lại mật khẩu", False),
        ("làm sao để nộp hồ sơ", False),
        ("em hỏi cách nộp hồ sơ", False),
        ("mẹ em vẫn chưa có thẻ bảo hiểm thì làm thế nào", False),
        ("không đăng nhập được vneid", False),
        ("em vào vneid rồi mà không thấy thẻ", False),
        ("không phải trả phí đúng không", False),
        ("em làm thẻ rồi mà chưa thấy trả", False),
    ],
)
def test_what_says_that_an_answer_did_not_help_makes_no_sense_alone(
    text: str, complained: bool
) -> None:
    assert complains(text) is complained


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("em làm được rồi ạ, cảm ơn bạn", True),
        ("dc roi a", True),
        ("xong rồi nhé", True),
        ("được rồi nhưng bước sau báo lỗi", False),
        ("làm được thẻ thì nhận ở đâu", False),
        ("em làm rồi mà không được", False),
        ("nộp xong rồi bao lâu có kết quả", False),
        ("cảm ơn bạn, còn con bò nhà mình lở mồm long móng thì gọi thú y xã", False),
    ],
)
def test_thanks_for_an_answer_are_no_question(text: str, settled: bool) -> None:
    assert settles(text) is settled
