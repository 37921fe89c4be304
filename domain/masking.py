"""Takes out of a text what belongs to one person: numbers, addresses, names."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum

from domain.phone import parse_phone
from domain.text import nfc


class Private(StrEnum):
    """What was there; the words that stand in its place are the caller's."""

    EMAIL = "email"
    PHONE = "phone"
    PAPER = "paper"
    """The number of an identity card, new (12 figures) or old (9)."""
    NUMBER = "number"
    NAME = "name"


_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_FIGURES = re.compile(r"(?<![\w/])(?:\+|\(\+?)?\d(?:[ .\-()–]{0,2}\d){7,}(?![\w/])")
_MONEY = re.compile(r"[1-9]\d{0,2}(?:([., ])000|([., ])\d{3})(?:[., ]\d{3})+|[1-9]\d*0{6,}")
_RUN = re.compile(r"\d{8,}")
_PAPER_LENGTHS = (9, 12)
_NINE = 9
"""Figures from which a number with gaps in it is no date or amount."""

_SURNAMES = """
    nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đoàn đinh trịnh
    trương lâm mai tô cao hà lương lưu vương nông lò lường vàng giàng thào sùng triệu bàn quàng tòng
"""
_SURNAME = frozenset(_SURNAMES.split())
_WORD = re.compile(r"[^\W\d_]+")
_CALLED = "anh chị ông bà cô chú bác dì cậu mợ thím cụ thầy em cháu"
_TITLES = frozenset(_CALLED.split())
_LONGEST_NAME = 5


def mask(text: str, words: Callable[[Private], str]) -> str:
    """The text with e-mail addresses, telephone, identity and other long numbers replaced.

    Amounts of money and numbers of documents ("1.500.000", "749/QĐ-TTg") stay.
    """
    hidden = _EMAIL.sub(lambda _: words(Private.EMAIL), nfc(text))

    def replaced(found: re.Match[str]) -> str:
        kind = _kind(found[0])
        return found[0] if kind is None else words(kind)

    return _FIGURES.sub(replaced, hidden)


def without_names(text: str, known: Iterable[str], word: str) -> str:
    """The text without the names of these people and without what is written as a full name.

    A full name is a common surname with one to four more words, all with a capital letter. So is
    the name after a word that people are called by: "chị Hoa".
    """
    text = nfc(text)
    for name in sorted(filter(None, known), key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(nfc(name))}\b", word, text)
    kept, end = "", 0
    for begin, stop in _full_names(text):
        kept, end = kept + text[end:begin] + word, stop
    return kept + text[end:]


def _full_names(text: str) -> Iterator[tuple[int, int]]:
    """Where each full name begins and ends."""
    found, before = list(_WORD.finditer(text)), ""
    while found:
        name = _capitals(text, found[:_LONGEST_NAME])
        if _is_name(name, before):
            yield name[0].start(), name[-1].end()
            del found[: len(name)]
        else:
            before = found.pop(0)[0].lower()


def _is_name(name: Sequence[re.Match[str]], before: str) -> bool:
    """Whether words with capital letters are a name, standing behind another word."""
    titled = bool(name) and before in _TITLES and name[0][0][1:].islower()
    return titled or (len(name) > 1 and name[0][0].lower() in _SURNAME)


def _capitals(text: str, found: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The first words with a capital letter that stand side by side."""
    run: list[re.Match[str]] = []
    for word in found:
        apart = run and text[run[-1].end() : word.start()] != " "
        if apart or not word[0][0].isupper():
            break
        run.append(word)
    return run


def _kind(written: str) -> Private | None:
    figures = re.sub(r"\D", "", written)
    if _MONEY.fullmatch(written):
        return None
    if _is_phone(written):
        return Private.PHONE
    if len(figures) in _PAPER_LENGTHS:
        return Private.PAPER
    if len(figures) > _NINE or _RUN.fullmatch(written):
        return Private.NUMBER
    return None


def _is_phone(written: str) -> bool:
    try:
        parse_phone(written)
    except ValueError:
        return False
    return written.lstrip("(").startswith(("0", "+"))
