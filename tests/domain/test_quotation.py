import pytest

from domain.quotation import LONGEST, asked_words, quotation, weights

PAGE = """UBND TỈNH
Điều 3. Kinh phí
1. Mỗi tổ công nghệ số cộng đồng được hỗ trợ một lần để mua thiết bị. Kinh phí lấy từ ngân sách xã.
2. Thành viên của tổ được tập huấn mỗi năm hai lần.
Điều 4. Tổ trưởng do Chủ tịch UBND xã quyết định.
"""


def found(question: str, page: str = PAGE) -> str:
    quoted = quotation(question, page, weights(asked_words(question), 10, {}))
    return quoted.text if quoted else ""


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("Thành viên tổ được tập huấn mấy lần một năm?", "tập huấn mỗi năm hai lần"),
        ("thanh vien to tap huan may lan", "tập huấn mỗi năm hai lần"),
        ("Ai quyết định tổ trưởng?", "Tổ trưởng do Chủ tịch UBND xã"),
        ("to cong nghe so duoc ho tro mua thiet bi gi", "hỗ trợ một lần để mua thiết bị"),
    ],
)
def test_the_sentences_that_hold_the_question_are_quoted(question: str, passage: str) -> None:
    assert passage in found(question)


@pytest.mark.parametrize("question", ["", "?", "là gì", "kinh phí", "lịch cắt điện tuần này ở xóm"])
def test_what_a_page_does_not_say_is_not_quoted(question: str) -> None:
    assert found(question) == ""


def test_a_quotation_is_short_and_word_for_word() -> None:
    page = "Mở đầu. " + "Hỗ trợ mua thiết bị cho tổ. " * 60
    text = found("hỗ trợ mua thiết bị cho tổ", page)
    assert 0 < len(text) <= LONGEST
    assert text.rstrip("…") in " ".join(page.split())


def test_a_rare_word_tells_more_than_one_that_every_file_has() -> None:
    weight = weights(["to", "drone"], 100, {"to": 100, "drone": 1})
    assert weight["drone"] > 4 * weight["to"]


def test_more_of_the_question_scores_higher() -> None:
    question = "thành viên tổ được tập huấn mấy lần"
    weight = weights(asked_words(question), 10, {})
    whole = quotation(question, PAGE, weight)
    part = quotation(question, "Thành viên tổ đi tập văn nghệ.", weight)
    assert whole
    assert part
    assert whole.score > part.score
