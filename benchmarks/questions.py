"""Question sets for measuring, and the ways in which people spoil what they type."""

import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.text import fold, nfc

Spoil = Callable[[str, random.Random], str]


@dataclass(frozen=True, slots=True)
class Faq:
    """An entry to index with its wordings, the first being the owner's own, and those to ask."""

    wordings: tuple[str, ...]
    answer: str
    asked: tuple[str, ...]


def read_outside(path: Path) -> list[str]:
    """Questions that no entry answers: one JSON object a line, with "text"."""
    return [row["text"] for row in _rows(path)]


def read_set(path: Path, mode: str, seed: int) -> list[Faq]:
    """A set of "canonical", "variants" and "answer", its wordings shared out at random by `mode`.

    S1 indexes the canonical question only, S5 four more, WARM 70 % of all; the rest is asked.
    """
    chance = random.Random(seed)
    faqs = []
    for row in _rows(path):
        own = row["canonical"]
        others = {fold(wording): wording for wording in row["variants"] if fold(wording)}
        others.pop(fold(own), None)
        rest = chance.sample(list(others.values()), len(others))
        kept = {"S1": 0, "S5": 4, "WARM": round(0.7 * (len(rest) + 1)) - 1}[mode]
        faqs.append(Faq((own, *rest[:kept]), row.get("answer") or "", tuple(rest[kept:])))
    return faqs


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def without_marks(text: str, chance: random.Random) -> str:
    """As typed on a telephone without a Vietnamese keyboard."""
    return re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFD", text)).replace("đ", "d")


_SHORT = {
    "không": "ko k kh hok",
    "được": "dc đc",
    "gì": "j",
    "rồi": "r",
    "vậy": "z v",
    "với": "vs",
    "mình": "mik mk",
    "biết": "bít bik",
    "cũng": "cx",
    "muốn": "mún",
    "người": "ng",
    "nhiều": "nh",
    "bao nhiêu": "bn",
    "bây giờ": "bh",
    "như thế nào": "ntn",
    "làm sao": "lsao",
    "tài khoản": "tk",
    "mật khẩu": "mk pass",
    "điện thoại": "đt",
    "số điện thoại": "sđt",
    "thông tin": "tt",
    "đăng ký": "đk dk",
    "hướng dẫn": "hd",
    "công ty": "cty",
    "hồ sơ": "hs",
    "đại học": "đh",
    "quá": "wá",
    "phải": "fải",
}
_SHORT_ORDER = sorted(_SHORT, key=len, reverse=True)


def in_teencode(text: str, chance: random.Random) -> str:
    """Four in five of the words that young people type short, typed so."""
    typed = nfc(text).lower()
    for word in _SHORT_ORDER:
        if chance.random() < 0.8:
            typed = re.sub(rf"\b{word}\b", chance.choice(_SHORT[word].split()), typed)
    return typed


_KEYS = "qwertyuiopasdfghjklzxcvbnm"
_BESIDE = """wa qes wrd etf ryg tuh yij uok ipl ol qsz awdx sefc drgv fthb gyjn hukm jil kop asx
zsdc xdfv cfgb vghn bhjm njk"""
_NEAR = dict(zip(_KEYS, _BESIDE.split(), strict=True))
_TELEX = dict(zip("\u0301\u0300\u0309\u0303\u0323", "sfrxj", strict=True))
_CONFUSED = {"ch": "tr", "tr": "ch", "s": "x", "x": "s"}


def with_a_slip(text: str, chance: random.Random) -> str:
    """One slip of the finger.

    A letter lost, doubled, swapped or beside the right one, a wrong tone, a Telex mark left over,
    ch for tr, s for x, or two words joined.
    """
    typed = nfc(text).lower().split()
    for _ in range(20):
        at = chance.randrange(len(typed))
        slipped = chance.choice(_SLIPS)(typed[at], chance)
        if slipped != typed[at]:
            return " ".join([*typed[:at], slipped, *typed[at + 1 :]])
        if len(typed) > 1 and chance.random() < 1 / len(_SLIPS):
            at = chance.randrange(len(typed) - 1)
            return " ".join([*typed[:at], typed[at] + typed[at + 1], *typed[at + 2 :]])
    return text


def _lost(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at + 1 :] if len(word) > 2 else word


def _doubled(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at] + word[at:] if len(word) > 2 else word


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]


def _beside(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + chance.choice(_NEAR.get(word[at], word[at])) + word[at + 1 :]


def _wrong_tone(word: str, chance: random.Random) -> str:
    tone = str.maketrans(dict.fromkeys(_TELEX, chance.choice(list(_TELEX))))
    return nfc(unicodedata.normalize("NFD", word).translate(tone))


def _left_over(word: str, chance: random.Random) -> str:
    apart = unicodedata.normalize("NFD", word)
    tones = [sign for sign in apart if sign in _TELEX]
    return nfc(apart.replace(tones[0], "")) + _TELEX[tones[0]] if tones else word


def _confused(word: str, chance: random.Random) -> str:
    return re.sub("^(?:ch|tr|s|x)", lambda onset: _CONFUSED[onset[0]], word)


_SLIPS: list[Spoil] = [_lost, _doubled, _swapped, _beside, _wrong_tone, _left_over, _confused]

CONDITIONS: dict[str, Spoil] = {
    "clean": lambda text, chance: text,
    "nodia": without_marks,
    "teen": in_teencode,
    "slip": with_a_slip,
}
