import pytest

from domain.key import LONGEST, key_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" #12. ", 12),
        ("٣", 3),
        ("9" * LONGEST, 10**LONGEST - 1),
        ("9" * (LONGEST + 1), None),
        ("²", None),
        ("1²", None),
        ("-1", None),
        ("1.2", None),
        ("mười", None),
        ("", None),
    ],
)
def test_a_key_is_read(text: str, number: int | None) -> None:
    assert key_of(text) == number
