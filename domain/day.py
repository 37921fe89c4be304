"""Days as people write them."""

import re
from datetime import date, timedelta

from domain.text import clean, fold

_DAY = re.compile(r"(?:ngay )?(\d{1,2})[ /.-](?:thang )?(\d{1,2})[ /.-](?:nam )?(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WORDS = {"hom nay": 0, "hom qua": -1}

_LETTERS = re.compile(r"[^\W\d_]+")
_FILLER = re.compile(r"\b(?:hom|ngay)\b")
_NEAR = re.compile(r"(\d{1,2}) ?[/.-] ?(\d{1,2})(?: ?[/.-] ?(\d{4}))?")
_DAYS = {"": 0, "nay": 0, "mai": 1, "kia": 2, "mot": 2}
_HALF_A_YEAR = timedelta(days=183)
_UNTIL = re.compile(r" *(?:\bden\b(?: het)?|\btoi\b|–|(?<= )-(?= )|(?<=/\d)-|(?<=/\d\d)-) *")
_FROM = re.compile(r"^(?:tu|trong|vao)\b")


def parse_day(text: str, today: date) -> date:
    """Read "9/9/2026", "ngày 9 tháng 9 năm 2026", "2026-09-09", "hôm nay"; raises ValueError."""
    plain = " ".join(text.split())
    if (shift := _WORDS.get(fold(plain))) is not None:
        return today + timedelta(days=shift)
    if found := _ISO.fullmatch(plain):
        year, month, day = found.groups()
    elif found := _DAY.fullmatch(_spoken(plain)):
        day, month, year = found.groups()
    else:
        raise ValueError(text)
    return date(int(year), int(month), int(day))


def _spoken(text: str) -> str:
    """Without diacritics, the marks between the numbers kept."""
    return " ".join(fold(part) if not part[0].isdigit() else part for part in text.split())


def fold_letters(text: str) -> str:
    """Lower case without diacritics, one space between words, the marks between numbers kept."""
    return _LETTERS.sub(lambda word: fold(word[0]), " ".join(clean(text).lower().split()))


def coming_day(folded: str, today: date) -> date:
    """Read "mai", "ngay kia", "10/12", "10/12/2026" or nothing, today; raises ValueError.

    Without a year the day is the one that is nearest ahead or not long past.
    """
    plain = " ".join(_FILLER.sub(" ", folded).split())
    if (shift := _DAYS.get(plain)) is not None:
        return today + timedelta(days=shift)
    found = _NEAR.fullmatch(plain)
    if found is None:
        raise ValueError(folded)
    day, month, year = found.groups()
    named = date(int(year or today.year), int(month), int(day))
    # In December "2/1" is the January to come.
    next_year = not year and today - named > _HALF_A_YEAR
    return named.replace(year=named.year + 1) if next_year else named


def parse_days(text: str, today: date) -> tuple[date, date]:
    """Read "từ 10/12 đến 15/12", "10-15/12", "ngày mai" as a first and a last day.

    Raises ValueError for what is none, or would end before it begins.
    """
    plain = _FROM.sub("", fold_letters(text)).strip()
    if not plain:
        raise ValueError(text)
    parts = _UNTIL.split(plain) if _UNTIL.search(plain) else [plain, plain]
    if short := re.fullmatch(r"(\d{1,2})-(\d{1,2}/.+)", plain):
        parts = list(short.groups())
    first, last = parts
    if re.fullmatch(r"(?:ngay )?\d{1,2}", first):
        first += re.sub(r"^\D*\d{1,2}", "", last)
    span = coming_day(first, today), coming_day(last, today)
    if span[1] < span[0]:
        raise ValueError(text)
    return span
