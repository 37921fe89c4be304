"""The number of a row, as people write it and buttons carry it."""

LONGEST = 15
"""Figures; every database has room for them."""


def key_of(text: str) -> int | None:
    """The number that a text is, with a mark before or a full stop behind; None where it is none,
    or longer than any that was ever given.
    """
    plain = text.strip(" #.")
    return int(plain) if plain.isdecimal() and len(plain) <= LONGEST else None
