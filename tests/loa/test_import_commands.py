import re
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

from bot.words import Words
from domain.units import TeamWarning
from loa.commands import people, units
from loa.import_report import TEAMS_SHOWN, ImportReport
from storage.schema import metadata
from storage.teams import OddTeam
from tests.tables import import_cases

TREE = "code;name;level;parent_code\n08;Tỉnh [b]Một[/b];tỉnh;\n08001;Xã <b>&;xã;08\n"
MEMBERS = "Mã đơn vị;Họ tên;Vai trò\n" + "".join(f"08001;Người {n};thành viên\n" for n in range(11))


@dataclass(frozen=True, slots=True)
class Terminal:
    """The commands under a root of their own, in a folder of their own."""

    folder: Path

    def run(self, *line: str, **files: str) -> Result:
        for name, text in files.items():
            (self.folder / name).write_text(text, "utf-8")
        app = typer.Typer(callback=self._root)
        app.add_typer(units.app, name="units")
        app.add_typer(people.app, name="people")
        return CliRunner().invoke(app, [*line, *(str(self.folder / name) for name in files)])

    def _root(self, context: typer.Context) -> None:
        context.obj = self.folder / "config.yaml"


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("LOA_DATABASE_URL", f"sqlite:///{tmp_path}/loa.sqlite3")
    (tmp_path / "config.yaml").write_text("log_level: error", "utf-8")
    return Terminal(tmp_path)


def test_units_and_people_come_in(terminal: Terminal) -> None:
    first = terminal.run("units", "import", file=TREE)
    assert (first.exit_code, first.stdout.strip()) == (
        0,
        "Đã nhập xong: 2 mới, 0 thay đổi, 0 giữ nguyên.",
    )
    again = terminal.run("units", "import", file=TREE)
    assert "0 mới, 0 thay đổi, 2 giữ nguyên" in again.stdout
    listed = terminal.run("people", "import", file=MEMBERS)
    assert listed.exit_code == 0
    assert "11 mới" in listed.stdout
    assert re.search(r"08001\W+Xã <b>&\W+Có 11 người, nhiều nhất chỉ 10", listed.stdout)
    assert "1 tổ chưa đúng quy định về số người. Dữ liệu vẫn đã được nhập." in listed.stdout


def test_every_bad_row_is_shown_and_nothing_is_kept(terminal: Terminal) -> None:
    bad = TREE + "08002;[b]Xã[/b];huyện [i];08\n;Xã;xã;9\n"
    result = terminal.run("units", "import", file=bad)
    assert result.exit_code == 1
    assert re.search(r"4 +│ level +│ Không có cấp “huyện \[i\]” trong cài đặt", result.stdout)
    assert re.search(r"5 +│ code +│ Ô này còn trống", result.stdout)
    assert "Tệp có 2 chỗ cần sửa. Chưa có gì được ghi" in result.stdout
    assert "2 mới" in terminal.run("units", "import", file=TREE).stdout


def test_a_move_is_dated_by_the_command(terminal: Terminal) -> None:
    village = "V1;Thôn;thôn;08001\n"
    terminal.run("units", "import", "--since", "2026-07-01", file=TREE + village)
    moved = TREE + "08002;Xã Hai;xã;08\n" + village.replace("08001", "08002")
    early = terminal.run("units", "import", "--since", "30/06/2026", file=moved)
    assert early.exit_code == 1
    assert "Không đổi được cấp trên từ 30/06/2026" in early.stdout
    assert terminal.run("units", "import", "--since", "01/08/2026", file=moved).exit_code == 0


def test_a_file_that_is_no_table_is_explained(terminal: Terminal) -> None:
    result = terminal.run("people", "import", file="Mã\n")
    assert (result.exit_code, result.stdout.strip()) == (1, "Tệp không có dòng dữ liệu nào.")


def test_wrong_settings_stop_the_command(terminal: Terminal) -> None:
    (terminal.folder / "config.yaml").write_text("prot: 1", "utf-8")
    result = terminal.run("units", "import", file=TREE)
    assert (result.exit_code, result.stderr) == (2, "config.yaml line 1: prot: no key 'prot'\n")


def test_a_database_that_cannot_be_had_is_explained(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_DATABASE_URL", "postgresql+asyncpg://loa:hunter2@127.0.0.1:1/loa")
    result = terminal.run("units", "import", file=TREE)
    assert result.exit_code == 1
    assert "Chưa ghi được vào cơ sở dữ liệu" in result.stdout
    assert "hunter2" not in result.output


def test_of_many_odd_teams_the_first_are_listed() -> None:
    out = StringIO()
    words = Words.load(ZoneInfo("Asia/Ho_Chi_Minh"))
    warning = TeamWarning("least_it", 1, 0)
    teams = [OddTeam(f"V{n}.", "Thôn", [warning]) for n in range(TEAMS_SHOWN + 1)]
    ImportReport(Console(file=out, width=200), words).odd_teams(teams)
    shown = out.getvalue()
    assert f"V{TEAMS_SHOWN - 1}." in shown
    assert f"V{TEAMS_SHOWN}." not in shown
    assert f"{TEAMS_SHOWN + 1} tổ chưa đúng quy định về số người; trên đây là" in shown


def test_progress_has_words_for_every_table_that_an_import_writes() -> None:
    words = Words.load(ZoneInfo("Asia/Ho_Chi_Minh"))
    with ImportReport(Console(file=StringIO()), words).progress() as told:
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
