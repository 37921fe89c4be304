import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.aliases import digits_of, from_digits, from_hex, hex_of

NUMBERS = st.integers(min_value=0, max_value=1 << 53)


@given(NUMBERS, NUMBERS)
def test_an_id_is_read_back_and_is_its_kinds_own(number: int, other: int) -> None:
    alias, digits = hex_of(number, "person"), digits_of(number, "person")
    assert (len(alias), len(digits)) == (20, 18)
    assert from_hex(alias, "person") == from_digits(digits, "person") == number
    assert from_hex(alias, "group") is None
    assert (hex_of(other, "person") == alias) is (other == number)


@pytest.mark.parametrize("alias", ["", "x" * 20, "0" * 19, "-4000000001", "5000000001", "１" * 18])
def test_what_is_no_id_is_nobody(alias: str) -> None:
    assert from_hex(alias, "person") is None
    assert from_digits(alias, "person") is None
