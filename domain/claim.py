"""Which number of a clause is said of which data element."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from domain.clause import LINK, Clause, Count, Glossary, Item, Mention
from domain.text import words


@dataclass(frozen=True, slots=True)
class Claim:
    """A number that is said of one of these elements; not `sure` where it may be of none."""

    elements: frozenset[str]
    count: Count
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Name:
    """Names side by side taken as one; `sure` where they mean the same."""

    elements: frozenset[str]
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number and the elements that are counted in what stands behind it.

    `tied` to the name before it by a sign or word; `anew`: a verb stands before it.
    """

    count: Count
    elements: frozenset[str]
    tied: bool
    anew: bool


_Part = _Name | _Amount

_TIES = frozenset([LINK, *words("cho là thì bằng")])
_WEAK_TIES = frozenset(words("có được đạt thêm mới"))
_THROUGH = frozenset(words("qua bằng trên từ để vào tránh nhờ"))
_VERBS = frozenset(words("hướng giúp dạy cài cho được"))
# May stand between a number and what it counts, and say nothing of it.
_LIGHT = frozenset(
    words(
        "được có cho là thì rồi ạ nhé thôi à nữa hơn gì hết mới đã hướng dẫn giúp dạy cài đặt dán "
        "tạo mở nộp biết làm ghi nhận phát sinh xảy ra gặp tham gia nào ai nghe thêm mà đó đấy "
        "trực tuyến trên qua mạng"
    )
)
# A number right behind one of these is a name, or is wanted: "tuần 47", "tổ 5", "cần 5 bạn".
_NO_COUNT_AFTER = frozenset(
    words(
        "tuần kỳ câu bước lớp số tổ bản khu cụm đội khối phường xã ngõ đường phòng khoá mục phần "
        "điều khoản cấp mức phiên định lúc hồi lần tdp sdt cần xin"
    )
)

# "bác Ba": a person. "cô" and "chị" are left out, without marks they are "có" and "chỉ".
_KIN = frozenset(words("ông bà bác chú anh cậu thím"))


def claims(clause: Clause, glossary: Glossary) -> Iterator[Claim]:
    """What the numbers of a clause are said of; a number of nothing that is asked for is left."""
    yield from _bind(_parts(_once(clause.items), glossary))


def is_bare_name(clause: Clause) -> bool:
    """Whether a clause ends with a name and has no number: the first half of "VNeID, 5 người"."""
    heavy = [each for each in clause.items if each not in _LIGHT]
    counted = any(isinstance(each, Count) for each in heavy)
    return bool(heavy) and isinstance(heavy[-1], Mention) and not counted


def is_bare_count(clause: Clause, glossary: Glossary) -> bool:
    """Whether a clause is a number and what it counts: the second half of "VNeID, 5 người"."""
    said = {word for phrases in glossary.counted.values() for each in phrases for word in each}
    others = [each for each in clause.items if not isinstance(each, Count)]
    return len(clause.items) - len(others) == 1 and (said | _LIGHT).issuperset(others)


def _once(items: Sequence[Item]) -> list[Item]:
    """The items, with a number that is said twice, "12 (mười hai)", standing there once."""
    kept = list[Item]()
    for item in items:
        if isinstance(item, Count) and len(kept) > 1 and kept[-1] == LINK:
            before = kept[-2]
            if isinstance(before, Count) and before.value == item.value:
                del kept[-2:]
        kept.append(item)
    return kept


def _parts(items: Sequence[Item], glossary: Glossary) -> list[_Part]:
    """Names and amounts in their order."""
    parts, gap = list[_Part](), list[str]()
    for place, item in enumerate(items):
        if isinstance(item, str):
            gap.append(item)
        elif isinstance(item, Mention):
            _add_name(parts, item, gap)
            gap = []
        elif elements := _counted(items, place, glossary):
            tied = bool(parts) and isinstance(parts[-1], _Name) and _ties(gap)
            parts.append(_Amount(item, elements, tied, not _VERBS.isdisjoint(gap)))
            gap = []
    return parts


def _ties(gap: Sequence[str]) -> bool:
    return not _TIES.isdisjoint(gap) and _TIES.union(_WEAK_TIES).issuperset(gap)


def _add_name(parts: list[_Part], mention: Mention, gap: Sequence[str]) -> None:
    """Take a name in; of two side by side, one that only tells by what means is left out."""
    before = parts[-1] if parts else None
    if not isinstance(before, _Name):
        parts.append(_Name(mention.elements))
    elif common := before.elements & mention.elements:
        parts[-1] = replace(before, elements=common)
    elif not gap or gap[-1] not in _THROUGH:
        parts[-1] = _Name(before.elements | mention.elements, sure=False)


def _counted(items: Sequence[Item], place: int, glossary: Glossary) -> frozenset[str]:
    """The elements that a number may count, by the words behind it."""
    count, unit = items[place], list(items[place + 1 :])
    if place and _is_name(items[place - 1], count):
        return frozenset()
    while unit and isinstance(unit[0], str) and unit[0] != LINK:
        found = (key for key, names in glossary.counted.items() if _begins(unit, names))
        if elements := frozenset(found):
            return elements
        if unit.pop(0) not in _LIGHT:
            return frozenset()
    nothing_said = isinstance(count, Count) and not count.is_moment
    return frozenset(glossary.counted) if nothing_said else frozenset()


def _is_name(before: Item, count: Item) -> bool:
    person = before in _KIN and isinstance(count, Count) and count.said.isalpha()
    return before in _NO_COUNT_AFTER or person


def _begins(unit: Sequence[Item], names: Sequence[tuple[str, ...]]) -> bool:
    return any(tuple(unit[: len(name)]) == name for name in names)


def _bind(parts: Sequence[_Part]) -> Iterator[Claim]:
    """Names and numbers by turns go together; else only what a sign or word ties."""
    names = [each for each in parts if isinstance(each, _Name)]
    amounts = [each for each in parts if isinstance(each, _Amount)]
    order = "".join("N" if isinstance(each, _Name) else "A" for each in parts)
    if not names or not amounts:
        return
    if len(amounts) == 1 and (common := _common(names)):
        yield from _claim(common, amounts[0])
    elif re.fullmatch("(NA)+|(AN)+", order):
        for name, amount in zip(names, amounts, strict=True):
            yield from _claim(name, amount)
    elif tied := next((at for at, each in enumerate(parts) if each in amounts and each.tied), 0):
        yield from _tied(parts, tied, order)
    elif order == "AAN" and amounts[1].anew:
        yield from _claim(names[0], amounts[1])
    else:
        elements = frozenset[str]().union(*(each.elements for each in names))
        yield Claim(elements, amounts[0].count, sure=False)


def _common(names: Sequence[_Name]) -> _Name | None:
    """The one that all of these names mean."""
    elements = frozenset.intersection(*(each.elements for each in names))
    sure = all(each.sure for each in names)
    return _Name(elements) if elements and sure else None


def _tied(parts: Sequence[_Part], at: int, order: str) -> Iterator[Claim]:
    """The number at that place and its name, then what stands before and behind."""
    yield from _bind(parts[: at - 1])
    name, amount = parts[at - 1], parts[at]
    assert isinstance(name, _Name)
    assert isinstance(amount, _Amount)
    # In "kết quả nộp hồ sơ: 12 hộ cài VNeID" the number may belong to either.
    contested = order[at + 1 :] == "N"
    yield from _claim(replace(name, sure=name.sure and not contested), amount)
    yield from _bind(parts[at + 1 :])


def _claim(name: _Name, amount: _Amount) -> Iterator[Claim]:
    if elements := name.elements & amount.elements:
        yield Claim(elements, amount.count, name.sure)
