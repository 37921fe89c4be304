import re
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Connection

from bot.faq import Faq, load_faq
from domain.entry_choice import KeptEntry
from domain.faq import Abbreviations, Index
from domain.imports import Row, Sheet
from domain.message import FileKind
from loa.commands import faq
from loa.faq_file import read_entries
from loa.settings import Settings
from storage import entries, files
from storage.entries import Stroke
from storage.store import Store
from tests.loa.conftest import Office

GOOD = (
    "Câu hỏi;Trả lời;Cách hỏi khác;Nguồn;Mã đơn vị\n"
    "Bao giờ họp chợ phiên?;Chủ nhật.;chợ phiên khi nào|ngày nào có chợ;Xã Một;X1\n"
)
UNITS = "code;name;level;parent_code\nT;Tỉnh Một;tỉnh;\nX1;Xã Một;xã;T\n"


@pytest.fixture
def terminal(terminal: Office) -> Office:
    terminal.loa("units", "import", terminal.file("units.csv", UNITS))
    return terminal


def test_entries_come_in_and_stay_as_they_are(terminal: Office) -> None:
    path = terminal.file("good.csv", GOOD)
    first = terminal.loa("faq", "import", path)
    assert (first.exit_code, first.stdout.strip()) == (
        0,
        "Đã nhập xong: 1 mới, 0 thay đổi, 0 giữ nguyên.",
    )
    assert "0 mới, 0 thay đổi, 1 giữ nguyên" in terminal.loa("faq", "import", path).stdout
    changed = terminal.file("good.csv", GOOD.replace("Chủ nhật", "Thứ bảy"))
    assert "0 mới, 1 thay đổi, 0 giữ nguyên" in terminal.loa("faq", "import", changed).stdout


def test_a_bad_row_keeps_all_out(terminal: Office) -> None:
    path = terminal.file("bad.csv", GOOD + "Hỏi gì thế?;;;;X9\n")
    result = terminal.loa("faq", "import", path)
    assert result.exit_code == 1
    assert re.search(r"3 +│ Trả lời +│ Ô này còn trống", result.stdout)
    assert re.search(r"3 +│ Mã đơn vị +│ Không có đơn vị mã X9", result.stdout)
    assert "1 mới" in terminal.loa("faq", "import", terminal.file("good.csv", GOOD)).stdout


def test_a_doubtful_row_is_listed_and_comes_in(terminal: Office) -> None:
    known = load_faq()[0]
    text = f"question;answer\n{known.question} vậy ạ;Xem ở xã.\n"
    result = terminal.loa("faq", "import", terminal.file("odd.csv", text))
    assert result.exit_code == 0
    assert f"Gần giống mục {known.id}" in result.stdout
    assert "2 chỗ đáng ngờ ở trên vẫn đã được nhập" in result.stdout


@pytest.mark.parametrize("ending", ["xlsx", "csv", "yaml"])
def test_what_is_exported_can_be_imported_again(terminal: Office, ending: str) -> None:
    terminal.loa("faq", "import", terminal.file("good.csv", GOOD))
    path = terminal.file(f"all.{ending}")
    count = len(load_faq()) + 1
    exported = terminal.loa("faq", "export", path)
    assert exported.stdout.strip() == f"Đã ghi {count} mục vào all.{ending}."
    again = terminal.loa("faq", "import", path)
    assert f"0 mới, 0 thay đổi, {count} giữ nguyên" in again.stdout


def test_a_text_is_never_run_as_a_formula(terminal: Office) -> None:
    row = "Cộng sao cho đúng?;=1+1;;Xã Một;X1\n"
    terminal.loa("faq", "import", terminal.file("sum.csv", GOOD + row))
    terminal.loa("faq", "export", path := terminal.file("all.csv"))
    assert "'=1+1" in Path(path).read_text("utf-8-sig")
    assert "0 mới, 0 thay đổi" in terminal.loa("faq", "import", path).stdout


def test_an_entry_of_the_shipped_kind_of_yaml_comes_in(terminal: Office) -> None:
    entry = {
        "question": "Bao giờ họp chợ phiên?",
        "answer": "- Chủ nhật.\n- Sáng sớm.",
        "wordings": ["chợ phiên khi nào"],
        "source": "Xã Một",
        "audience": ["team", "everyone"],
    }
    text = yaml.safe_dump({"topic": "Chợ", "entries": [entry]}, allow_unicode=True)
    assert "1 mới" in terminal.loa("faq", "import", terminal.file("new.yaml", text)).stdout
    terminal.loa("faq", "export", path := terminal.file("all.yaml"))
    rows = yaml.safe_load(Path(path).read_text("utf-8"))["entries"]
    assert rows[-1] == {"id": "bao-gio-hop-cho-phien", "topic": "Chợ"} | entry


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.yaml", "entries:\n - a: [", "Dòng 2 viết chưa đúng YAML"),
        ("a.yaml", "entries: 3", "không có dòng dữ liệu nào"),
        ("a.yaml", "entries:\n- question: Hỏi gì thế?\n", "Thiếu cột này"),
        (
            "a.yaml",
            "- question: Hỏi gì thế?\n  answer: A\n  valid_from: 2026-13-45",
            "“2026-13-45”",
        ),
        ("a.csv", "question;answer\n", "không có dòng dữ liệu nào"),
        ("a.csv", "question;answer;colour\nHỏi gì?;A;đỏ\n", "Không có cột này"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(
    terminal: Office, name: str, text: str, told: str
) -> None:
    result = terminal.loa("faq", "import", terminal.file(name, text))
    assert result.exit_code == 1
    assert told in result.stdout


def test_another_kind_of_file_is_not_written(terminal: Office) -> None:
    assert terminal.loa("faq", "export", terminal.file("all.pdf")).exit_code == 2
    assert not (terminal.folder / "all.pdf").exists()


def test_the_shipped_entries_are_sound(terminal: Office) -> None:
    result = terminal.loa("faq", "check")
    assert (result.exit_code, result.stdout.strip()) == (0, "Không có gì cần xem lại.")


def test_the_check_names_what_is_amiss(terminal: Office) -> None:
    known = load_faq()[0]
    text = (
        "id;question;answer;wordings;unit_code;replaces\n"
        f"a;Hỏi gì cho phải?;Một.;{known.wordings[0]};;\n"
        f"b;Riêng của xã thế nào?;Hai.;;X1;{known.id}\n"
    )
    terminal.loa("faq", "import", terminal.file("odd.csv", text))
    result = terminal.loa("faq", "check")
    assert result.exit_code == 1
    assert re.search(rf"{known.id} +│ Mục a cũng có cách hỏi này", result.stdout)
    assert re.search(rf"{known.id} +│ Mục b trả lời khác", result.stdout)
    assert re.search(r"a +│ Chưa ghi nguồn", result.stdout)
    assert "chỗ cần xem lại" in result.stdout


async def test_the_files_of_an_entry_are_named_and_kept(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        file_id = files.kept(c, FileKind.DOCUMENT, "so-do.pdf", "", 3, "ab", now)
        own = KeptEntry("own", "Chợ họp ngày nào?", "Chủ nhật.", source="Xã", files=(file_id,))
        entries.save(c, own, Stroke(None, now, "made"))
        known = Faq([], lambda shipped: Index(shipped, Abbreviations()))
        known.refresh(c)
        (row,) = faq.exported(c, known)
        assert row["files"] == f"{file_id} so-do.pdf"
        sheet = Sheet(1, list(row), [Row(2, row)])
        told = faq.import_entries(c, sheet, lambda *_: None, settings=Settings(), now=now)
        assert (told.unchanged, told.problems) == (1, ())

    await store.write(work)


def test_of_entries_that_stand_twice_in_a_file_the_last_count(tmp_path: Path) -> None:
    path = tmp_path / "faq.yaml"
    path.write_text("entries: {a: 1}\nentries:\n- question: Q?\n  answer: A.\n", "utf-8")
    assert [row.line for row in read_entries(path).rows] == [3]
