import csv
import json
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from docx import Document
from python_calamine import load_workbook
from sqlalchemy import Connection, insert, select

from bot.data_sets import load_data_sets
from bot.word_template import BadTemplate
from domain.data_set import Value
from loa.commands.report import SHOWN
from storage import reports, schema, units
from storage.reports import Form
from tests.loa.conftest import Office
from tests.stage import make_house

WEEK = ("--period", "2026W47")
HEADER = [
    "Mã",
    "Đơn vị",
    "Cấp trên",
    "Nộp lúc",
    *(element.name for element in load_data_sets()["weekly_activity"].elements),
]
NUMBERS = [element.id for element in load_data_sets()["weekly_activity"].elements[:-1]]
COUNT = len(NUMBERS)


def file_report(c: Connection, code: str, first: int, difficulties: str, now: datetime) -> None:
    """A report whose numbers count on from the first."""
    unit = units.by_code(c, code)
    someone = c.execute(select(schema.person.c.id).limit(1)).scalar_one()
    assert unit
    answers: dict[str, Value] = {
        element: Decimal(first + place) for place, element in enumerate(NUMBERS)
    }
    form = Form("weekly_activity", 1, "2026W47", unit.id)
    reports.submit(c, form, answers | {"difficulties": difficulties}, someone, now)


@pytest.fixture
def reported(staffed: Office, now: datetime) -> Office:
    """Two of the three villages have reported."""
    staffed.write(file_report, "T11", 1200, "=1+1 máy yếu", now)
    staffed.write(file_report, "T21", 10, "", now)
    return staffed


def test_how_many_reports_are_in_is_shown_with_sums_and_names(reported: Office) -> None:
    result = reported.loa("report", "show", *WEEK)
    assert result.exit_code == 0
    shown = result.stdout
    assert "Tỉnh Mẫu, tuần 16/11/2026 – 22/11/2026 (2026W47)" in shown
    assert re.search(r"Xã Một +│ +2 │ +1 │", shown)
    assert re.search(r"Xã Hai +│ +1 │ +1 │", shown)
    assert re.search(r"Tổng cộng +│ +3 │ +2 │", shown)
    assert re.search(r"dịch vụ công trực tuyến +│ +1\.210 │", shown)
    assert "1 đơn vị chưa báo cáo" in shown
    assert re.search(r"T12 +│ Thôn Đồi", shown)
    assert "Thôn Suối" not in shown


def test_a_part_of_the_tree_is_shown_alone(reported: Office) -> None:
    shown = reported.loa("report", "show", "--unit", "X2", *WEEK).stdout
    assert "Xã Hai, tuần 16/11/2026" in shown
    assert "chưa báo cáo" not in shown


def test_another_week_has_none_of_it(reported: Office) -> None:
    shown = reported.loa("report", "show", "--period", "2026W46").stdout
    assert re.search(r"Tổng cộng +│ +3 │ +0 │", shown)
    assert "3 đơn vị chưa báo cáo" in shown


def many_villages(c: Connection) -> None:
    commune = units.by_code(c, "X1")
    assert commune
    since = make_house().data_sets["weekly_activity"]
    rows = [
        {"code": f"V{n:03}", "name": f"Thôn {n}", "level": since.levels[0]} for n in range(SHOWN)
    ]
    made = c.execute(insert(schema.unit).returning(schema.unit.c.id), rows).scalars().all()
    links = [{"unit_id": unit, "parent_id": commune.id, "since": date(2025, 7, 1)} for unit in made]
    c.execute(insert(schema.unit_parent), links)


def test_of_many_that_are_missing_the_first_are_named(reported: Office) -> None:
    reported.write(many_villages)
    shown = reported.loa("report", "show", *WEEK).stdout
    assert f"{SHOWN + 1} đơn vị chưa báo cáo" in shown
    assert "V048" in shown
    assert "V049" not in shown
    assert "… và 1 đơn vị nữa" in shown


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers(
    reported: Office, now: datetime
) -> None:
    path = reported.folder / "tuan.xlsx"
    result = reported.loa("report", "export", str(path), *WEEK)
    assert result.exit_code == 0
    assert "Đã ghi 3 đơn vị" in result.stdout
    assert "trong đó 2 đơn vị đã báo cáo" in result.stdout
    header, *rows = load_workbook(path).get_sheet_by_index(0).to_python()
    assert header == HEADER
    at = now.replace(tzinfo=None)
    assert rows == [
        ["T11", "Thôn Suối", "Xã Một", at, *range(1200, 1200 + COUNT), "=1+1 máy yếu"],
        ["T12", "Thôn Đồi", "Xã Một", *[""] * (COUNT + 2)],
        ["T21", "Thôn Chợ", "Xã Hai", at, *range(10, 10 + COUNT), ""],
        ["Tổng cộng", "", "", "2/3 đơn vị", *range(1210, 1210 + 2 * COUNT, 2), ""],
    ]


def test_the_header_of_a_workbook_is_bold_and_stays_in_view(reported: Office) -> None:
    path = reported.folder / "tuan.xlsx"
    reported.loa("report", "export", str(path), *WEEK)
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert b"<b/>" in parts.read("xl/styles.xml")
    assert 'ySplit="1"' in sheet
    assert 'r="A1" s="1"' in sheet
    assert "<f>" not in sheet
    widths = [float(width) for width in re.findall(r'width="([\d.]+)"', sheet)]
    assert f'max="{len(HEADER)}"' in sheet
    assert all(8 < width < 43 for width in widths)


def test_a_csv_opens_in_excel_and_runs_nothing(reported: Office) -> None:
    path = reported.folder / "tuan.csv"
    assert reported.loa("report", "export", str(path), "--unit", "X1", *WEEK).exit_code == 0
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(data.decode("utf-8-sig"))))
    sums = [str(1200 + place) for place in range(COUNT)]
    assert rows == [
        HEADER,
        ["T11", "Thôn Suối", "Xã Một", "20/11/2026 09:00", *sums, "'=1+1 máy yếu"],
        ["T12", "Thôn Đồi", "Xã Một", *[""] * (COUNT + 2)],
        ["Tổng cộng", "", "", "1/2 đơn vị", *sums, ""],
    ]


def test_the_second_sheet_has_the_sums_by_branch_and_is_drawn(reported: Office) -> None:
    path = reported.folder / "tuan.xlsx"
    reported.loa("report", "export", str(path), *WEEK)
    header, *rows = load_workbook(path).get_sheet_by_name("Theo đơn vị").to_python()
    assert header[:5] == ["Đơn vị", "Cần báo cáo", "Đã báo cáo", "Đúng hạn", "Tỷ lệ (%)"]
    assert [row[:6] for row in rows] == [
        ["Xã Một", 2, 1, 1, 50, 1200],
        ["Xã Hai", 1, 1, 1, 100, 10],
        ["Tổng cộng", 3, 2, 2, 66, 1210],
    ]
    with zipfile.ZipFile(path) as parts:
        assert "xl/charts/chart1.xml" in parts.namelist()


def test_the_answers_are_written_as_dhis2_takes_them(reported: Office) -> None:
    path = reported.folder / "tuan.json"
    assert reported.loa("report", "export", str(path), "--unit", "T11", *WEEK).exit_code == 0
    found = json.loads(path.read_text("utf-8"))
    assert (found["dataSet"], found["orgUnit"]) == ("weekly_activity", "T11")
    assert {"dataElement": NUMBERS[0], "value": "1200"} in found["dataValues"]


def test_the_official_paper_is_written(reported: Office) -> None:
    path = reported.folder / "tuan.docx"
    assert reported.loa("report", "export", str(path), *WEEK).exit_code == 0
    document = Document(str(path))
    assert "BÁO CÁO" in [each.text for each in document.paragraphs]


def test_a_wrong_template_of_the_office_is_told_and_nothing_is_written(reported: Office) -> None:
    own = reported.folder / "mau.docx"
    document = Document()
    document.add_paragraph("{{ unit }} {{ period }} {{ lines }} {{ chu_tich }}")
    document.save(str(own))
    path = reported.folder / "tuan.docx"
    result = reported.loa("report", "export", str(path), *WEEK, LOA_REPORTS__WORD_TEMPLATE=str(own))
    assert isinstance(result.exception, BadTemplate)
    assert "mau.docx: không có trường chu_tich" in str(result.exception)
    assert not path.exists()


def test_another_report_can_be_named(reported: Office) -> None:
    path = reported.folder / "thang.csv"
    line = ("report", "export", str(path), "--data-set", "monthly_pillars", "--period", "202611")
    assert reported.loa(*line).exit_code == 0
    assert path.read_text("utf-8-sig").startswith("Mã,Đơn vị")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("show --unit T9", "there is no unit 'T9'"),
        ("show --period 2026W99", "'2026W99' is no period"),
        ("show --period mai", "'mai' is no period"),
        ("export tuan.pdf", "ends with none of .xlsx, .csv, .json, .docx"),
    ],
)
def test_what_cannot_be_meant_is_refused(reported: Office, line: str, told: str) -> None:
    result = reported.loa("report", *line.split())
    assert (result.exit_code, told in result.stderr) == (2, True), result.output


def test_without_units_there_is_no_report(office: Office) -> None:
    result = office.loa("report", "show")
    assert result.exit_code == 2
    assert "loa units import FILE" in result.stderr


def test_of_two_at_the_top_one_is_to_be_named(reported: Office) -> None:
    second = insert(schema.unit).values(code="U", name="Tỉnh Kia", level="province")
    reported.write(lambda c: c.execute(second).rowcount)
    result = reported.loa("report", "show", *WEEK)
    assert result.exit_code == 2
    assert "T (Tỉnh Mẫu), U (Tỉnh Kia)" in result.stderr
    assert reported.loa("report", "show", "--unit", "U", *WEEK).exit_code == 0


def test_a_file_that_cannot_be_written_is_explained_and_the_old_one_stays(
    reported: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = reported.folder / "tuan.csv"
    kept.write_text("cũ", "utf-8")
    nowhere = reported.loa("report", "export", str(reported.folder / "none" / "a.csv"), *WEEK)
    assert nowhere.exit_code == 1
    assert "Chưa ghi được" in nowhere.stdout

    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    refused = reported.loa("report", "export", str(kept), *WEEK)
    assert (refused.exit_code, "No space left on device" in refused.stdout) == (1, True)
    assert kept.read_text("utf-8") == "cũ"
