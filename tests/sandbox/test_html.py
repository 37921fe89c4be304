import pytest

from sandbox.bot_api.errors import ApiError
from sandbox.facts import Entity
from sandbox.telegram.html import parse


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("xin chào", "xin chào", ()),
        ("<b>xin</b> chào", "xin chào", (Entity("bold", 0, 3),)),
        ("😀<i>à</i>", "😀à", (Entity("italic", 2, 1),)),
        ("<b><i>a</i>b</b>", "ab", (Entity("italic", 0, 1), Entity("bold", 0, 2))),
        ("<STRONG>a</strong >", "a", (Entity("bold", 0, 1),)),
        ("&lt;b&gt; &amp;amp; &#272; &#x111;", "<b> &amp; Đ đ", ()),
        ("&eacute; & a", "&eacute; & a", ()),
        (
            '<a href="https://a.vn/?a=1&amp;b=2">a</a>',
            "a",
            (Entity("text_link", 0, 1, url="https://a.vn/?a=1&b=2"),),
        ),
        ("<a href='tg://user?id=5'>a</a>", "a", (Entity("text_mention", 0, 1, user=5),)),
        ("<a>a</a>", "a", ()),
        (
            '<pre><code class="language-python">x</code></pre>',
            "x",
            (Entity("pre", 0, 1, language="python"),),
        ),
        ("<code>x</code>", "x", (Entity("code", 0, 1),)),
        ('<span class="tg-spoiler">x</span>', "x", (Entity("spoiler", 0, 1),)),
        ("<blockquote expandable>x</blockquote>", "x", (Entity("expandable_blockquote", 0, 1),)),
        ("<b></b>x", "x", ()),
    ],
)
def test_html_becomes_text_and_entities(
    source: str, text: str, entities: tuple[Entity, ...]
) -> None:
    assert parse(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("đ <x>", 'Unsupported start tag "x" at byte offset 3'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a =x>a</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        (
            "<a href>a</a>",
            'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
        ),
        ("<a href=a/b>a</a>", "Unexpected end of name token at byte offset 8"),
        ('<a href="x>a</a>', "Unclosed start tag at byte offset 0"),
    ],
)
def test_broken_html_is_refused_in_telegrams_words(source: str, problem: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse(source)
    assert str(caught.value) == f"Bad Request: can't parse entities: {problem}"
