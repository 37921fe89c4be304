"""Numbers as people write them in Vietnamese: figures, words, "khoảng 15", "chưa có vụ nào".

A text is read as a line of tokens, each standing for one letter of a small alphabet (`_SPELT`), and
one regular expression over those letters is the grammar.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.text import clean, fold, nfc, words

LIMIT = Decimal(10**12)


class Fault(StrEnum):
    """Why a text gives no number."""

    NOT_A_NUMBER = "not_a_number"
    NEGATIVE = "negative"
    AMBIGUOUS = "ambiguous"
    TOO_BIG = "too_big"


class NumberError(ValueError):
    """The text gives no number that can be counted on; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Number:
    """A count or measure, 0 ≤ `value` < 10¹², exact unless `approximate`.

    `unit` holds the words written after it up to the next number, comma or full stop ("hộ", "%").
    """

    value: Decimal
    approximate: bool
    unit: str


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a sentence, `start` to `end` in its NFC text, that gives a number or a fault."""

    start: int
    end: int
    number: Number | Fault


def parse_number(text: str) -> Number:
    """The one number of an answer: "mười hai", "12 hộ ạ", "1.200,5", "tầm 15", "chưa có" (0).

    A number said twice, "12 (mười hai) hộ", is one. Raises NumberError for no number, a negative
    one, one of 10¹² and more, and what can be read in two ways: "1tr2", "1,200", "12-15", "5 hộ 3
    người".
    """
    if _ASKED.search(fold(text)[-_TAIL:]):
        raise NumberError(Fault.NOT_A_NUMBER)
    found = [each.number for each in find_numbers(_KEYCAP.sub("", clean(text)))]
    if not found:
        raise NumberError(Fault.NOT_A_NUMBER)
    for number in found:
        if isinstance(number, Fault):
            raise NumberError(number)
    numbers = [number for number in found if isinstance(number, Number)]
    if len({number.value for number in numbers}) > 1:
        raise NumberError(Fault.AMBIGUOUS)
    return max(numbers, key=lambda number: bool(number.unit))


def find_numbers(sentence: str) -> list[Found]:
    """Every number of a sentence in its order; one that can be read in two ways is a Fault.

    Names of things ("thôn 3", "tháng 5", "năm 2025", "VNeID2") are not numbers.
    """
    text = nfc(sentence)
    tokens = list(_tokens(text))
    letters = "".join(token.letter for token in tokens)
    matches = [match for match in _PHRASE.finditer(letters) if _is_counted(match, tokens)]
    ends = [*(match.start() for match in matches), len(tokens)][1:]
    found = []
    for match, end in zip(matches, ends, strict=True):
        first, last = tokens[match.start()], tokens[match.end() - 1]
        unit = tokens[slice(*_unit(match, end))]
        measured = text[unit[0].start : unit[-1].end] if unit else ""
        found.append(Found(first.start, last.end, _read(match, tokens, measured)))
    return found


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    word: str
    letter: str


_SPELT = {
    "0": "không",
    "1": "một",
    "2": "hai",
    "3": "ba",
    "4": "bốn",
    "5": "năm",
    "6": "sáu",
    "7": "bảy bẩy",
    "8": "tám",
    "9": "chín",
    "m": "mốt",
    "t": "tư",
    "l": "lăm nhăm",
    "M": "mười mươi",
    "C": "chục",
    "H": "trăm",
    "o": "linh lẻ",
    "K": "nghìn ngàn",
    "V": "vạn",
    "T": "triệu",
    "B": "tỷ tỉ",
    "r": "rưỡi",
    "n": "ko k hông hổng chưa chẳng chả",  # no, not yet
    "c": "có",
    "d": "được dc đc",
    "x": "nào ai gì cả hết đâu",  # none at all
    "!": "biết nhớ rõ hiểu liệu tin tính",  # "không biết", "chưa có số liệu": no answer
    "a": "khoảng tầm chừng cỡ gần hơn trên ngót ~ ≈",  # about
    "v": "vài mấy dăm",  # some
    "g": "âm",  # minus
    "p": "ạ à nhé nha nhe ah ak rồi thôi nhỉ",  # politeness
    "b": "thứ tháng ngày mức lần quý thôn xóm ấp khóm",  # "thôn 3" is a name
    ".": "%",
    "+": "+",
}
# The rest of the alphabet: f figures, F what looks like a number and can be read in two ways,
# A tam (tám or tầm), w vai, may and dam (some, or shoulder, machine, pond), "-" a minus,
# "," any other sign, "." any other word.
_BARE = {"v": "w", "b": "."}
_LETTERS = {word: letter for letter, spelt in _SPELT.items() for word in spelt.split()}
for _word in tuple(_LETTERS):
    _LETTERS.setdefault(fold(_word), _BARE.get(_LETTERS[_word], _LETTERS[_word]))
_LETTERS |= dict.fromkeys(["thang", "ngay", "thon", "xom", "khom"], "b") | {"tam": "A"}
_AFTER_FIGURES = {"k": "K", "tr": "T"}

_TOKEN = re.compile(
    r"""(?P<odd>\d+[^\W\d_]+\d\w*)  # 1tr2
    |(?P<figures>\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:,\d+)?(?!\d)|\d+(?:[.,/:\-–]\d+)*)
    |(?P<word>[^\W\d_]\w*)
    |(?P<sign>[^\w\s)]|\n)""",
    re.VERBOSE,
)
_D = "[1-9A]"
_ONE = "[1-9Amtl]"
_TENS = f"(?:{_D}?M{_ONE}?|{_D}[mtl]|{_D}?Cr?)"
_HUNDREDS = f"[0-9A]?H(?:o[1-9At]|{_TENS}|r|{_ONE})?"
_GROUP = f"(?:{_HUNDREDS}|{_TENS}|f[CH]?|{_D})"
_NUMBER = f"(?>(?:{_GROUP}|[KVTB])(?:(?<=[KVTB])(?:r|o[1-9At]|{_GROUP}|{_ONE})|[KVTB]){{0,8}}r?)"
_PHRASE = re.compile(
    rf"""(?P<name>b{_NUMBER}|5f)
    |(?P<negative>[-g]{_NUMBER})
    |(?P<ambiguous>F|v(?:{_NUMBER})?|w[CHKVTB]|{_NUMBER}v|Mw|[0n]\.{{1,3}}(?={_NUMBER}))
    |(?P<zero>[0n](?!H|c?\.*!)
        (?:c(?P<what>\.{{0,4}})x*|d?(?P<whom>[.d]{{0,6}})x+|(?=[,p]|$)))
    |(?P<about>(?:a|A(?=[1-9f]))[acd]{{0,3}})?(?P<number>{_NUMBER})(?P<more>\+?)""",
    re.VERBOSE,
)

_TWO_WAYS = re.compile(rf"[HKVTB](?:{_ONE}|f)$|M{_ONE}?r$")  # "một trăm hai": 120 or 102

# "ai biết cài VNeID không" asks; its last word is no nought. So long a tail tells.
_TAIL = 200
_ASKED = re.compile(
    r"\b(?:ai|co|sao|nao|gi|duoc|phai|dung|biet)\b[a-z ]* (?:khong|chua|ko|k|hong)"
    r"(?: (?:a|nhi|vay|the|ha|moi|nguoi|ca|nha|oi|loa|ban|bac))*$"
)
_KEYCAP = re.compile("\ufe0f?\u20e3")  # behind the digit of an emoji
_PLAIN = re.compile(r"0{0,2}\d|\d{2}|[1-9]\d*")
_GROUPED = re.compile(r"[1-9]\d{0,2}([. \u00a0\u202f])\d{3}(?:\1\d{3})*(?:,\d+)?")
_ENGLISH = re.compile(r"[1-9]\d{0,2}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})")
_DECIMAL = re.compile(r"\d+[.,]\d{1,2}|0[.,]\d+")

_SIZES = {"B": 10**9, "T": 10**6, "V": 10**4, "K": 1000, "H": 100, "C": 10, "M": 10}
_ABOUT = frozenset("CHKVTB")  # "chục hộ", "trăm hộ"
_ONES = {"": 0, "m": 1, "t": 4, "l": 5, "A": 8} | {str(digit): digit for digit in range(10)}

# Also father, year, south, after, fly, three…: no number alone where such a word follows.
_WEAK = frozenset(["ba", "năm", "nam", "sau", "bay", "tam", "bon", "chin"])
_NOT_COUNTED = frozenset(words("này đó khi ngoái trước tới qua sau học thời đầu kia ấy tôi"))


def _tokens(text: str) -> Iterator[_Token]:
    before = ""
    for match in _TOKEN.finditer(text):
        before = _letter(match, match[0].lower(), before)
        yield _Token(match.start(), match.end(), match[0].lower(), before)


def _letter(match: re.Match[str], word: str, before: str) -> str:
    if match["figures"]:
        return "f"
    if match["odd"] or any(sign.isnumeric() and not sign.isdecimal() for sign in word):
        return "F"
    if word in ("-", "–", "−"):
        around = match.string[max(match.start() - 1, 0) : match.end() + 1]
        return "-" if not around[0].isalnum() and around[-1].isdecimal() else ","
    if before == "f" and word in _AFTER_FIGURES:
        return _AFTER_FIGURES[word]
    return _LETTERS.get(word, "," if match["sign"] else ".")


def _is_counted(match: re.Match[str], tokens: list[_Token]) -> bool:
    """False for a name, and for a lone "nam", "sau" or "ba" that is no number: "sau khi"."""
    if match["name"]:
        return False
    if len(match[0]) > 1 or tokens[match.start()].word not in _WEAK:
        return True
    following = tokens[match.end() : match.end() + 1]
    return not any(next_.letter == "f" or fold(next_.word) in _NOT_COUNTED for next_ in following)


def _unit(match: re.Match[str], end: int) -> tuple[int, int]:
    """From which token to which the unit stands, the next number being at `end`."""
    if match["zero"]:
        return max(match.span("what"), match.span("whom"), (0, 0))
    following = match.string[match.end() : end]
    return match.end(), match.end() + len(re.split("[,p]", following, maxsplit=1)[0])


def _read(match: re.Match[str], tokens: list[_Token], unit: str) -> Number | Fault:
    if match["negative"]:
        return Fault.NEGATIVE
    if match["ambiguous"]:
        return Fault.AMBIGUOUS
    if match["zero"]:
        return Number(Decimal(0), False, unit)
    figures = [token.word for token in tokens[match.start() : match.end()] if token.letter == "f"]
    try:
        value = _value(match["number"], iter(figures))
    except NumberError as error:
        return error.fault
    about = bool(match["about"] or match["more"] or match["number"] in _ABOUT)
    return Number(value, about, unit) if value < LIMIT else Fault.TOO_BIG


def _value(letters: str, figures: Iterator[str]) -> Decimal:
    if _TWO_WAYS.search(letters):
        raise NumberError(Fault.AMBIGUOUS)
    for letter, size in _SIZES.items():
        head, found, tail = letters.partition(letter)
        if found:
            many = _value(head, figures) if head else Decimal(1)
            half = tail[:1] == "r"
            return many * size + (Decimal(size) / 2 if half else _value(tail, figures))
    if letters[-1:] == "r":
        return _value(letters[:-1], figures) + Decimal("0.5")
    if letters == "f":
        return _figure(next(figures))
    units = letters.removeprefix("o")
    return Decimal(10 * _ONES[units[:-1]] + _ONES[units[-1:]])


def _figure(written: str) -> Decimal:
    """What figures stand for in Vietnam: 1.200 and 1 200 are whole, 1,5 and 1.5 are not.

    Raises NumberError for dates, ranges, telephone numbers and 1,200, which is 1.2 or 1200.
    """
    if sum(sign.isdecimal() for sign in written) > 15:
        raise NumberError(Fault.TOO_BIG)
    if _PLAIN.fullmatch(written):
        return Decimal(written)
    if _GROUPED.fullmatch(written):
        return Decimal(re.sub(r"[.\s]", "", written).replace(",", "."))
    if _ENGLISH.fullmatch(written):
        return Decimal(written.replace(",", ""))
    if _DECIMAL.fullmatch(written):
        return Decimal(written.replace(",", "."))
    raise NumberError(Fault.AMBIGUOUS)
