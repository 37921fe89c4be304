import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from bot.sheet import Cells, Chart, Page, csv_text, xlsx


@pytest.mark.parametrize("text", ["=1", "+84", "-x", "@SUM", "\t=1", "\r=1", "\n=1"])
def test_what_would_run_in_a_csv_is_guarded(text: str) -> None:
    assert csv_text([text], []).decode("utf-8-sig").strip('"\r\n').startswith("'")


def test_a_text_that_would_not_run_is_left_alone() -> None:
    row: Cells = ["a=1", Decimal(-1), -2, None, date(2026, 5, 26)]
    assert csv_text(row, []).decode("utf-8-sig") == "a=1,-1,-2,,26/05/2026\r\n"


def test_a_page_is_drawn_beside_its_table() -> None:
    rows = [("Xã Một", 3, 2), ("Xã Hai", 1, 1), ("Tổng", 4, 3)]
    chart = Chart("column", "Số đơn vị", (1, 2), 2)
    data = xlsx(Page("Theo đơn vị", ["Đơn vị", "Cần", "Đã"], rows, 1, chart))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        drawn = parts.read("xl/charts/chart1.xml").decode()
    assert "'Theo đơn vị'!$B$2:$B$3" in drawn
    assert "Số đơn vị" in drawn
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.get_sheet_by_name("Theo đơn vị").to_python()[1:] == [list(row) for row in rows]


def test_nothing_is_drawn_of_an_empty_table() -> None:
    data = xlsx(Page("A", ["x", "y"], [], chart=Chart("line", "t", (1,), 0)))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not [name for name in parts.namelist() if "chart" in name]
