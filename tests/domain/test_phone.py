import pytest

from domain.phone import parse_phone


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("0912345678", "+84912345678"),
        ("+84 912 345 678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("0084912345678", "+84912345678"),
        ("912345678", "+84912345678"),  # a worksheet took it for a number
        ("091.234.5678", "+84912345678"),
        ("(024) 3943-1234", "+842439431234"),
        ("849123456", "+84849123456"),
    ],
)
def test_a_phone_is_read(written: str, phone: str) -> None:
    assert parse_phone(written) == phone


@pytest.mark.parametrize(
    "written",
    ["", "123", "01234567890", "0612345678", "+1 912345678", "٠٩١٢٣٤٥٦٧٨", "09123456789", "abc"],
)
def test_what_is_no_phone_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="no Vietnamese"):
        parse_phone(written)
