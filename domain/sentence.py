"""One free sentence as answers to a report: "hướng dẫn 12 hộ nộp hồ sơ, 5 người cài VNeID".

What is not sure is left out: a wrong figure in a sum costs more than one question more.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

from domain.claim import Claim, claims, is_bare_count, is_bare_name
from domain.clause import LINK, Clause, Count, Glossary, Mention
from domain.data_set import FIGURES, DataElement, DataSet, ValueType
from domain.faq.reading import Abbreviations
from domain.text import words


class Why(StrEnum):
    """Why an element that was named is not filled."""

    UNCLEAR = "unclear"
    """Its number cannot be read, or cannot be right."""
    WHICH = "which"
    """The number may as well belong to another element."""
    TWICE = "twice"
    """It has two numbers."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An element that was named, and the number or numbers that were `said` with it."""

    element: str
    why: Why
    said: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What a sentence says of a report: sure values by element, and what must be asked.

    The `rest` of the elements have a value, nought, because "còn lại không có" was said.
    """

    values: Mapping[str, Decimal]
    doubtful: tuple[Doubt, ...] = ()
    rest: frozenset[str] = frozenset()

    @property
    def named(self) -> int:
        """How many elements were named and are sure."""
        return len(self.values) - len(self.rest)


def fill(sentence: str, data_set: DataSet, abbreviations: Abbreviations) -> Understood:
    """The numbers that a sentence gives, by the words of the elements that they are said of."""
    if not any(map(str.isalpha, sentence)):
        return Understood({})
    elements = {each.id: each for each in data_set.elements if each.type in FIGURES}
    glossary = _glossary(tuple(elements.values()), abbreviations)
    told = [list(_of_this_week(part)) for part in _sentences(sentence, glossary)]
    understood = _settle([each for part in told for each in _said_in(part, glossary)], elements)
    rest_is_none = any(_rest_is_none(clause) for part in told for clause in part)
    return _with_rest(understood, elements) if rest_is_none else understood


_glossary = lru_cache(maxsize=32)(Glossary)


def _phrases(text: str) -> re.Pattern[str]:
    """Finds any of these, told apart by commas, among folded words."""
    return re.compile("|".join(f" {' '.join(words(each))} " for each in text.split(",")))


_QUESTION = _phrases(
    "thế nào,được không,phải không,đúng không,khi nào,ở đâu,tại sao,là gì,cần gì,cho hỏi,"
    "mấy giấy,mấy ngày,mấy người,có mấy,ai biết"
)
_ASKED = re.compile(
    r"(?<! nho)(?<! biet)(?<! ro) bao nhieu | (?:co|da|ai) (?:.* )?(?:khong|chua|ko|k) $"
)
# Of another time or place, a plan, a wish: nothing that the team did this week.
_ELSEWHERE = _phrases(
    "tuần trước,tháng trước,năm ngoái,từ năm,tuần sau,tuần tới,tháng tới,tháng sau,ngày mai,"
    "sáng mai,chiều mai,tối mai,mai đi,sẽ hướng dẫn,sẽ đi,sẽ cài,sẽ giúp,dự kiến,kế hoạch,"
    "chỉ tiêu,mục tiêu,toàn xã,cả xã,toàn quốc,cả nước,toàn tỉnh,cả tỉnh,thôn bên,xóm bên,xã bên,"
    "tổ bên,tỉnh bạn,xã bạn,báo đăng,theo báo,nếu,ước gì,giá mà,muốn,mỗi ngày,mỗi thứ,mỗi mục,"
    "mỗi nội dung,mỗi người,mỗi nhà"
)
_HERE = _phrases("tuần này,tuần vừa rồi,hôm nay")
_DENIED = _phrases("không,chưa,chẳng")
_THE_REST = _phrases("còn lại,mục khác,nội dung khác,phần khác,cái khác,mục kia")


def _sentences(text: str, glossary: Glossary) -> Iterator[list[Clause]]:
    """The clauses of each sentence that is no question."""
    sentence = list[Clause]()
    clauses = list(_joined(glossary.clauses(text), glossary))
    for place, clause in enumerate(clauses, 1):
        sentence.append(clause)
        if clause.end in ".!?\n" or place == len(clauses):
            if not _is_question(sentence):
                yield sentence
            sentence = []


def _joined(clauses: Sequence[Clause], glossary: Glossary) -> Iterator[Clause]:
    """The same, a name joined to the number, or to the further name, in the clause behind it."""
    held: Clause | None = None
    for clause in clauses:
        if held and is_bare_count(clause, glossary):
            clause = Clause((*held.items, LINK, *clause.items), clause.end)
        elif held and held.end == "," and isinstance(clause.items[0], Mention):
            clause = Clause((*held.items, *clause.items), clause.end)
        elif held:
            yield held
        waits = is_bare_name(clause) and clause.end in ",\n" and not _DENIED.search(clause.words)
        held = clause if waits else None
        if held is None:
            yield clause
    if held:
        yield held


def _is_question(sentence: Sequence[Clause]) -> bool:
    if sentence[-1].end == "?":
        return True
    return any(_QUESTION.search(each.heard) or _ASKED.search(each.heard) for each in sentence)


def _of_this_week(sentence: Iterable[Clause]) -> Iterator[Clause]:
    """The clauses that tell what the team has done now."""
    elsewhere = False
    for clause in sentence:
        if _HERE.search(clause.words):
            elsewhere = False
        if _ELSEWHERE.search(clause.heard):
            elsewhere = True
        if not elsewhere:
            yield clause


def _said_in(sentence: Iterable[Clause], glossary: Glossary) -> Iterator[Claim]:
    """The claims of a sentence. A number that stands alone is one more of the name before it."""
    last: Claim | None = None
    for clause in sentence:
        found = [] if _DENIED.search(clause.words) else list(claims(clause, glossary))
        if last and not found and is_bare_count(clause, glossary):
            found = [replace(last, count=each) for each in clause.items if isinstance(each, Count)]
        yield from found
        last = found[-1] if found else None


def _settle(told: Iterable[Claim], elements: Mapping[str, DataElement]) -> Understood:
    """Every element's one sure number, or what is wrong with it."""
    by_element = sorted(((key, each) for each in told for key in each.elements), key=_first)
    values, doubtful = dict[str, Decimal](), list[Doubt]()
    for key, pairs in groupby(by_element, key=_first):
        of_it = [claim for _, claim in pairs]
        value = of_it[0].count.value
        why = _why_not(of_it, elements[key])
        if why or value is None:
            said = ", ".join(each.count.said for each in of_it)
            doubtful.append(Doubt(key, why or Why.UNCLEAR, said))
        else:
            values[key] = value
    return Understood(values, tuple(doubtful))


def _first(pair: tuple[str, Claim]) -> str:
    return pair[0]


def _why_not(told: Sequence[Claim], element: DataElement) -> Why | None:
    if len(told) > 1:
        return Why.TWICE
    if not told[0].sure or len(told[0].elements) > 1:
        return Why.WHICH
    value = told[0].count.value
    if value is None or not element.least <= value <= element.most:
        return Why.UNCLEAR
    whole = value == value.to_integral_value() or element.type is ValueType.DECIMAL
    return None if whole else Why.UNCLEAR


def _rest_is_none(clause: Clause) -> bool:
    """Whether a clause says that all that was not named is nought: "còn lại không có"."""
    named = any(isinstance(each, Mention) for each in clause.items)
    nought = any(isinstance(each, Count) and each.value == 0 for each in clause.items)
    return nought and not named and _THE_REST.search(clause.heard) is not None


def _with_rest(understood: Understood, elements: Iterable[str]) -> Understood:
    named = {each.element for each in understood.doubtful} | understood.values.keys()
    rest = frozenset(elements) - named
    values = {**understood.values, **dict.fromkeys(rest, Decimal(0))}
    return replace(understood, values=values, rest=rest)
