"""Whole numbers in what bots and people send, who may send anything."""

import re

_WHOLE = re.compile(r"[0-9]{1,18}")


def whole(text: str) -> int:
    """A number of at most 18 plain figures; what is none is -1, which is nobody's id."""
    return int(text) if _WHOLE.fullmatch(text) else -1
