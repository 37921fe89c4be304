from datetime import date

import pytest

from domain.unit_import import KnownUnit, UnitFacts, check_units
from domain.units import Level
from tests.tables import ImportCase, import_cases, spelt, table

TODAY = date(2026, 11, 20)
LEVELS = (
    Level("province", "tỉnh"),
    Level("commune", "xã", ("province",)),
    Level("village", "thôn", ("commune",)),
)
KNOWN = [
    KnownUnit(1, UnitFacts("08", "Tỉnh Một", "province", opened_on=date(2025, 7, 1))),
    KnownUnit(2, UnitFacts("08001", "Xã Một", "commune", "08"), date(2025, 7, 1)),
    KnownUnit(
        3,
        UnitFacts("08002", "Xã Hai", "commune", "08", closed_on=date(2026, 1, 1)),
        date(2025, 7, 1),
    ),
    KnownUnit(
        4,
        UnitFacts("V1", "Thôn Một", "village", "08001", None, None, "1/QĐ", date(2026, 1, 1)),
        date(2026, 1, 1),
    ),
    KnownUnit(5, UnitFacts("V9", "Thôn Chín", "village", "08001"), date(2026, 12, 1)),
]


def check(text: str) -> tuple[list[UnitFacts], list[str]]:
    by_code = {unit.facts.code: unit for unit in KNOWN}
    units, problems = check_units(table(text), by_code, LEVELS, TODAY)
    return units, [spelt(problem) for problem in problems]


@pytest.mark.parametrize(
    "case", import_cases("unit_import_cases.yaml"), ids=lambda case: str(case.name)
)
def test_every_wrong_cell_is_named(case: ImportCase) -> None:
    by_code = {unit.facts.code: unit for unit in KNOWN}
    _, problems = check_units(case.sheet, by_code, LEVELS, TODAY)
    assert [spelt(problem) for problem in problems] == case.problems


def test_a_unit_is_read() -> None:
    units, problems = check(
        "Mã;Tên;Cấp;Mã cấp trên;Ngày thành lập;Ngày giải thể;Số quyết định;Ngày quyết định\n"
        "V2;Thôn Hai;Thôn;08001;01/07/2026;2027-01-01;7/QĐ-UBND;2-7-2026"
    )
    days = date(2026, 7, 1), date(2027, 1, 1), date(2026, 7, 2)
    assert not problems
    assert units == [
        UnitFacts("V2", "Thôn Hai", "village", "08001", days[0], days[1], "7/QĐ-UBND", days[2])
    ]


def test_an_empty_cell_leaves_what_is_known() -> None:
    units, problems = check("code;name;level;parent_code;decision_number\nV1;Thôn Mới;thôn;;")
    assert not problems
    decided = date(2026, 1, 1)
    assert units == [UnitFacts("V1", "Thôn Mới", "village", "08001", None, None, "1/QĐ", decided)]


def test_names_are_kept_as_text_without_what_cannot_be_seen() -> None:
    units, problems = check(
        "code;name;level;parent_code\nV2;<b>Tho\u0302n</b>  {{ 7*7 }}\x07\u200b\t!;thôn;08001"
    )
    assert not problems
    assert units[0].name == "<b>Thôn</b> {{ 7*7 }} !"


def test_problems_name_the_headers_of_the_file() -> None:
    _, problems = check("MÃ;Tên đơn vị;Cấp;Mã cấp trên\nV2;Thôn Hai;ấp;08001")
    assert problems == ["2 Cấp unknown_level value=ấp"]
