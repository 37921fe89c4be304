import pytest

from domain.search import Match, match, passage, searched, wanted

NUMBER = "793/BTTTT-THH"
FOLDED = searched(NUMBER, "Bộ Thông tin và Truyền thông", "Tổ công nghệ số cộng đồng", "an toàn số")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("793", "793"),
        ("văn bản số 793", "793"),
        ("793/BTTTT", "793 btttt"),
        ("ve to cong nghe so", "to cong nghe so"),
        ("tìm văn bản về chuyển đổi số của xã", "chuyen doi so xa"),
        ("công văn 12", "12"),
        ("của các", ""),
        ("😀 !", ""),
    ],
)
def test_words_around_what_is_looked_for_are_left_out(typed: str, words: str) -> None:
    assert wanted(typed) == words.split()


@pytest.mark.parametrize(
    ("typed", "how"),
    [
        ("793", Match.NUMBER),
        ("793/bttt", Match.NUMBER),
        ("793 bttt thh", Match.NUMBER),
        ("793bttt", Match.NUMBER),
        ("793 thông tin", Match.NUMBER),
        ("79", None),
        ("7", None),
        ("93", None),
        ("bttt", Match.WORDS),
        ("to cong nghe so", Match.PHRASE),
        ("công nghệ tổ", Match.WORDS),
        ("an toan so", Match.PHRASE),
        ("bộ thông tin cộng đồng", Match.WORDS),
        ("cong ngh", None),
        ("cộng đồng xã", None),
    ],
)
def test_a_document_is_found_by_number_and_by_words(typed: str, how: Match | None) -> None:
    assert match(NUMBER, FOLDED, wanted(typed)) is how


@pytest.mark.parametrize(
    ("text", "sought", "shown"),
    [
        ("Một hai ba bốn năm sáu bảy tám", "bay", "… hai ba bốn năm sáu bảy tám"),
        ("Một số việc. Chuyển đổi số là", "chuyen doi so", "Một số việc. Chuyển đổi số là"),
        ("Công-nghệ/số\nở xã", "so", "Công-nghệ/số ở xã"),
        ("không có", "gi", "không có"),
        ("", "gi", ""),
    ],
)
def test_the_passage_shows_where_the_words_stand(text: str, sought: str, shown: str) -> None:
    assert passage(text, sought.split()) == shown


def test_a_passage_is_short() -> None:
    found = passage("trước " * 50 + "ở đây " + "sau " * 500, ["day"], 40)
    assert "đây" in found
    assert len(found) <= 42
