import struct
from unicodedata import normalize

from bot.certificate import Certificate, png


def drawn(name: str, course: str = "Khóa") -> bytes:
    words = ("GIẤY CHỨNG NHẬN", "Ghi nhận", name, "đã hoàn thành", course, "Ngày 1", "Tổ")
    return png(Certificate(*words))


def test_a_certificate_is_a_small_picture_for_a_telephone() -> None:
    data = drawn("Nguyễn Thị Hoa", "Thanh toán an toàn, phòng lừa đảo")
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert (width, height) == (1040, 728)
    assert len(data) < 150_000


def test_any_name_can_be_drawn() -> None:
    # A sign that the font lacks is a warning, and a warning is an error.
    for name in (
        "Đỗ Thị Ỷ",
        normalize("NFD", "Nguyễn Ðức"),
        "A $b$ {c} \\d",
        "x" * 300,
        "Lan 🌸",
        "🌸",
    ):
        assert drawn(name, "y" * 300)
