"""The passage of a text that answers a question, word for word."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from domain.text import fold, nfc, shorten, words

LONGEST = 500
"""Characters of a quotation: what is read on a telephone."""
LEAST_WORDS = 3
"""Words of a question that must be known: one or two stand everywhere by chance."""
_SENTENCES = 3
_PAIRED = 0.4
"""What two words side by side count for, beside the words themselves."""

_SMALL = frozenset(
    words(
        """ai anh bạn bao bằng bên bị bởi các cái cần chị cho chúng có còn của cùng do đã đang đâu
        đấy để đến đi đó được em gì giờ giúp hay hỏi khi không là làm lại lên lúc mà mình mỗi mới
        muốn nào này nên nếu nhé nhiêu như nhưng những ở ra rằng rồi sao sẽ tại tất thế thì theo tôi
        trên trong từ và vẫn vào về vì việc với xin à ạ ơi ừ vậy ta họ thể phải cả nhất hơn rất
        """
    )
)
_SENTENCE = re.compile(r"(?<=[.!?;…])\s+|\n\s*\n|\n(?=\s*[-–•+*]|\s*(?:Điều|Khoản|Mục|\d+[.)]))")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a text as they stand, and how much of the question they hold, 0..1."""

    text: str
    score: float


def asked_words(question: str) -> list[str]:
    """The folded words of a question that tell what it is about, each once."""
    return list(dict.fromkeys(word for word in words(question) if word not in _SMALL))


def weights(asked: Collection[str], among: int, having: Mapping[str, int]) -> dict[str, float]:
    """How much each word tells, by how many of all files have it."""
    return {word: log(1 + (1 + among) / (1 + having.get(word, 0))) for word in asked}


def quotation(question: str, page: str, weight: Mapping[str, float]) -> Quotation | None:
    """The sentences of a page, at most three together, that hold most of a question.

    `weight` is that of each of its `asked_words`; None where too few of them stand there.
    """
    asked = [word for word in words(question) if word in weight]
    sentences = [shown for each in _SENTENCE.split(nfc(page)) if (shown := " ".join(each.split()))]
    found = max(
        (_weighed(part, asked, weight) for part in _parts(sentences)),
        key=lambda each: (each.score, -len(each.text)),
        default=None,
    )
    return found if found and found.score else None


def _parts(sentences: Sequence[str]) -> list[str]:
    """Each sentence, and each with those that follow it while that is not too long."""
    parts = []
    for begin in range(len(sentences)):
        for end in range(begin + 1, min(begin + _SENTENCES, len(sentences)) + 1):
            part = " ".join(sentences[begin:end])
            if end == begin + 1 or len(part) <= LONGEST:
                parts.append(part)
    return parts


def _weighed(part: str, asked: Sequence[str], weight: Mapping[str, float]) -> Quotation:
    folded = f" {fold(part)} "
    known = {word for word in asked if f" {word} " in folded}
    if len(known) < LEAST_WORDS:
        return Quotation(part, 0.0)
    pairs = list(pairwise(asked))
    together = sum(f" {first} {second} " in folded for first, second in pairs)
    share = sum(weight[word] for word in known) / sum(weight.values())
    paired = together / len(pairs) if pairs else 0.0
    return Quotation(shorten(part, LONGEST), (share + _PAIRED * paired) / (1 + _PAIRED))
