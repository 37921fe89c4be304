import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import clean, fold, has_diacritics, nfc, shorten, split_message, words

ANY_TEXT = st.text(alphabet=st.characters(), max_size=80)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Báo Cáo", "bao cao"),
        ("/baocao", "baocao"),
        ("Đăng ký", "dang ky"),
        ("ĐƯỜNG", "duong"),
        ("hoà bình", "hoa binh"),
        ("hòa bình", "hoa binh"),
        ("thuỷ", "thuy"),
        ("thủy", "thuy"),
        ("1.200 hộ, 12,5%", "1.200 ho 12,5"),
        ("v1.2", "v1.2"),
        ("cuối câu 12.", "cuoi cau 12"),
        ("30/2020/NĐ-CP", "30 2020 nd cp"),
        ("dich_vu-cong", "dich vu cong"),
        ("  nhiều \n\t chỗ trống ", "nhieu cho trong"),
        ("１２ ٣", "12 3"),
        ("🙂🙂", ""),
        ("", ""),
    ],
)
def test_fold_gives_bare_lower_case_words(written: str, folded: str) -> None:
    assert fold(written) == folded
    assert fold(unicodedata.normalize("NFD", written)) == folded


@given(ANY_TEXT)
def test_fold_twice_is_fold_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_words_are_the_folded_ones() -> None:
    assert words("Tổ công nghệ, thôn 3!") == ["to", "cong", "nghe", "thon", "3"]


@pytest.mark.parametrize(
    ("text", "marked"),
    [("xã", True), ("đi", True), ("Đ", True), ("xa di 12", False), ("", False)],
)
def test_diacritics_are_noticed(text: str, marked: bool) -> None:
    assert has_diacritics(text) is marked
    assert has_diacritics(unicodedata.normalize("NFD", text)) is marked


@pytest.mark.parametrize(
    ("dirty", "kept"),
    [
        ("  xin chào\r\nbạn ", "xin chào\nbạn"),
        ("ẩn\u200bgiấu\ufeff", "ẩngiấu"),
        ("\u202etxt.exe", "txt.exe"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("một\thai", "một hai"),
        ("lẻ \ud83d loi", "lẻ  loi"),
        ("\u200b", ""),
    ],
)
def test_clean_text_has_nothing_invisible(dirty: str, kept: str) -> None:
    assert clean(dirty) == kept


def test_clean_composes_letters() -> None:
    assert clean("e\u0302\u0301") == nfc("ế") == "ế"


@pytest.mark.parametrize(
    ("text", "n", "short"),
    [
        ("vừa đủ", 6, "vừa đủ"),
        ("Công văn về chuyển đổi số", 10, "Công văn…"),
        ("Công văn về chuyển đổi số", 9, "Công văn…"),
        ("Công văn, về chuyển đổi", 11, "Công văn…"),
        ("mộttừrấtdài", 5, "mộtt…"),
        ("ab", 1, "…"),
    ],
)
def test_shorten_cuts_at_a_word(text: str, n: int, short: str) -> None:
    assert shorten(text, n) == short


@given(ANY_TEXT, st.integers(1, 40))
def test_shortened_text_fits(text: str, n: int) -> None:
    assert len(shorten(text, n)) <= n


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 10, []),
        (" \n ", 10, []),
        ("ngắn", 10, ["ngắn"]),
        ("đoạn một.\n\nđoạn hai. còn nữa", 20, ["đoạn một.", "đoạn hai. còn nữa"]),
        ("Câu đầu dài. Câu hai cũng dài", 20, ["Câu đầu dài.", "Câu hai cũng dài"]),
        ("a.\n\nmột hai ba bốn năm", 12, ["a.\n\nmột hai", "ba bốn năm"]),
        ("mộthaibabốn", 4, ["mộth", "aiba", "bốn"]),
        ("🙂🙂🙂", 5, ["🙂🙂", "🙂"]),
    ],
)
def test_a_long_message_is_cut_where_a_reader_would(
    text: str, limit: int, parts: list[str]
) -> None:
    assert split_message(text, limit) == parts


@given(ANY_TEXT, st.integers(2, 30))
def test_parts_fit_and_lose_nothing_but_spaces(text: str, limit: int) -> None:
    parts = split_message(text, limit)
    assert all(_units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_message_needs_room() -> None:
    with pytest.raises(ValueError, match="holds no text"):
        split_message("a", 1)


def _units(text: str) -> int:
    return len(text) + sum(sign > "\uffff" for sign in text)
