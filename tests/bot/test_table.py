import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from bot.table import BroadcastTable
from bot.words import Words
from domain.standing import Reach, Tally
from storage.standing import Branch, Line

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def table(*lines: Line) -> BroadcastTable:
    branches = [Branch(1, "Xã Một & Hai", Tally(10, 6, 1, 1, 0, 1, 1, 4, 2))]
    return BroadcastTable(Words.load(ZONE), ZONE, lines, branches)


def line(name: str, reach: Reach = Reach.SENT, why: str = "") -> Line:
    return Line(1, "T1", name, "Xã", reach, why, None, 1, False, None, "")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_of_the_csv_that_would_run_is_text(sign: str) -> None:
    text = table(line(f"{sign}1+1")).csv().decode("utf-8-sig")
    assert f"'{sign}1+1" in text


@pytest.mark.parametrize("reach", Reach)
def test_every_reach_has_words(reach: Reach) -> None:
    assert "T1,Thôn,Xã," in table(line("Thôn", reach)).csv().decode("utf-8-sig")


def test_what_is_no_known_reason_stays_as_it_is_said() -> None:
    assert "<b>&x</b>" in table(line("Thôn", Reach.FAILED, "<b>&x</b>")).csv().decode("utf-8-sig")


def test_the_second_sheet_has_the_sums_of_each_branch() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(table(line("=1+1")).xlsx()))
    assert book.sheet_names == ["Đơn vị", "Tổng hợp"]
    head, sums = book.get_sheet_by_index(1).to_python()
    assert head[:3] == ["Tên đơn vị", "Số đơn vị", "Đã tới"]
    assert sums == ["Xã Một & Hai", 10, 6, 1, 1, 0, 1, 1, 4, 2]
    assert book.get_sheet_by_index(0).to_python()[1][1] == "=1+1"


def test_moments_are_those_of_the_clock_on_the_wall(now: datetime) -> None:
    sent = Line(1, "T1", "Thôn", "Xã", Reach.SENT, "", now, 1, False, now, "Lan")
    assert "20/11/2026 09:00,20/11/2026 09:00,Lan" in table(sent).csv().decode("utf-8-sig")
