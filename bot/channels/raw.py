"""Parts of a raw update, read as what they should be: anybody could have sent it."""

from collections.abc import Mapping
from typing import Any

from domain.text import clean

Raw = Mapping[str, Any]


def text_of(value: object) -> str:
    """A text fit to be kept, empty for None; raises TypeError for what is none."""
    if not isinstance(value, str | None):
        raise TypeError("a text is not text")
    return clean(value or "")


def line_of(value: object) -> str:
    """The same as one line."""
    return " ".join(text_of(value).split())
