from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Length, Pt

from bot.word_template import FIELDS, SHIPPED, BadTemplate, WordTemplate

Make = Callable[..., Path]


@pytest.fixture
def office(tmp_path: Path) -> Make:
    """Makes an office's own template of some paragraphs."""

    def make(*paragraphs: str) -> Path:
        document = Document()
        for text in paragraphs:
            document.add_paragraph(text)
        document.save(str(tmp_path / "cua-minh.docx"))
        return tmp_path / "cua-minh.docx"

    return make


LINES = ("{{ unit }}, {{ period }}", "{%p for line in lines %}", "{{ line.name }}", "{%p endfor %}")


def test_the_shipped_template_uses_every_field() -> None:
    used = WordTemplate.load().open().get_undeclared_template_variables()
    assert used == FIELDS


def test_the_shipped_template_has_the_form_of_the_decree() -> None:
    document = Document(str(SHIPPED))
    (section,) = document.sections
    assert _mm(section.page_width, section.page_height) == [210, 297]
    top, bottom, left, right = _mm(
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
    )
    assert 20 <= top <= 25
    assert 20 <= bottom <= 25
    assert 30 <= left <= 35
    assert 15 <= right <= 20
    assert section.different_first_page_header_footer
    style = document.styles["Normal"]
    assert style.font.name == "Times New Roman"
    assert style.font.size == Pt(14)


def _mm(*lengths: Length | None) -> list[int]:
    """Word rounds to a twentieth of a point."""
    return [round(each.mm) for each in lengths if each is not None]


def test_the_shipped_template_has_each_part_of_an_official_paper() -> None:
    document = Document(str(SHIPPED))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    said = "\n".join([*(each.text for each in cells), *(p.text for p in document.paragraphs)])
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "{{ unit_capitals }}",
        "/BC-……",
        "ngày …… tháng …… năm",
        "BÁO CÁO",
        "Kính gửi:",
        "Nơi nhận:",
        "- Lưu: VT",
        "CHỨC VỤ CỦA NGƯỜI KÝ",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("paragraphs", "told"),
    [
        ((*LINES, "{{ chu_tich }}"), "cua-minh.docx: không có trường chu_tich"),
        (("{{ unit }}",), "thiếu trường lines, period"),
        ((*LINES, "{{ lines[0].tong }}"), "không có trường"),
        ((*LINES, "{% if unit %}"), "viết chưa đúng"),
        ((*LINES[:2], "{{ line.tong }}", LINES[3]), "không có trường tong"),
    ],
)
def test_what_is_wrong_in_an_offices_own_template_is_told_by_name(
    office: Make, paragraphs: tuple[str, ...], told: str
) -> None:
    with pytest.raises(BadTemplate, match=told):
        WordTemplate.load(office(*paragraphs))


def test_an_offices_own_template_is_filled_in(office: Make) -> None:
    template = WordTemplate.load(office(*LINES))
    fields = {"unit": "Xã A & B", "period": "tuần", "lines": [{"name": "<b>"}, {"name": "hai"}]}
    made = Document(BytesIO(template.fill(template.open(), fields)))
    assert [each.text for each in made.paragraphs] == ["Xã A & B, tuần", "<b>", "hai"]


def test_what_is_no_word_document_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"text")
    with pytest.raises(BadTemplate, match=r"không phải tệp Word"):
        WordTemplate.load(path)
