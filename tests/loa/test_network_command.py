from pathlib import Path

import pytest
from python_calamine import load_workbook

from tests.loa.conftest import Office

SPAN = ("--since", "1/11/2026", "--until", "26/11/2026")


def test_the_network_is_told_with_its_growth_and_reach(staffed: Office) -> None:
    result = staffed.loa("network", *SPAN)
    assert result.exit_code == 0, result.output
    assert "Tính đến ngày 26/11/2026, Tỉnh Mẫu có 3 tổ (không đổi so với ngày 01/11/2026)" in (
        result.stdout
    )
    assert "6 thành viên (mới có)" in result.stdout
    assert "Đã có tổ ở 2/2 xã" in result.stdout


def written(staffed: Office, name: str) -> Path:
    path = staffed.folder / name
    result = staffed.loa("network", "--unit", "X1", *SPAN, "--export", str(path))
    assert result.exit_code == 0, result.output
    return path


def test_it_is_written_as_a_workbook_with_days_and_branches(staffed: Office) -> None:
    book = load_workbook(written(staffed, "mang-luoi.xlsx"))
    header, *days = book.get_sheet_by_name("Theo ngày").to_python()
    assert header == ["Ngày", "Số tổ", "Số thành viên"]
    assert [day[1:] for day in (days[0], days[-1])] == [[2, 0], [2, 3]]
    assert book.get_sheet_by_name("Theo đơn vị").to_python()[-1][:4] == ["Tổng cộng", 2, 2, 0]


def test_it_is_written_as_csv_and_drawn(staffed: Office) -> None:
    assert "Thôn Suối,1,1,0,0,3," in written(staffed, "a.csv").read_text("utf-8-sig")
    assert written(staffed, "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--since mai", "'mai' is no day"),
        ("--since 2/11/2026 --until 1/11/2026", "is not before"),
        ("--export a.pdf", "ends with none of .xlsx, .csv, .png"),
        ("--unit T9", "there is no unit 'T9'"),
    ],
)
def test_what_cannot_be_meant_is_refused(staffed: Office, line: str, told: str) -> None:
    result = staffed.loa("network", *line.split())
    assert (result.exit_code, told in result.stderr) == (2, True), result.output


def test_a_file_that_cannot_be_written_is_explained(staffed: Office) -> None:
    result = staffed.loa("network", *SPAN, "--export", str(staffed.folder / "none" / "a.csv"))
    assert (result.exit_code, "Chưa ghi được" in result.stdout) == (1, True)
