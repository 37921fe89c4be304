import struct
from dataclasses import replace
from unicodedata import normalize
from xml.etree import ElementTree

import pytest

from bot.picture import SHOWN, Bar, Picture, png, svg, worst_first
from domain.standing import Tally

BARS = [Bar("Xã Trung Hà", (15, 3, 0, 0)), Bar("Phường Nông Tiến", (2, 9, 4, 3))]
PICTURE = Picture(
    title="Văn bản 793/KH-UBND – Tỉnh Tuyên Quang",
    sums="Đã tới 29/36 đơn vị, đã báo nhận 17",
    note="2 trong 2 đơn vị",
    legend=("Đã báo nhận", "Chưa báo nhận", "Không tới", "Chưa gửi"),
    bars=BARS,
)


@pytest.mark.parametrize(
    ("tally", "segments"),
    [
        (Tally(10, 8, 0, 1, 0, 1, 0, 5, 3), (5, 3, 2, 0)),
        (Tally(10, 6, 1, 0, 1, 1, 1, 6, 0), (6, 0, 2, 2)),
        (Tally(3, 0, 0, 0, 0, 3, 0, 3, 0), (3, 0, 0, 0)),  # told of it elsewhere
        (Tally(0, 0, 0, 0, 0, 0, 0, 0, 0), (0, 0, 0, 0)),
    ],
)
def test_the_segments_of_a_bar_are_all_its_units(tally: Tally, segments: tuple[int, ...]) -> None:
    bar = Bar.of("Xã", tally)
    assert bar.segments == segments
    assert bar.total == tally.units


def test_of_many_branches_the_worst_are_shown() -> None:
    bars = [Bar(f"Xã {n}", (n, 100 - n, 0, 0)) for n in range(100)]
    shown = worst_first(list(reversed(bars)))
    assert shown == bars[:SHOWN]


def test_a_png_of_a_province_is_small_and_fits_a_telephone() -> None:
    names = ("Xã Nguyễn Thị Minh Khai ở xa", "Đặc khu Phú Quốc", "Phường Ỷ La")
    bars = [Bar(f"{names[n % 3]} {n}", (n % 7, n % 5, n % 3, n % 4)) for n in range(124)]
    data = png(replace(PICTURE, bars=worst_first(bars)))
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert (width, height) < (1100, 1500)
    assert len(data) <= 200_000


def test_every_letter_of_vietnamese_can_be_drawn() -> None:
    marks = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    rows = (f"{vowel}{vowel.upper()}" for vowel in "aăâeêioôơuưy")
    tones = [[normalize("NFC", f"{each}{mark}") for each in row for mark in marks] for row in rows]
    # A sign that the font lacks is a warning, and a warning is an error.
    assert png(replace(PICTURE, bars=[Bar("".join(["Đđ", *row]), (1, 1, 1, 1)) for row in tones]))


def test_an_svg_holds_its_words_as_text() -> None:
    root = ElementTree.fromstring(svg(PICTURE))
    said = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    for words in (PICTURE.title, PICTURE.sums, *PICTURE.legend, "Phường Nông Tiến", "2/18"):
        assert words in said
