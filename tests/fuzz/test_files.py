"""Files that people bring: spoilt ones are refused in words, and nothing else comes of them."""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no types
import yaml
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bot.calendar import CALENDAR, BadCalendar, load_calendar
from bot.courses import COURSES, BadCourse, load_courses
from bot.data_sets import DATA_SETS, BadDataSet, load_data_set
from bot.word_template import SHIPPED, BadTemplate, WordTemplate
from bot.words import Words
from domain.faq_import import KnownFaq, check_entries
from domain.imports import Problem, Sheet
from domain.people_import import Roster, check_people
from domain.target_import import check_targets
from domain.unit_import import check_units
from domain.units import Unit
from domain.xlsform import carry
from loa.faq_file import read_entries
from loa.settings import load
from loa.settings_file import SettingsError
from loa.sheets import SheetError, read_sheet, read_sheets
from scheduler.index import read_pages
from tests.fuzz.spoiling import spoilt_bytes, spoilt_tree, worded
from tests.fuzz.trying import tried
from tests.papers import pdf, word
from tests.world import LEVELS

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 20)
UTC = ZoneInfo("UTC")
WORDS = Words.load(UTC)
DATA_SET = load_data_set(DATA_SETS / "weekly_activity.yaml")
UNITS = {"08": Unit(1, "08", "Tỉnh", "province"), "V1": Unit(2, "V1", "Thôn Một", "village")}

TABLES: dict[str, list[tuple[str, ...]]] = {
    "units": [
        ("code", "name", "level", "parent_code", "opened_on", "decision_number", "decision_date"),
        ("08", "Tỉnh Tuyên Quang", "tỉnh", "", "01/07/2025", "", ""),
        ("00691", "Phường Hà Giang 2", "xã", "08", "", "", ""),
        ("V2", "Thôn Hai", "thôn", "00691", "hôm nay", "1/QĐ-UBND", "2025-07-02"),
    ],
    "people": [
        ("Mã đơn vị", "Họ tên", "Vai trò", "Điện thoại", "Biết CNTT"),
        ("V1", "Lê Văn Một", "tổ trưởng", "0912345678", "x"),
        ("V1", "Trần Thị Ba", "thành viên", "", "không"),
    ],
    "targets": [
        ("code", "element", "period", "number"),
        ("V1", DATA_SET.elements[0].name, "2026W47", "1.200"),
        ("08", DATA_SET.elements[1].id, "2026Q4", "ba mươi"),
    ],
    "entries": [
        ("question", "variants", "answer", "source", "unit_code"),
        ("Cách cài VNeID?", "cai vneid|cài định danh", "Vào kho ứng dụng.", "1/KH", "V1"),
    ],
    "survey": [
        ("type", "name", "label", "required", "relevant", "constraint"),
        ("integer", "households", "Số hộ", "yes", "", ". >= 0 and . <= 500"),
        ("select_one yn", "active", "Có hoạt động?", "", "${households} > 0", ""),
    ],
}


def as_csv(rows: list[tuple[str, ...]]) -> bytes:
    return "\n".join(";".join(row) for row in rows).encode()


def as_workbook(rows: list[tuple[str, ...]]) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        # Else its bytes would be others from second to second.
        book.set_properties({"created": datetime(2026, 11, 20, tzinfo=UTC)})
        for name in ("survey", "choices", "settings"):
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
    return kept.getvalue()


@st.composite
def spoilt_tables(draw: st.DrawFn) -> bytes:
    """A table with spoilt cells as CSV or workbook, or with spoilt bytes."""
    name = draw(st.sampled_from(sorted(TABLES)))
    match draw(st.integers(0, 3)):
        case 0:
            return draw(spoilt_bytes([as_csv(TABLES[name])]))
        case 1:
            return draw(spoilt_bytes([as_workbook(TABLES[name])]))
    every = [cell for row in TABLES[name] for cell in row]
    rows = [list(row) for row in TABLES[name]]
    for _ in range(draw(st.integers(1, 5))):
        row = draw(st.sampled_from(rows))
        row[draw(st.integers(0, len(row) - 1))] = draw(worded(every)).replace("\ud83d", "")
    texts = [tuple(cell.encode("utf-8", "replace").decode() for cell in row) for row in rows]
    return as_workbook(texts) if draw(st.booleans()) else as_csv(texts)


def checks(sheet: Sheet) -> Iterator[list[Problem]]:
    """What every import finds in a sheet."""
    yield check_units(sheet, {}, LEVELS, TODAY)[1]
    yield check_people(sheet, Roster(UNITS, {}, {}), TODAY)[1]
    yield check_targets(sheet, DATA_SET, {code: unit.id for code, unit in UNITS.items()})[1]
    known = KnownFaq(
        {}, {}, {}, {code: unit.id for code, unit in UNITS.items()}, {}, lambda _: None
    )
    checked = check_entries(sheet, known, TODAY)
    yield [*checked.problems, *checked.doubts]


@tried(content=spoilt_tables())
def test_a_spoilt_table_is_read_or_refused_with_every_wrong_row_named(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with suppress(SheetError):
        for problems in checks(read_sheet(path)):
            assert all(WORDS(f"import.{each.why}", **each.params) for each in problems)
    with suppress(SheetError):
        read_entries(path)
    with suppress(SheetError):
        carry(read_sheets(path), {})


def texts_of(paths: Iterator[Path]) -> list[str]:
    return [path.read_text("utf-8") for path in sorted(paths)]


def spoilt_yaml(texts: list[str]) -> SearchStrategy[bytes]:
    """The same texts with other values, or with other bytes."""
    trees = [yaml.safe_load(text) for text in texts]
    written = spoilt_tree(trees).map(_written)
    return st.one_of(written, spoilt_bytes([text.encode() for text in texts]))


def _written(tree: Any) -> bytes:
    return yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "replace")


def data_set(path: Path) -> None:
    with suppress(BadDataSet):
        load_data_set(path)


def settings(path: Path) -> None:
    with suppress(SettingsError):
        load(path, {})


def calendar(path: Path) -> None:
    with suppress(BadCalendar):
        load_calendar(UTC, path)


def entries(path: Path) -> None:
    with suppress(SheetError):
        for _ in checks(read_entries(path)):
            pass


def course(path: Path) -> None:
    read_as("course.yaml", path)


def read_as(name: str, path: Path) -> None:
    """Read a course in which one file is another."""
    known = COURSES / "dich-vu-cong"
    folder = path.parent / "courses" / known.name
    folder.mkdir(parents=True, exist_ok=True)
    for file in known.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / name).write_bytes(path.read_bytes())
    with suppress(BadCourse):
        load_courses(folder.parent)


FILES: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "data set": (data_set, texts_of(DATA_SETS.glob("*.yaml"))),
    "settings": (settings, texts_of(ROOT.glob("config.yaml"))),
    "calendar": (calendar, texts_of(CALENDAR.parent.glob(CALENDAR.name))),
    "FAQ entries": (entries, texts_of(CALENDAR.parent.glob("faq/*.yaml"))),
    "course": (course, texts_of(COURSES.glob("*/course.yaml"))),
}


@pytest.mark.parametrize("name", FILES)
@tried(slow=2, data=st.data())
def test_a_spoilt_yaml_file_is_refused_in_words(
    name: str, data: st.DataObject, tmp_path: Path
) -> None:
    read, texts = FILES[name]
    path = tmp_path / "file.yaml"
    path.write_bytes(data.draw(spoilt_yaml(texts)))
    read(path)


LESSONS = [path.read_bytes() for path in sorted(COURSES.glob("*/*.md"))]


@tried(slow=2, content=spoilt_bytes(LESSONS))
def test_a_spoilt_lesson_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "lesson.md"
    path.write_bytes(content)
    read_as("01-dia-chi.md", path)


PAPERS = [pdf("Plan 1/KH", "page two"), word("Kế hoạch 1/KH", "trang hai")]


@tried(content=spoilt_bytes(PAPERS))
def test_a_spoilt_paper_has_pages_or_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "paper"
    path.write_bytes(content)
    assert all(isinstance(page, str) for page in read_pages(path))


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # it is long
@tried(slow=4, content=spoilt_bytes([SHIPPED.read_bytes()]))
def test_a_spoilt_template_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "template.docx"
    path.write_bytes(content)
    with suppress(BadTemplate):
        WordTemplate.load(path)
