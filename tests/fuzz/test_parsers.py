"""Parsers of what people write: any text is understood or refused, and never more than that."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st

from bot.data_sets import load_data_sets
from bot.faq import load_abbreviations, open_faq
from domain.answer import BadValue, read_value
from domain.code import looks_like_code, read_code
from domain.day import parse_day, parse_days
from domain.markup import from_markdown, plain, split
from domain.masking import mask
from domain.moment import parse_moment
from domain.number import NumberError, find_numbers, parse_number
from domain.period import Period
from domain.phone import parse_phone
from domain.place import read_place
from domain.quotation import asked_words, quotation
from domain.search import passage, wanted
from domain.sentence import fill
from domain.text import clean, fold, shorten, split_message
from domain.xlsform_logic import Names, condition, constraint
from tests.fuzz.spoiling import worded
from tests.fuzz.trying import tried

NOW = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
TODAY = date(2026, 11, 20)
DATA_SETS = list(load_data_sets().values())
ELEMENTS = [element for each in DATA_SETS for element in each.elements]
ABBREVIATIONS = load_abbreviations()
FAQ = open_faq()
NAMES = Names({"households": "homes", "active": "active"}, {"active": {"yes": "1"}})

Parser = Callable[[str], object]


def number(text: str) -> None:
    with suppress(NumberError):
        assert parse_number(text).value.is_finite()


def numbers(text: str) -> None:
    assert all(found is not None for found in find_numbers(text))


def answers(text: str) -> None:
    for element in ELEMENTS:
        with suppress(BadValue):
            read_value(text, element)


def sentence(text: str) -> None:
    for data_set in DATA_SETS:
        fill(text, data_set, ABBREVIATIONS)


def folded(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    clean(text).encode()
    assert len(shorten(text, 20)) <= 20


def parts(text: str) -> None:
    assert all(
        len(each.encode("utf-16-le", "surrogatepass")) <= 80 for each in split_message(text, 40)
    )
    assert "".join("".join(split_message(text, 40)).split()) == "".join(text.split())


def marked_up(text: str) -> None:
    for html in split(from_markdown(text), 40):
        plain(html)


def question(text: str) -> None:
    for hit in FAQ.search(text, 3):
        assert hit.score >= 0


def quoted(text: str) -> None:
    weight = dict.fromkeys(asked_words(text), 1.0)
    quotation(text, f"Điều 1. {text}\n\nĐiều 2.", weight)
    passage(text, wanted(text))


def of_value(read: Parser) -> Parser:
    """A parser that refuses by ValueError."""

    def parse(text: str) -> None:
        with suppress(ValueError):
            read(text)

    return parse


PARSERS: dict[str, tuple[Parser, list[str]]] = {
    "number": (number, ["1.200", "1tr2", "ba mươi lăm", "khoảng 12 hộ", "1,5 triệu", "-3", "½"]),
    "numbers in a sentence": (
        numbers,
        ["hướng dẫn 12 hộ, 5 người cài, chưa có vụ nào", "30-40 hộ"],
    ),
    "answer": (answers, ["12", "có", "không", "a", "21.8, 105.2", "bỏ qua", "1.200 hộ"]),
    "report in a sentence": (
        sentence,
        ["hướng dẫn 12 hộ nộp hồ sơ, 5 người cài VNeID, chưa có vụ lừa đảo nào", "còn lại 0"],
    ),
    "day": (of_value(lambda text: parse_day(text, TODAY)), ["9/9/2026", "hôm nay", "2026-09-09"]),
    "days": (of_value(lambda text: parse_days(text, TODAY)), ["từ 10/12 đến 15/12", "10-15/12"]),
    "moment": (of_value(lambda text: parse_moment(text, NOW)), ["8h sáng mai", "14:30 25/11"]),
    "period": (of_value(Period.parse), ["2026W47", "202611", "2026Q4"]),
    "phone": (of_value(parse_phone), ["0912 345 678", "+84 208.3852.123", "912345678"]),
    "place": (of_value(read_place), ["21.8, 105.2", "https://maps.google.com/?q=21.8,105.2"]),
    "code": (lambda text: (read_code(text), looks_like_code(text)), ["ABCD-2345", "abcd2345"]),
    "folding": (folded, ["Hoà-Bình, 1.200 hộ Đăng ký!", "ĐẶNG"]),
    "messages of a length": (parts, ["Một đoạn dài hơn bốn mươi chữ. Hai câu.\n\nĐoạn nữa."]),
    "markup": (marked_up, ["**đậm** _nghiêng_ [liên kết](https://a.vn)", "<b>a</b>", "# Đề mục"]),
    "masking": (lambda text: mask(text, lambda _: "…"), ["gọi 0912345678", "CCCD 012345678901"]),
    "question": (question, ["cách cài VNeID", "lam sao nop ho so", "hỏi gì thế"]),
    "quotation": (quoted, ["khoản 2 điều 5 nói gì", "bao lâu thì xong"]),
    "form's condition": (
        of_value(lambda text: condition(text, NAMES)),
        ["${households} > 0", "selected(${active}, 'yes')"],
    ),
    "form's constraint": (
        of_value(lambda text: constraint(text, "households", NAMES, whole=True)),
        [". >= 0 and . <= 500"],
    ),
}


@pytest.mark.parametrize("name", PARSERS)
@tried(data=st.data())
def test_any_text_is_understood_or_refused(name: str, data: st.DataObject) -> None:
    parse, valid = PARSERS[name]
    parse(data.draw(worded(valid)))
