import re
from datetime import date
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot.words import Words
from domain.units import TeamWarning
from loa.import_report import TEAMS_SHOWN, ImportReport
from loa.screen import Screen
from storage.schema import metadata
from storage.teams import OddTeam
from tests.loa.conftest import Office
from tests.tables import import_cases

TREE = "code;name;level;parent_code\n08;Tỉnh [b]Một[/b];tỉnh;\n08001;Xã <b>&;xã;08\n"
MEMBERS = "Mã đơn vị;Họ tên;Vai trò\n" + "".join(f"08001;Người {n};thành viên\n" for n in range(11))


def test_units_and_people_come_in(terminal: Office) -> None:
    first = terminal.loa("units", "import", terminal.file("file", TREE))
    assert (first.exit_code, first.stdout.strip()) == (
        0,
        "Đã nhập xong: 2 mới, 0 thay đổi, 0 giữ nguyên.",
    )
    again = terminal.loa("units", "import", terminal.file("file", TREE))
    assert "0 mới, 0 thay đổi, 2 giữ nguyên" in again.stdout
    listed = terminal.loa("people", "import", terminal.file("file", MEMBERS))
    assert listed.exit_code == 0
    assert "11 mới" in listed.stdout
    assert re.search(r"08001\W+Xã <b>&\W+Có 11 người, nhiều nhất chỉ 10", listed.stdout)
    assert "1 tổ chưa đúng quy định về số người. Dữ liệu vẫn đã được nhập." in listed.stdout


def test_every_bad_row_is_shown_and_nothing_is_kept(terminal: Office) -> None:
    bad = TREE + "08002;[b]Xã[/b];huyện [i];08\n;Xã;xã;9\n"
    result = terminal.loa("units", "import", terminal.file("file", bad))
    assert result.exit_code == 1
    assert re.search(r"4 +│ level +│ Không có cấp “huyện \[i\]” trong cài đặt", result.stdout)
    assert re.search(r"5 +│ code +│ Ô này còn trống", result.stdout)
    assert "Tệp có 2 chỗ cần sửa. Chưa có gì được ghi" in result.stdout
    assert "2 mới" in terminal.loa("units", "import", terminal.file("file", TREE)).stdout


def test_a_move_is_dated_by_the_command(terminal: Office) -> None:
    village = "V1;Thôn;thôn;08001\n"
    file = terminal.file("file", TREE + village)
    terminal.loa("units", "import", "--since", "2026-07-01", file)
    terminal.file("file", TREE + "08002;Xã Hai;xã;08\n" + village.replace("08001", "08002"))
    early = terminal.loa("units", "import", "--since", "30/06/2026", file)
    assert early.exit_code == 1
    assert "Không đổi được cấp trên từ 30/06/2026" in early.stdout
    assert terminal.loa("units", "import", "--since", "01/08/2026", file).exit_code == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Mã đơn vị;Họ tên;Vai trò\n", "Tệp không có dòng dữ liệu nào."),
        ("DANH SÁCH\nLan;X1\n", "Không tìm thấy dòng tiêu đề của bảng. Mình đã xem 20 dòng đầu"),
        ("Số;Người\n1;Lan\n", "cột: unit_code (ma don vi), name (ho ten), role (vai tro)"),
    ],
)
def test_a_file_that_is_no_table_is_explained(terminal: Office, text: str, told: str) -> None:
    result = terminal.loa("people", "import", terminal.file("file", text))
    assert result.exit_code == 1
    assert told in " ".join(result.stdout.split())


def test_a_title_above_the_table_is_passed_over(terminal: Office) -> None:
    titled = f"DANH SÁCH ĐƠN VỊ, NĂM 2026\n(kèm theo, công văn, số 5)\n\n{TREE}"
    assert "2 mới" in terminal.loa("units", "import", terminal.file("file", titled)).stdout


def test_wrong_settings_stop_the_command(terminal: Office) -> None:
    terminal.file("config.yaml", "prot: 1")
    result = terminal.loa("units", "import", terminal.file("file", TREE))
    assert (result.exit_code, result.stderr) == (2, "config.yaml line 1: prot: no key 'prot'\n")


def test_a_database_that_cannot_be_had_is_explained(terminal: Office) -> None:
    nowhere, file = "postgresql+asyncpg://loa:hunter2@127.0.0.1:1/loa", terminal.file("file", TREE)
    result = terminal.loa("units", "import", file, LOA_DATABASE_URL=nowhere)
    assert result.exit_code == 1
    assert "Chưa ghi được vào cơ sở dữ liệu" in result.stdout
    assert "hunter2" not in result.output


def test_of_many_odd_teams_the_first_are_listed() -> None:
    out = StringIO()
    words = Words.load(ZoneInfo("Asia/Ho_Chi_Minh"))
    warning = TeamWarning("least_it", 1, 0)
    teams = [OddTeam(f"V{n}.", "Thôn", [warning]) for n in range(TEAMS_SHOWN + 1)]
    ImportReport(Screen(Console(file=out, width=200), words)).odd_teams(teams)
    shown = out.getvalue()
    assert f"V{TEAMS_SHOWN - 1}." in shown
    assert f"V{TEAMS_SHOWN}." not in shown
    assert f"{TEAMS_SHOWN + 1} tổ chưa đúng quy định về số người; trên đây là" in shown


def test_progress_has_words_for_every_table_that_an_import_writes() -> None:
    words = Words.load(ZoneInfo("Asia/Ho_Chi_Minh"))
    with ImportReport(Screen(Console(file=StringIO()), words)).progress() as told:
        for name in ("unit", "unit_parent", "team", "person", "membership"):
            told(metadata.tables[name].name, 1, 2)


@pytest.mark.parametrize("file", ["unit_import_cases.yaml", "people_import_cases.yaml"])
def test_every_problem_has_words_that_need_no_more_than_it_gives(file: str) -> None:
    words = Words.load(ZoneInfo("Asia/Ho_Chi_Minh"))
    for problem in (each for case in import_cases(file) for each in case.problems):
        found = re.fullmatch(r"\d+ .+? ([a-z_]+)((?: \w+=.*)?)", problem)
        assert found, problem
        days = {"day": date(2026, 1, 1), "since": date(2026, 1, 1)}
        given = {name: days.get(name, "x") for name in re.findall(r" (\w+)=", found[2])}
        assert words(f"import.{found[1]}", **given)
