from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it comes without types

from bot.data_sets import load_data_set
from tests.loa.conftest import Office

SURVEY = [
    ["type", "name", "label", "required", "constraint", "appearance"],
    ["integer", "homes", "Bao nhiêu hộ?", "yes", ". <= 500", ""],
    ["note", "thanks", "Cảm ơn", "", "", ""],
    ["select_one yn", "met", "Tổ có họp không?", "", "", "minimal"],
]
CHOICES = [["list_name", "name", "label"], ["yn", "yes", "Có"], ["yn", "no", "Không"]]
SETTINGS = [["form_title", "form_id"], ["Khảo sát hộ", "homes_survey"]]


def write_form(path: Path, **sheets: list[list[str]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
    return path


@pytest.fixture
def form(office: Office) -> Path:
    path = office.folder / "form.xlsx"
    return write_form(path, survey=SURVEY, choices=CHOICES, settings=SETTINGS)


def test_a_form_becomes_a_data_set_and_what_is_left_is_named(office: Office, form: Path) -> None:
    into = ("--into", str(office.folder))
    result = office.loa(
        "dataset", "import", str(form), "--every", "month", "--due-day", "25", *into
    )
    assert result.exit_code == 0, result.output
    assert "Loại “note” chưa dùng được" in result.stdout
    assert "Cột này không dùng đến: minimal" in result.stdout
    assert "2 chỗ của biểu mẫu không chuyển được" in result.stdout
    found = load_data_set(office.folder / "homes_survey.yaml")
    assert (found.name, found.version, found.levels) == ("Khảo sát hộ", 1, ("village",))
    assert (found.period_type, found.due_day) == ("month", 25)
    assert [each.type for each in found.elements] == ["whole", "yes_no"]
    assert found.elements[0].most == 500


def test_the_same_form_again_changes_nothing_and_another_one_is_the_next_version(
    office: Office, form: Path
) -> None:
    line = ("dataset", "import", str(form), "--into", str(office.folder))
    office.loa(*line)
    assert "đã đúng như biểu mẫu này" in office.loa(*line).stdout
    write_form(form, survey=SURVEY[:2], choices=CHOICES, settings=SETTINGS)
    assert "version 2" in office.loa(*line).stdout
    assert load_data_set(office.folder / "homes_survey.yaml").version == 2


@pytest.mark.parametrize(
    ("survey", "told"),
    [
        ([SURVEY[0], SURVEY[2]], "Không có câu hỏi nào chuyển được"),
        (
            [SURVEY[0], ["integer", "homes", "Hộ?", "", ". >= 9 and . <= 2", ""]],
            "form.xlsx, dòng 2, elements[0].most: không thể nhỏ hơn 9",
        ),
    ],
)
def test_a_form_that_is_no_data_set_writes_nothing(
    office: Office, form: Path, survey: list[list[str]], told: str
) -> None:
    write_form(form, survey=survey, choices=CHOICES, settings=SETTINGS)
    result = office.loa("dataset", "import", str(form), "--into", str(office.folder))
    assert (result.exit_code, told in result.stdout) == (1, True), result.output
    assert not list(office.folder.glob("homes*"))


def test_a_workbook_that_is_no_form_is_refused(office: Office, form: Path) -> None:
    write_form(form, units=SURVEY)
    assert "không phải là XLSForm" in office.loa("dataset", "import", str(form)).stdout
    form.write_bytes(b"PK\x03\x04")
    assert office.loa("dataset", "import", str(form)).exit_code == 1


def test_a_data_set_is_checked(office: Office) -> None:
    path = office.folder / "a.yaml"
    good = (
        "id: a\nversion: 1\nname: A\nlevels: [village]\nelements: [{id: a, name: A, question: A}]\n"
    )
    path.write_text(good, "utf-8")
    assert "a.yaml: đúng, A, 1 câu hỏi." in office.loa("dataset", "check", str(path)).stdout
    path.write_text(good.replace("village", "hamlet"), "utf-8")
    result = office.loa("dataset", "check", str(path))
    assert (result.exit_code, "không có cấp “hamlet”" in result.stdout) == (1, True)
    path.write_text(good + "hours: 1\n", "utf-8")
    result = office.loa("dataset", "check", str(path))
    assert (result.exit_code, "a.yaml, dòng 6, hours" in result.stdout) == (1, True)


def test_the_data_sets_are_listed(office: Office) -> None:
    shown = office.loa("dataset", "list").stdout
    assert "monthly_pillars" in shown
    assert "Rà soát thành viên tổ" in shown
