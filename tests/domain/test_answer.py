from decimal import Decimal

import pytest

from domain.answer import LONGEST_TEXT, BadValue, Photo, read_value
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
