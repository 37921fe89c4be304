"""The search by meaning, with a model of a few words that stand for the same thing."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from domain.faq import Abbreviations, Entry, Index

SHORT = Abbreviations({"mk": "mật khẩu"})
SENSES = (
    {"mật", "khẩu", "passcode", "khóa"},
    {"tiền", "chuyển", "khoản", "thanh", "toán"},
    {"ruộng", "lúa", "phân"},
)


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """How much of each sense a text has, and something that all texts share."""
    rows = [[10.0, *(len(set(text.split()) & sense) for sense in SENSES)] for text in texts]
    vectors = np.array(rows, dtype=np.float32).reshape(len(texts), 1 + len(SENSES))
    lengths: NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths


def entry(id_: str, question: str, *wordings: str) -> Entry:
    return Entry(id_, "topic", question, "", "source", wordings)


ENTRIES = [
    entry("password", "Quên mật khẩu thì sao?", "lấy lại mật khẩu"),
    entry("pay", "Chuyển tiền thế nào?", "thanh toán tiền điện"),
    entry("rice", "Bón phân cho lúa thế nào?", "ruộng lúa"),
]


def best(index: Index, text: str) -> str:
    hits = index.search(text)
    return hits[0].entry.id if hits else ""


def test_a_question_without_a_common_word_is_found_by_its_meaning() -> None:
    assert best(Index(ENTRIES, SHORT), "passcode") != "password"
    assert best(Index(ENTRIES, SHORT, embed), "passcode") == "password"


def test_the_model_is_given_marks_and_written_out_short_forms() -> None:
    given: list[str] = []

    def listening(texts: Sequence[str]) -> NDArray[np.float32]:
        given.extend(texts)
        return embed(texts)

    index = Index(ENTRIES, SHORT, listening)
    index.search("quen mk")
    assert given[-1] == "quên mật khẩu"


def test_a_new_entry_is_found_by_its_meaning() -> None:
    index = Index(ENTRIES[:2], SHORT, embed)
    index.put(entry("rice", "Bón phân cho lúa thế nào?"))
    assert best(index, "ruộng") == "rice"


def test_an_index_that_begins_empty_learns() -> None:
    index = Index([], SHORT, embed)
    assert index.search("mật khẩu") == []
    index.put(ENTRIES[0])
    assert best(index, "mật khẩu") == "password"


def test_nothing_like_it_is_not_sure() -> None:
    [first, *_] = Index(ENTRIES, SHORT, embed).search("giờ làm việc của xã thế nào")
    assert first.score < 0.5
