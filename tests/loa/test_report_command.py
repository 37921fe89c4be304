import csv
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from python_calamine import load_workbook
from sqlalchemy import Connection, insert, select

from bot.data_sets import load_data_sets
from loa.commands.report import SHOWN
from loa.report_sheet import csv_text
from storage import reports, schema, units
from storage.reports import Form, Value
from tests.loa.conftest import Office
from tests.stage import make_house

WEEK = ("--week", "2026W47")
HEADER = [
    "Mã",
    "Đơn vị",
    "Cấp trên",
    "Nộp lúc",
    *(element.name for element in load_data_sets()["weekly_activity"].elements),
]
NUMBERS = [element.id for element in load_data_sets()["weekly_activity"].elements[:-1]]


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
    assert "Tỉnh Mẫu, tuần 2026W47 (16/11/2026 – 22/11/2026)" in shown
    assert re.search(r"Xã Một +│ +2 │ +1 │", shown)
    assert re.search(r"Xã Hai +│ +1 │ +1 │", shown)
    assert re.search(r"Tổng cộng +│ +3 │ +2 │", shown)
    assert re.search(r"dịch vụ công trực tuyến +│ +1\.210 │", shown)
    assert "1 đơn vị chưa báo cáo" in shown
    assert re.search(r"T12 +│ Thôn Đồi", shown)
    assert "Thôn Suối" not in shown


def test_a_part_of_the_tree_is_shown_alone(reported: Office) -> None:
    shown = reported.loa("report", "show", "--unit", "X2", *WEEK).stdout
    assert "Xã Hai, tuần 2026W47" in shown
    assert "chưa báo cáo" not in shown


def test_another_week_has_none_of_it(reported: Office) -> None:
    shown = reported.loa("report", "show", "--week", "2026W46").stdout
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
        ["T11", "Thôn Suối", "Xã Một", at, 1200, 1201, 1202, 1203, 1204, "=1+1 máy yếu"],
        ["T12", "Thôn Đồi", "Xã Một", "", "", "", "", "", "", ""],
        ["T21", "Thôn Chợ", "Xã Hai", at, 10, 11, 12, 13, 14, ""],
        ["Tổng cộng", "", "", "2/3 đơn vị", 1210, 1212, 1214, 1216, 1218, ""],
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
    sums = ["1200", "1201", "1202", "1203", "1204"]
    assert rows == [
        HEADER,
        ["T11", "Thôn Suối", "Xã Một", "20/11/2026 09:00", *sums, "'=1+1 máy yếu"],
        ["T12", "Thôn Đồi", "Xã Một", *[""] * 7],
        ["Tổng cộng", "", "", "1/2 đơn vị", *sums, ""],
    ]


@pytest.mark.parametrize("text", ["=1", "+84", "-x", "@SUM", "\t=1", "\r=1", "\n=1"])
def test_what_would_run_in_a_csv_is_guarded(text: str) -> None:
    assert csv_text([text], []).decode("utf-8-sig").strip('"\r\n').startswith("'")


def test_a_text_that_would_not_run_is_left_alone() -> None:
    assert csv_text(["a=1", Decimal(-1)], []).decode("utf-8-sig") == "a=1,-1\r\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("show --unit T9", "there is no unit 'T9'"),
        ("show --week 2026W99", "'2026W99' is no week"),
        ("show --week mai", "'mai' is no week"),
        ("export tuan.pdf", "ends neither with .xlsx nor with .csv"),
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
