import csv
from datetime import datetime

import pytest
from sqlalchemy import Connection, update

from loa.sheets import read_sheet
from storage import broadcasts, schema
from tests.ledger import Ledger, Row
from tests.loa.conftest import Office

EVIL = "=HYPERLINK(1)"


def fill(c: Connection, now: datetime) -> None:
    """Thôn Suối acknowledged, Thôn Đồi was not reached, Thôn Chợ is silent; one name is a trap."""
    ledger = Ledger(c, now)
    kicked = Row("failed", "Forbidden: bot was kicked", tries=3)
    ledger.write({"T11": Row("sent"), "T12": kicked, "T21": Row("sent", repeated=True)})
    ledger.acknowledge("T11", "Lan")
    broadcasts.finish(c, now)
    market = schema.unit.c.code == "T21"
    c.execute(update(schema.unit).where(market).values(name=EVIL))


def strand(c: Connection, now: datetime) -> None:
    """Its time came when the document had been withdrawn."""
    c.execute(update(schema.broadcast).values(state="paused", started_at=None))
    c.execute(update(schema.document).values(withdrawn_at=now))


@pytest.fixture
def terminal(terminal: Office, now: datetime) -> Office:
    terminal.write(fill, now)
    return terminal


def test_broadcasts_are_listed(terminal: Office) -> None:
    result = terminal.loa("broadcast", "list")
    assert result.exit_code == 0
    for words in ("12/KH-UBND", "Tỉnh Mẫu", "✅ Đã gửi xong", "09:00 20/11/2026", "2/3"):
        assert words in result.stdout


def test_how_one_stands_is_shown(terminal: Office) -> None:
    result = terminal.loa("broadcast", "show", "1")
    assert result.exit_code == 0
    for words in (
        "Đã gửi xong văn bản 12/KH-UBND, Tỉnh Mẫu",
        "Không tới được: 1",
        "Thôn Đồi, Xã Một: Loa đã bị đưa ra khỏi nhóm",
        "Xã Một: 1/1 báo nhận, 1 chưa tới",
    ):
        assert words in result.stdout


def test_what_could_not_start_is_listed_as_such_and_says_why(
    terminal: Office, now: datetime
) -> None:
    terminal.write(strand, now)
    assert "⚠️ Chưa gửi được" in terminal.loa("broadcast", "list").stdout
    shown = terminal.loa("broadcast", "show", "1").stdout
    assert "Mình chưa gửi được. Văn bản 12/KH-UBND đã được thu hồi" in shown


def test_the_csv_has_a_row_for_each_unit_and_runs_nothing(terminal: Office) -> None:
    file = terminal.folder / "bang.csv"
    result = terminal.loa("broadcast", "export", "1", str(file))
    assert (result.exit_code, result.stdout) == (0, "Đã ghi 5 đơn vị vào tệp bang.csv.\n")
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(content.decode("utf-8-sig").splitlines())
    assert head[:4] == ["Mã đơn vị", "Tên đơn vị", "Thuộc", "Gửi tới nhóm"]
    by_code = {row[0]: row[1:] for row in rows}
    moment = "20/11/2026 09:00"
    assert by_code["T11"] == ["Thôn Suối", "Xã Một", "Đã tới", "", moment, moment, "Lan", "1", ""]
    why = "Loa đã bị đưa ra khỏi nhóm"
    assert by_code["T12"] == ["Thôn Đồi", "Xã Một", "Không tới được", why, "", "", "", "3", ""]
    assert by_code["T21"][0] == f"'{EVIL}"
    assert by_code["T21"][-1] == "Có"
    assert by_code["X2"][2] == "Chưa gửi tới"


def test_the_workbook_says_the_same(terminal: Office) -> None:
    file = terminal.folder / "bang.xlsx"
    assert terminal.loa("broadcast", "export", "1", str(file)).exit_code == 0
    sheet = read_sheet(file)
    by_code = {row.cells["Mã đơn vị"]: row.cells for row in sheet.rows}
    assert len(by_code) == 5
    assert by_code["T11"]["Báo nhận lúc"] == "2026-11-20T09:00:00"
    assert by_code["T12"]["Số lần gửi"] == "3"
    assert by_code["T21"]["Tên đơn vị"] == EVIL


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("show", "7"), "Không có lần gửi nào mang số 7"),
        (("export", "7", "bang.csv"), "Không có lần gửi nào mang số 7"),
        (("export", "1", "bang.pdf"), "Tên tệp “bang.pdf” cần có đuôi .xlsx hoặc .csv."),
        (("export", "1", "/nowhere/bang.csv"), "Chưa ghi được tệp bang.csv"),
    ],
)
def test_what_cannot_be_done_is_explained(
    terminal: Office, line: tuple[str, ...], told: str
) -> None:
    result = terminal.loa("broadcast", *line)
    assert result.exit_code == 1
    assert told in result.stdout


def test_a_database_that_cannot_be_had_is_explained(terminal: Office) -> None:
    nowhere = "postgresql+asyncpg://loa:hunter2@127.0.0.1:1/loa"
    result = terminal.loa("broadcast", "list", LOA_DATABASE_URL=nowhere)
    assert result.exit_code == 1
    assert "Chưa mở được cơ sở dữ liệu" in result.stdout
    assert "hunter2" not in result.output
