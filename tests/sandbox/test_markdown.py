import pytest

from sandbox.bot_api.errors import ApiError
from sandbox.facts import Entity
from sandbox.telegram.markdown import parse


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*xin* chào", "xin chào", (Entity("bold", 0, 3),)),
        ("😀_à_ __b__", "😀à b", (Entity("italic", 2, 1), Entity("underline", 4, 1))),
        ("~a~ ||b||", "a b", (Entity("strikethrough", 0, 1), Entity("spoiler", 2, 1))),
        (r"1\.200 \*", "1.200 *", ()),
        ("`a*b`", "a*b", (Entity("code", 0, 3),)),
        ("```python\nx = 1```", "x = 1", (Entity("pre", 0, 5, language="python"),)),
        ("[a](https://a.vn/\\))", "a", (Entity("text_link", 0, 1, url="https://a.vn/)"),)),
        ("[a](tg://user?id=5)", "a", (Entity("text_mention", 0, 1, user=5),)),
    ],
)
def test_markdown_becomes_text_and_entities(
    source: str, text: str, entities: tuple[Entity, ...]
) -> None:
    assert parse(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("1.200", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("đ *a", "Can't find end of Bold entity at byte offset 3"),
        ("```a", "Can't find end of Pre entity at byte offset 0"),
    ],
)
def test_broken_markdown_is_refused(source: str, problem: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse(source)
    assert str(caught.value) == f"Bad Request: can't parse entities: {problem}"
