"""Our HTML as an Official Account's plain text, and what people write there."""

import re

import pytest

from bot.channels.zalo_oa_text import from_text, to_texts

GROUP = "f414c8f76fa586fbdfb4"
CALLS = '<a href="mention:86">Lò Thị An</a> và <a href="mention:all">mọi người</a>'


@pytest.mark.parametrize(
    ("html", "group_id", "text"),
    [
        ("<b>Số 793</b> &lt;KH&gt;", "", "Số 793 <KH>"),
        ('<a href="https://chinhphu.vn">đây</a>', "", "đây (https://chinhphu.vn)"),
        (CALLS, GROUP, f"[@86] và [@{GROUP}]"),
        (CALLS, "", "Lò Thị An và mọi người"),
        ('<a href="mention:8] [@9">An</a>', GROUP, "An"),
        ("Tie\u0302\u0301ng Vie\u0323\u0302t", "", "Tiếng Việt"),
    ],
)
def test_html_becomes_plain_text_with_calls(html: str, group_id: str, text: str) -> None:
    assert to_texts(html, group_id) == [text]


@pytest.mark.parametrize(
    "smuggled",
    [
        f"[@{GROUP}]",
        f"[&#64;{GROUP}]",
        f"[<b>@{GROUP}</b>]",
        f"[[@{GROUP}]]",
        f"[ @{GROUP}]",
        f"[\u200b@{GROUP}]",
        f"\0000\0[@{GROUP}]",
    ],
)
def test_what_people_wrote_calls_nobody(smuggled: str) -> None:
    (text,) = to_texts(f'{smuggled} <a href="mention:86">An</a>', GROUP)
    assert len(re.findall(r"\[[\s\u200b]*@", text)) == 1
    assert text.endswith("[@86]")
    assert GROUP in text


def test_a_long_text_is_several_messages_of_2000_signs() -> None:
    texts = to_texts("<b>" + "xin chào " * 500 + "</b>")
    assert [len(text) <= 2000 for text in texts] == [True] * 3
    assert " ".join(texts) == ("xin chào " * 500).strip()


@pytest.mark.parametrize(
    ("written", "in_group", "said", "called"),
    [
        ("[@4100] bao cao", True, "bao cao", True),
        ("bao cao [@4100]", True, "bao cao", True),
        ("[@86] nhận chưa?", True, "nhận chưa?", False),
        (f"[@{GROUP}] họp nhé", True, "họp nhé", False),
        ("có [@86] 12 hộ", True, "có 12 hộ", False),
        ("#baocao", True, "baocao", True),
        ("# bao cao", True, "bao cao", True),
        ("#1", False, "#1", False),
        ("12 hộ\n\u200b3 hộ ", True, "12 hộ\n3 hộ", False),
    ],
)
def test_calls_are_taken_out_of_what_people_write(
    written: str, in_group: bool, said: str, called: bool
) -> None:
    assert from_text(written, "4100", in_group=in_group) == (said, called)
