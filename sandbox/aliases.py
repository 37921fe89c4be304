"""What Zalo calls its people, groups and messages: ids that tell nothing, and can be read back."""

import hashlib
from functools import cache

_HEX_SPACE = 1 << 80
_DIGITS_LOW, _DIGITS_SPACE = 10**17, 9 * 10**17
_FACTOR = 0x9E3779B97F4A7C15F39F  # divided by none of 2, 3 and 5, so it can be undone
_MOST = 1 << 53


@cache
def _salt(kind: str, space: int) -> int:
    return int.from_bytes(hashlib.sha256(kind.encode()).digest(), "big") % space


def hex_of(number: int, kind: str) -> str:
    """20 hexadecimal digits for a number from 0 to 2^53; `kind` keeps one kind of ids apart."""
    return format((number * _FACTOR + _salt(kind, _HEX_SPACE)) % _HEX_SPACE, "020x")


def from_hex(alias: str, kind: str) -> int | None:
    """The number of an id; None for what is no id of this kind."""
    try:
        value = int(alias, 16)
    except ValueError:
        return None
    return _undone(value, kind, _HEX_SPACE) if len(alias) == 20 else None


def digits_of(number: int, kind: str) -> str:
    """18 decimal digits for a number from 0 to 2^53."""
    value = (number * _FACTOR + _salt(kind, _DIGITS_SPACE)) % _DIGITS_SPACE
    return str(value + _DIGITS_LOW)


def from_digits(alias: str, kind: str) -> int | None:
    """The number of an id; None for what is no id of this kind."""
    if not alias.isdecimal() or len(alias) != 18:
        return None
    return _undone(int(alias) - _DIGITS_LOW, kind, _DIGITS_SPACE)


def _undone(value: int, kind: str, space: int) -> int | None:
    number = (value - _salt(kind, space)) * pow(_FACTOR, -1, space) % space
    return number if number <= _MOST else None
