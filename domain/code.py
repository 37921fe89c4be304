"""Join codes: short, unambiguous to read aloud, and too many to guess."""

from domain.text import fold

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0/O, 1/I/L: people copy codes by hand."""

LENGTH = 8


def make_code(randomness: bytes) -> str:
    """A code from at least 16 random bytes."""
    number = int.from_bytes(randomness)
    return "".join(
        ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(LENGTH)
    )


def read_code(text: str) -> str:
    """The code in what somebody typed, whatever the case, spaces and dashes between."""
    return fold(text).replace(" ", "").upper()


def looks_like_code(text: str) -> bool:
    code = read_code(text)
    return len(code) == LENGTH and set(code) <= set(ALPHABET) and any(map(str.isdigit, code))
