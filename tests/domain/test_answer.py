from decimal import Decimal

import pytest

from domain.answer import (
    LONGEST_TEXT,
    BadValue,
    Photo,
    kernel,
    picked_number,
    read_value,
    says_no,
    says_nothing,
    says_unsure,
    says_yes,
    without_politeness,
)
from domain.data_set import DataElement, Option, ValueType

HALLS = (Option("hall", "Nhà văn hoá"), Option("home", "Nhà trưởng thôn"), Option("other", "Khác"))


def element(kind: ValueType, **parts: object) -> DataElement:
    return DataElement("a", "A", "A?", kind, **parts)  # type: ignore[arg-type]  # a test's own parts


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (ValueType.WHOLE, "mười hai hộ", 12),
        (ValueType.WHOLE, "chưa có", 0),
        (ValueType.DECIMAL, "12,5", Decimal("12.5")),
        (ValueType.YES_NO, "Dạ có ạ", 1),
        (ValueType.YES_NO, "chua co", 0),
        (ValueType.YES_NO, "ko", 0),
        (ValueType.CHOICE, "nha van hoa", "hall"),
        (ValueType.CHOICE, "HOME", "home"),
        (ValueType.CHOICE, "trưởng thôn", "home"),
        (ValueType.PLACE, "21.02776, 105.85222", "21.02776,105.85222"),
        (ValueType.TEXT, "máy yếu", "máy yếu"),
    ],
)
def test_an_answer_is_understood(kind: ValueType, text: str, value: Decimal | str | int) -> None:
    options = HALLS if kind is ValueType.CHOICE else ()
    assert read_value(text, element(kind, options=options)) == value


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        (ValueType.WHOLE, "12,5", "not_whole"),
        (ValueType.WHOLE, "1", "too_small"),
        (ValueType.WHOLE, "101", "too_big"),
        (ValueType.WHOLE, "-3", "negative"),
        (ValueType.WHOLE, "1tr2", "ambiguous"),
        (ValueType.WHOLE, "nhiều", "not_a_number"),
        (ValueType.YES_NO, "có lẽ", "yes_or_no"),
        (ValueType.YES_NO, "", "yes_or_no"),
        (ValueType.CHOICE, "nhà", "which_option"),
        (ValueType.CHOICE, "", "which_option"),
        (ValueType.PHOTO, "ảnh đây", "photo_please"),
        (ValueType.PLACE, "đầu làng", "place_please"),
        (ValueType.TEXT, "", "text_length"),
        (ValueType.TEXT, "x" * (LONGEST_TEXT + 1), "text_length"),
    ],
)
def test_what_is_no_answer_gets_a_reason(kind: ValueType, text: str, why: str) -> None:
    asked = element(kind, options=HALLS, least=Decimal(2), most=Decimal(100))
    with pytest.raises(BadValue) as caught:
        read_value(text, asked)
    assert caught.value.why == why


@pytest.mark.parametrize("photo", [Photo(7), Photo(7, "Họp thôn 3")])
def test_a_photo_is_a_value_and_back(photo: Photo) -> None:
    assert Photo.of(photo.value) == photo


@pytest.mark.parametrize("text", ["không", "Dạ không có gì ạ", "ko có gì cả", "chưa", "k"])
def test_nothing_to_say_is_recognised(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["không có sóng", "có", "chưa có máy", ""])
def test_something_is_not_taken_for_nothing(text: str) -> None:
    assert not says_nothing(text)


@pytest.mark.parametrize("text", ["Đúng rồi ạ", "dạ vâng", "ok", "ừ", "có luôn", "phải"])
def test_a_yes_is_recognised(text: str) -> None:
    assert says_yes(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", "5"),
        ("câu 5 ạ", "5"),
        ("(2)", "2"),
        ("dạ em chọn câu thứ hai", "2"),
        ("cau dau tien", "1"),
        ("thứ hai", ""),  # Monday
        ("tổ 5", ""),
        ("1.500", ""),
        ("câu nào", ""),
    ],
)
def test_a_number_picks_among_words_that_only_pick(text: str, number: str) -> None:
    assert picked_number(text) == number


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("ko phải câu nào cả ạ", True),
        ("chua dung y", True),
        ("không cần", True),
        ("không biết nộp ở đâu", False),
        ("câu nào", False),
        ("", False),
    ],
)
def test_what_is_no_more_than_a_no(text: str, refused: bool) -> None:
    assert says_no(text) is refused


@pytest.mark.parametrize(
    ("text", "unsure"),
    [
        ("ko nho", True),
        ("em không nhớ rõ nữa ạ", True),
        ("chưa biết", True),
        ("21/KH-UBND", False),
        ("không có trong kế hoạch 21", False),
        ("biết", False),
        ("", False),
    ],
)
def test_what_is_no_more_than_not_knowing(text: str, unsure: bool) -> None:
    assert says_unsure(text) is unsure


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("ok giữ nguyên nhé", "giu nguyen"),
        ("vâng ạ", "vang"),
        ("ok", "ok"),
        ("giữ", "giu"),
        ("nhé", ""),
    ],
)
def test_the_kernel_of_an_answer(text: str, rest: str) -> None:
    assert kernel(text) == rest


@pytest.mark.parametrize(
    ("text", "rest"), [("3 nhé ạ", "3"), ("tắt đi", "tắt"), ("#4", "#4"), ("nhé", ""), ("", "")]
)
def test_politeness_behind_is_left_out(text: str, rest: str) -> None:
    assert without_politeness(text) == rest
