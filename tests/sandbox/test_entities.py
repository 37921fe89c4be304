import pytest

from sandbox.entities import detect, joined, part, trimmed, utf16
from sandbox.facts import Entity


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/baocao", [("bot_command", "/baocao")]),
        ("gửi /start@loa_bot ABC", [("bot_command", "/start@loa_bot")]),
        ("và/hoặc 1/2", []),
        ("😀 @loa_bot ơi", [("mention", "@loa_bot")]),
        ("xem https://gov.vn/a?b=1.", [("url", "https://gov.vn/a?b=1")]),
        ("xem dichvucong.gov.vn nhé", [("url", "dichvucong.gov.vn")]),
        ("thư a.b@so.gov.vn", [("email", "a.b@so.gov.vn")]),
        ("#TổCôngNghệSố #1", [("hashtag", "#TổCôngNghệSố")]),
        ("gọi +84912345678", [("phone_number", "+84912345678")]),
        ("1.200 hộ, ngày 12/8", []),
    ],
)
def test_plain_text_has_entities(text: str, found: list[tuple[str, str]]) -> None:
    assert [(entity.type, part(text, entity)) for entity in detect(text)] == found


def test_lengths_are_utf16_units() -> None:
    assert utf16("a😀ế") == 4


def test_trimming_moves_and_cuts_entities() -> None:
    text, entities = trimmed("  xin chào \n", [Entity("bold", 0, 5), Entity("italic", 10, 2)])
    assert (text, entities) == ("xin chào", (Entity("bold", 0, 3),))


def test_nothing_is_found_inside_a_link_or_code() -> None:
    code = Entity("code", 0, 7)
    assert joined([code], "/baocao") == (code,)


def test_larger_entities_come_first() -> None:
    inner, outer = Entity("italic", 0, 1), Entity("bold", 0, 5)
    assert joined([inner, outer], "chào!") == (outer, inner)
