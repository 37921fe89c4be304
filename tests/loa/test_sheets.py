import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it comes without types

from domain.imports import Column, Row
from loa.sheets import SheetError, read_sheet, read_sheets

VILLAGE = {"Mã": "007", "Tên": "Thôn Đồng Tâm"}
COLUMNS = (Column("code", ("ma",), needed=True), Column("name", ("ten",), needed=True))
TITLES = [["DANH SÁCH CÁC THÔN, TỔ, BẢN"], ["Kèm theo công văn, ngày 20/11/2026"], []]
TABLE = [["STT", "Mã", "Tên"], ["1", "007", "Thôn Đồng Tâm"]]


@pytest.mark.parametrize(
    "text",
    [
        "Mã,Tên\n007,Thôn Đồng Tâm\n",
        "\ufeffMã;Tên\r\n007;Thôn Đồng Tâm\r\n",
        "Mã\tTên\n007\tThôn Đồng Tâm",
        'Mã,Tên\n 007 ,"Thôn Đồng Tâm"\n\n,\n',
    ],
    ids=["comma", "semicolon and BOM", "tab", "quotes, spaces and empty lines"],
)
def test_a_csv_file_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(text.encode())
    sheet = read_sheet(path)
    assert sheet.header == ["Mã", "Tên"]
    assert list(sheet.rows) == [Row(2, VILLAGE)]


def test_lines_are_counted_as_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text('\nMã,Tên\n1,"hai\ndòng"\n\n2,B\n', "utf-8")
    sheet = read_sheet(path)
    assert sheet.line == 2
    assert list(sheet.rows) == [
        Row(3, {"Mã": "1", "Tên": "hai\ndòng"}),
        Row(6, {"Mã": "2", "Tên": "B"}),
    ]


def test_cells_beside_the_header_go_by_their_letter(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text("Mã,,Tên,\n1,,A,\n2,,B,,thừa\n", "utf-8")
    sheet = read_sheet(path)
    assert sheet.header == ["Mã", "Tên", "E"]
    assert list(sheet.rows)[1].cells == {"Mã": "2", "Tên": "B", "E": "thừa"}


@pytest.mark.parametrize(
    ("content", "why", "line"),
    [
        (b"", "no_rows", 0),
        (b"\xef\xbb\xbf \n,\n", "no_rows", 0),
        ("Mã,Tên\n".encode(), "no_rows", 0),
        ("Mã,Tên\n1,Xã Sơn Thuỷ\n".encode("utf-16"), "not_utf8", 1),
        (b"Ma,Ten\n1,X\xe3 S\xf5n\n", "not_utf8", 2),
        ('Mã,Tên\n1,A\n2,"B\n3,C\n'.encode(), "broken_quotes", 3),
        (b"PK\x03\x04 but no workbook", "broken_workbook", 0),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "broken_workbook", 0),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, why: str, line: int) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(content)
    with pytest.raises(SheetError) as caught:
        read_sheet(path)
    assert (caught.value.why, caught.value.line) == (why, line)


@pytest.mark.parametrize("read", [read_sheet, read_sheets])
def test_a_workbook_whose_sheet_is_spoilt_is_refused(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    path = tmp_path / "units.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["Mã", "Tên"])
    with zipfile.ZipFile(path) as packed:
        part = packed.getinfo("xl/worksheets/sheet1.xml")
    content = bytearray(path.read_bytes())
    content[part.header_offset + 30 + len(part.filename) + part.compress_size // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(SheetError) as caught:
        read(path)
    assert caught.value.why == "broken_workbook"


def test_a_workbook_is_read_as_a_person_would_type_it(tmp_path: Path) -> None:
    path = tmp_path / "units.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(1, 0, ["Mã", "Số", "Lẻ", "Ngày", "Giờ", "Có"])
        when = datetime(2026, 7, 1, 8, 30)  # noqa: DTZ001 - a worksheet knows no time zones
        sheet.write_row(3, 0, ["007", 7, 1.5, date(2026, 7, 1), when, True])
    read = read_sheet(path)
    assert read.line == 2
    cells = ("007", "7", "1.5", "2026-07-01", "2026-07-01T08:30:00", "True")
    assert list(read.rows) == [Row(4, dict(zip(read.header, cells, strict=True)))]


def workbook(path: Path, **tabs: list[list[str]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in tabs.items():
            sheet = book.add_worksheet(name)
            for line, cells in enumerate(rows):
                sheet.write_row(line, 0, cells)
    return path


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_header_is_found_below_titles(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "units.csv"
    path.write_text("\n".join(delimiter.join(row) for row in TITLES + TABLE), "utf-8")
    sheet = read_sheet(path, COLUMNS)
    assert (sheet.line, sheet.header) == (4, TABLE[0])
    assert list(sheet.rows) == [Row(5, {"STT": "1"} | VILLAGE)]


def test_the_table_is_found_behind_a_cover_and_an_empty_form(tmp_path: Path) -> None:
    tabs = {"Bìa": TITLES, "Mẫu": TABLE[:1], "Thôn": TITLES + TABLE}
    sheet = read_sheet(workbook(tmp_path / "units.xlsx", **tabs), COLUMNS)
    assert list(sheet.rows) == [Row(5, {"STT": "1"} | VILLAGE)]


@pytest.mark.parametrize(
    ("tabs", "why", "named"),
    [
        ({"Bìa": TITLES, "Ghi chú": TITLES}, "no_header", ["Bìa", "Ghi chú"]),
        ({"Xã Một": TABLE, "Bìa": TITLES, "Xã Hai": TABLE}, "many_tables", ["Xã Một", "Xã Hai"]),
    ],
)
def test_a_workbook_without_one_table_is_refused(
    tmp_path: Path, tabs: dict[str, list[list[str]]], why: str, named: list[str]
) -> None:
    with pytest.raises(SheetError) as caught:
        read_sheet(workbook(tmp_path / "units.xlsx", **tabs), COLUMNS)
    assert (caught.value.why, caught.value.values["tabs"]) == (why, named)
