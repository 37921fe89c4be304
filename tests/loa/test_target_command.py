from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection

from storage import targets, units
from tests.loa.conftest import Office

NAME = "Lượt người được hướng dẫn dịch vụ công trực tuyến"
HEADER = "Mã đơn vị,Chỉ tiêu,Kỳ,Số giao\n"


def sheet(office: Office, *rows: str) -> Path:
    path = office.folder / "giao.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", "utf-8")
    return path


def targets_of(c: Connection, code: str, period: str) -> dict[str, Decimal]:
    unit = units.by_code(c, code)
    assert unit
    return targets.of_unit(c, "weekly_activity", period, unit.id)


def test_targets_come_in_by_the_name_or_the_id_of_an_element(staffed: Office) -> None:
    path = sheet(staffed, f"T11,{NAME},202611,1.200", "T11,online_payment,2026W47,30")
    result = staffed.loa("target", "import", str(path))
    assert result.exit_code == 0, result.output
    assert "2 mới, 0 thay đổi, 0 giữ nguyên" in result.stdout
    assert staffed.read(targets_of, "T11", "202611") == {"public_services": Decimal(1200)}
    assert staffed.read(targets_of, "T11", "2026W47") == {"online_payment": Decimal(30)}


def test_a_target_given_again_is_changed(staffed: Office) -> None:
    staffed.loa(
        "target",
        "import",
        str(sheet(staffed, f"T11,{NAME},202611,12", "T12,online_payment,202611,5")),
    )
    again = sheet(staffed, f"T11,{NAME},202611,15", "T12,online_payment,202611,5")
    assert "0 mới, 1 thay đổi, 1 giữ nguyên" in staffed.loa("target", "import", str(again)).stdout
    assert staffed.read(targets_of, "T11", "202611") == {"public_services": Decimal(15)}


def test_a_wrong_row_is_named_and_nothing_comes_in(staffed: Office) -> None:
    rows = (
        f"T11,{NAME},202611,12",
        f"NO,{NAME},202611,12",
        "T11,Khó khăn,202611,12",
        f"T11,{NAME},hôm nay,12",
        f"T11,{NAME},2026Q4,nhiều",
        f"T11,{NAME},202611,13",
    )
    result = staffed.loa("target", "import", str(sheet(staffed, *rows)))
    assert result.exit_code == 1
    for said in ("mã NO", "Khó khăn", "“hôm nay”", "“nhiều”", "đã có ở dòng 2"):
        assert said in " ".join(result.stdout.split()), said
    assert not staffed.read(targets_of, "T11", "202611")


def test_an_unknown_data_set_is_told(staffed: Office) -> None:
    result = staffed.loa("target", "import", str(sheet(staffed)), "--data-set", "other")
    assert result.exit_code == 2
    assert "weekly_activity" in result.output
