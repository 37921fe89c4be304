import re
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.markup import length, plain, split, units

TAGS = ("b", "i", "u", "code", 'a href="https://chinhphu.vn/?a=1&amp;b=2"')
WORDS = st.text("ab đế😀<>&\"'.!\n ", max_size=40)


def wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tagged = st.builds(lambda tag, html: f"<{tag}>{html}</{tag[0:4].split()[0]}>", TAG, inner)
    return st.lists(st.one_of(tagged, inner), max_size=4).map("".join)


TAG = st.sampled_from(TAGS)
HTML = st.recursive(WORDS.map(escape), wrapped, max_leaves=12)


def seen(html: str) -> str:
    return unescape(re.sub(r"</?(?:b|i|u|code|a(?: [^>]*)?)>", "", html))


def check_well_formed(html: str) -> None:
    stack: list[str] = []
    for close, name in re.findall(r"<(/?)(\w+)[^>]*>", html):
        if close:
            assert stack.pop() == name
        else:
            stack.append(name)
    assert not stack
    assert "<" not in re.sub(r"</?(?:b|i|u|code|a(?: [^>]*)?)>", "", html)


@given(HTML, st.integers(2, 60))
def test_parts_fit_keep_all_that_is_seen_and_are_well_formed(html: str, limit: int) -> None:
    parts = split(html, limit)
    assert all(0 < length(part) <= limit for part in parts)
    assert "".join("".join(map(seen, parts)).split()) == "".join(seen(html).split())
    for part in parts:
        check_well_formed(part)


@given(HTML)
def test_the_length_is_of_what_is_seen(html: str) -> None:
    assert length(html) == len(seen(html).encode("utf-16-le")) // 2 == units(seen(html))


@pytest.mark.parametrize(
    ("html", "limit", "parts"),
    [
        ("", 10, []),
        ("  \n ", 10, []),
        ("<b>Xin chào</b>", 10, ["<b>Xin chào</b>"]),
        ("<b>Câu một. Câu hai.</b> Ba.", 9, ["<b>Câu một.</b>", "<b>Câu hai.</b>", "Ba."]),
        ("<b>một <i>hai</i></b> ba", 7, ["<b>một <i>hai</i></b>", "ba"]),
        ("<b>một <i>hai</i></b> ba", 4, ["<b>một</b>", "<b><i>hai</i></b>", "ba"]),
        ("a &lt;b&gt; c", 5, ["a &lt;b&gt;", "c"]),
        ("😀😀😀", 4, ["😀😀", "😀"]),
        (
            '<a href="https://a.vn">dài quá</a>',
            4,
            ['<a href="https://a.vn">dài</a>', '<a href="https://a.vn">quá</a>'],
        ),
        ("một\n\n" + "hai " * 3, 12, ["một", "hai hai hai"]),
    ],
)
def test_texts_are_cut_where_people_pause(html: str, limit: int, parts: list[str]) -> None:
    assert split(html, limit) == parts


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<b>Số</b> &lt;793&gt; &amp; <code>x</code>", "Số <793> & x"),
        (
            'xem <a href="https://a.vn/?x=1&amp;y=2">ở <b>đây</b></a>.',
            "xem ở đây (https://a.vn/?x=1&y=2).",
        ),
        ('<a href="https://a.vn">https://a.vn</a>', "https://a.vn"),
        ("1 < 2 và <p>", "1 < 2 và <p>"),
    ],
)
def test_without_markup_a_link_shows_its_address(html: str, text: str) -> None:
    assert plain(html) == text
