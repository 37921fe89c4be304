"""Vietnamese telephone numbers."""

import re

_MARKS = re.compile(r"[\s.()\-–]")
_NUMBER = re.compile(r"(?:\+84|0084|84|0)?(?P<own>[35789]\d{8}|2\d{9})", re.ASCII)


def parse_phone(text: str) -> str:
    """A mobile or fixed number as +84…; raises ValueError for what is none.

    Mobile numbers have nine figures after the 0 and begin with 3, 5, 7, 8 or 9; fixed ones have ten
    and begin with 2 (the numbering plan of circular 22/2014/TT-BTTTT). A worksheet that takes a
    number for a sum loses its 0, so the 0 may be missing.
    """
    found = _NUMBER.fullmatch(_MARKS.sub("", text))
    if found is None:
        raise ValueError("no Vietnamese telephone number")
    return f"+84{found['own']}"
