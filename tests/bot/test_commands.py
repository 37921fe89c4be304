import pytest

from bot.commands import Call, Vocabulary


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.load()


@pytest.mark.parametrize(
    "text",
    [
        "đã nhận",
        "da nhan ah",
        "Nhận rồi ạ",
        "ok đã nhận",
        "Dạ tổ em đã nhận được rồi ạ!",
        "TO 5 DA NHAN",
        "thôn em đã nhận văn bản, cảm ơn",
        "✓ Đã nhận",
        "da nhan dc vb roi",
    ],
)
def test_an_acknowledgement_may_stand_among_polite_words(vocabulary: Vocabulary, text: str) -> None:
    assert vocabulary.parse(text) == Call("acknowledge")


@pytest.mark.parametrize(
    "text",
    [
        "đã nhận chưa",
        "ai đã nhận tiền",
        "chưa nhận được",
        "em đã nhận lương rồi",
        "dạ",
        "rồi ạ",
        "dạ báo cáo ạ",
        "5",
    ],
)
def test_what_is_no_acknowledgement_is_none(vocabulary: Vocabulary, text: str) -> None:
    assert vocabulary.parse(text) is None


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("Dừng!", True),
        ("dung", True),
        ("DUNG LAI", True),
        ("hủy", True),
        ("Huỷ", True),
        ("đúng", False),
        ("dùng", False),
        ("Đúng rồi", False),
    ],
)
def test_a_word_with_other_marks_does_not_stop(
    vocabulary: Vocabulary, text: str, stops: bool
) -> None:
    assert vocabulary.stops(text) is stops


@pytest.mark.parametrize(
    ("text", "talk"),
    [
        ("Chàooo loaaa", "courtesy"),
        ("hôm nay trời đẹp quáaa nhỉ", "courtesy"),
        ("ngủ chưa loa ơi", "courtesy"),
        ("con bò", "courtesy"),
        ("bot nguuu quá", "anger"),
        ("do ngu vcl", "anger"),
        ("con bò nhà em ốm", ""),
        ("hôm nay trời mưa có họp không", ""),
        ("ngu như bò mà quạt vẫn hỏng", ""),
        ("😀", ""),
    ],
)
def test_small_talk_is_about_nothing(vocabulary: Vocabulary, text: str, talk: str) -> None:
    assert vocabulary.small_talk(text) == talk


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("duyet muc 3 nhe a", Call("approve_entry", "3")),
        ("tôi nhận câu 12 ạ", Call("take", "12")),
        ("/nghe tắt đi", Call("listen", "tắt")),
        ("tam dung nhe", Call("pause")),
        ("tien do hoc a", Call("course_progress")),
        ("câu hỏi chờ ạ", Call("tickets")),
        ("đáp án A", Call("quiz", "A")),
        ("trả lời 3 ra xã nhé", Call("answer", "3 ra xã nhé")),
        ("tiến độ học nhé", None),
    ],
)
def test_politeness_behind_is_no_part_of_a_command(
    vocabulary: Vocabulary, text: str, call: Call | None
) -> None:
    assert vocabulary.parse(text) == call


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("loa oi, VNeID la gi", Call("ask", "VNeID la gi")),
        ("Loa ơi câu hỏi chờ", Call("tickets")),
        ("LOA ƠI!", Call("ask")),
        ("chị ơi VNeID là gì", None),
        ("cái loa ơi là to", None),
    ],
)
def test_what_is_said_to_loa_by_name_is_for_it(
    vocabulary: Vocabulary, text: str, call: Call | None
) -> None:
    assert vocabulary.parse(text) == call
