from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.number import Fault, Number, NumberError, find_numbers, parse_number
from domain.text import fold

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("number_cases.yaml").read_text(encoding="utf-8")
)
ONES = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
TYPED = """không một hai mốt năm lăm mươi chục trăm linh nghìn triệu tỷ rưỡi vài có chưa nào khoảng
âm thôn 3 12 1.200 1tr2 - ~ , hộ biết ạ"""


@pytest.mark.parametrize("case", [case for case in CASES if "value" in case], ids=str)
def test_a_number_is_read_as_people_write_it(case: dict[str, Any]) -> None:
    expected = Number(Decimal(case["value"]), case.get("about", False), case.get("unit", ""))
    assert parse_number(case["text"]) == expected


@pytest.mark.parametrize("case", [case for case in CASES if "fault" in case], ids=str)
def test_what_is_no_clear_number_is_refused_with_its_reason(case: dict[str, Any]) -> None:
    with pytest.raises(NumberError) as refused:
        parse_number(case["text"])
    assert refused.value.fault is Fault(case["fault"])


@settings(max_examples=1000)
@given(st.integers(0, 999_999), st.randoms(use_true_random=False))
def test_every_whole_number_in_words_comes_back(value: int, chance: Any) -> None:
    typed = [fold(word) if chance.random() < 0.5 else word for word in spell(value, chance)]
    assert parse_number(" ".join(typed)) == Number(Decimal(value), False, "")


@given(st.text(max_size=60) | st.lists(st.sampled_from(TYPED.split()), max_size=12).map(" ".join))
def test_any_text_is_a_number_or_the_declared_error(text: str) -> None:
    try:
        number = parse_number(text)
    except NumberError:
        return
    assert 0 <= number.value < 10**12


@pytest.mark.parametrize("piece", ["một nghìn ", "chưa có vụ ", "khoảng ", "1 ", "9", "1a", "5 k "])
def test_a_very_long_text_is_read_without_harm(piece: str) -> None:
    with pytest.raises(NumberError):
        parse_number(piece * 10_000 + "1tr2")


def test_numbers_are_found_in_one_free_sentence() -> None:
    sentence = (
        "Tuần này hướng dẫn 12 hộ nộp hồ sơ, khoảng năm người cài VNeID, 3-4 tiểu thương, "
        "chưa có vụ lừa đảo nào."
    )
    found = find_numbers(sentence)
    assert [each.number for each in found] == [
        Number(Decimal(12), False, "hộ nộp hồ sơ"),
        Number(Decimal(5), True, "người cài VNeID"),
        Fault.AMBIGUOUS,
        Number(Decimal(0), False, "vụ lừa đảo"),
    ]
    spans = [sentence[each.start : each.end] for each in found]
    assert spans == ["12", "khoảng năm", "3-4", "chưa có vụ lừa đảo nào"]


def spell(value: int, chance: Any) -> list[str]:
    """The words of 0..999,999, choosing at random between the forms in use."""
    thousands, rest = divmod(value, 1000)
    if not thousands:
        return _below_thousand(rest, chance)
    head = [*_below_thousand(thousands, chance), chance.choice(["nghìn", "ngàn"])]
    if not rest:
        return head
    return (
        head + (["không", "trăm"] if rest < 100 else []) + _below_thousand(rest, chance, rest < 100)
    )


def _below_thousand(value: int, chance: Any, after_hundred: bool = False) -> list[str]:
    hundreds, rest = divmod(value, 100)
    head = [ONES[hundreds], "trăm"] if hundreds else []
    if hundreds and not rest:
        return head
    tens, ones = divmod(rest, 10)
    if not tens:
        link = [chance.choice(["linh", "lẻ"])] if hundreds or after_hundred else []
        return [*head, *link, ONES[ones]]
    return head + (["mười"] if tens == 1 else [ONES[tens], "mươi"]) + _after_ten(tens, ones, chance)


def _after_ten(tens: int, ones: int, chance: Any) -> list[str]:
    special = {1: ["mốt"], 4: ["tư", "bốn"], 5: ["lăm", "nhăm"]} if tens > 1 else {5: ["lăm"]}
    return [chance.choice(special.get(ones, [ONES[ones]]))] if ones else []
