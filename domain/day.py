"""Days as people write them."""

import re
from datetime import date, timedelta

from domain.text import fold

_DAY = re.compile(r"(?:ngay )?(\d{1,2})[ /.-](?:thang )?(\d{1,2})[ /.-](?:nam )?(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WORDS = {"hom nay": 0, "hom qua": -1}


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
