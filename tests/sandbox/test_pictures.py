import struct

import pytest

from sandbox.pictures import size_of

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 40, 30) + b"\x08\x02\0\0\0"
GIF = b"GIF89a" + struct.pack("<HH", 40, 30)
JPEG = (
    b"\xff\xd8\xff\xe0" + struct.pack(">H", 4) + b"ab\xff\xc0" + struct.pack(">HBHH", 17, 8, 30, 40)
)
WEBP = b"RIFF\0\0\0\0WEBP"


@pytest.mark.parametrize(
    "data",
    [
        PNG,
        GIF,
        JPEG,
        WEBP + b"VP8X" + bytes(8) + (39).to_bytes(3, "little") + (29).to_bytes(3, "little"),
        WEBP + b"VP8L\0\0\0\0\x2f" + struct.pack("<I", 39 | 29 << 14),
        WEBP + b"VP8 \0\0\0\0" + bytes(6) + struct.pack("<HH", 40, 30),
    ],
)
def test_the_size_is_read_from_the_head(data: bytes) -> None:
    assert size_of(data) == (40, 30)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", PNG[:12], JPEG[:8], WEBP + b"????" + bytes(20)])
def test_what_is_no_picture_has_no_size(data: bytes) -> None:
    assert size_of(data) is None
