import csv
from datetime import date
from pathlib import Path

import pytest

from bot.audit import shown as in_words
from loa.commands.operator import LONGEST
from storage.audit import Search
from storage.audit import lines as audit_lines
from storage.schema import audit
from tests.loa.conftest import Office
from tests.stage import make_house

WHO = "quan-tri"


def act(office: Office, *line: str) -> None:
    result = office.loa(*line, LOGNAME=WHO)
    assert result.exit_code == 0, result.output


def lines(office: Office, *options: str) -> list[str]:
    result = office.loa("audit", *options)
    assert result.exit_code == 0, result.output
    return [line for line in result.stdout.splitlines() if WHO in line]


def invite(office: Office, unit: str) -> None:
    act(office, "invite", "--unit", unit, "--role", "member")


def test_what_the_operator_did_is_told_newest_first(staffed: Office) -> None:
    assert "không có dòng nào" in staffed.loa("audit").stdout
    for unit in ("X1", "X2"):
        invite(staffed, unit)
    first, second = lines(staffed)
    assert "tạo mã mời" in first
    assert ("Xã Hai" in first, "Xã Một" in second) == (True, True)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--unit", "X1"), 1),
        (("--unit", "T"), 2),
        (("--find", "ma moi"), 2),
        (("--find", "ma moi", "--unit", "X2"), 1),
        (("--find", "liên kết"), 0),
        (("--find", "không ai cả"), 0),
    ],
)
def test_it_is_searched_by_unit_and_words(
    staffed: Office, options: tuple[str, ...], count: int
) -> None:
    for unit in ("X1", "X2"):
        invite(staffed, unit)
    assert len(lines(staffed, *options)) == count


def test_an_import_is_a_line_with_its_counts(staffed: Office, tmp_path: Path) -> None:
    sheet = tmp_path / "units.csv"
    sheet.write_text("code,name,level,parent_code\nX3,Xã Ba,commune,T\n", "utf-8")
    act(staffed, "units", "import", str(sheet))
    assert len(lines(staffed, "--find", "nhập danh sách đơn vị", "--unit", "T")) == 1
    sheet.write_text("code,name,level,parent_code\nX3,,commune,T\n", "utf-8")
    assert staffed.loa("units", "import", str(sheet), LOGNAME=WHO).exit_code == 1
    assert len(lines(staffed)) == 1


def test_all_of_it_goes_into_a_file_and_that_too_is_noted(staffed: Office, tmp_path: Path) -> None:
    invite(staffed, "X1")
    file = tmp_path / "nhat-ky.csv"
    act(staffed, "audit", "--file", str(file))
    (row,) = csv.DictReader(file.read_text("utf-8-sig").splitlines())
    assert (row["Ai"], row["Việc"], row["Đơn vị"]) == (WHO, "tạo mã mời", "Xã Một")
    assert '"uses": 20' in row["Chi tiết"]
    assert len(lines(staffed, "--find", "tải số liệu", "--unit", "T")) == 1
    assert staffed.loa("audit", "--file", str(tmp_path / "không/có.csv")).exit_code == 1


def test_an_act_of_a_newer_loa_is_told_without_its_name(staffed: Office, tmp_path: Path) -> None:
    invite(staffed, "X1")
    staffed.write(lambda c: c.execute(audit.update().values(act="of_tomorrow")).rowcount)
    (line,) = lines(staffed)
    assert "chưa có tên gọi" in line
    file = tmp_path / "nhat-ky.csv"
    act(staffed, "audit", "--file", str(file))
    assert "chưa có tên gọi" in file.read_text("utf-8-sig")
    house = make_house()
    shown = staffed.read(audit_lines, Search(), date(2026, 11, 20))[-1]
    assert "chưa có tên gọi" in house.words("audit.lines", text="", lines=[in_words(shown)])


def test_a_unit_that_is_not_there_is_refused(staffed: Office) -> None:
    assert staffed.loa("audit", "--unit", "X9").exit_code == 2


def test_a_long_login_name_is_cut(staffed: Office) -> None:
    result = staffed.loa("invite", "--unit", "X1", "--role", "member", LOGNAME="ă" * 99)
    assert result.exit_code == 0
    assert "ă" * LONGEST in staffed.loa("audit", COLUMNS="300").stdout
