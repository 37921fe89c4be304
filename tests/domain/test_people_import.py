from datetime import date

import pytest

from domain.people import Role
from domain.people_import import KnownPerson, PersonFacts, Roster, check_people
from domain.units import Unit
from tests.tables import ImportCase, import_cases, spelt, table

TODAY = date(2026, 11, 20)
UNITS = [
    Unit(1, "V1", "Thôn Một", "village"),
    Unit(2, "08002", "Thôn Hai", "village"),
    Unit(3, "V0", "Thôn Cũ", "village", closed_on=date(2026, 1, 1)),
]
PEOPLE = [
    KnownPerson(1, "Lê Văn Một", "+84912345678", it_knowledge=True),
    KnownPerson(2, "Hoàng Thị Hai"),
    KnownPerson(3, "Hoàng Thị Hai"),
    KnownPerson(4, "Vũ Văn Tư"),
]
PLACES = {
    1: {(1, Role.LEADER)},
    2: {(1, Role.MEMBER)},
    3: {(1, Role.MEMBER)},
    4: {(2, Role.MEMBER)},
}
ROSTER = Roster({unit.code: unit for unit in UNITS}, {each.id: each for each in PEOPLE}, PLACES)


def people(text: str) -> list[PersonFacts]:
    facts, problems = check_people(table(text), ROSTER, TODAY)
    assert [spelt(problem) for problem in problems] == []
    return facts


@pytest.mark.parametrize(
    "case", import_cases("people_import_cases.yaml"), ids=lambda case: str(case.name)
)
def test_every_wrong_cell_is_named(case: ImportCase) -> None:
    _, problems = check_people(case.sheet, ROSTER, TODAY)
    assert [spelt(problem) for problem in problems] == case.problems


def test_a_name_of_more_than_100_characters_is_a_problem() -> None:
    sheet = table(f"unit_code;name;role\nV1;{'a' * 101};member\n08002;{'a' * 100};member")
    _, problems = check_people(sheet, ROSTER, TODAY)
    assert [spelt(problem) for problem in problems] == ["2 name too_long most=100"]


def test_a_person_of_two_units_is_one() -> None:
    assert people(
        "unit_code;name;role;phone;it_knowledge\n"
        "V1;Trần Thị Ba;tổ phó;0983000001;\n"
        "08002;Trần Thị Ba;điều phối;+84983000001;có"
    ) == [
        PersonFacts(
            None, "Trần Thị Ba", "+84983000001", True, ((1, Role.DEPUTY), (2, Role.COORDINATOR))
        )
    ]


@pytest.mark.parametrize(
    ("row", "person"),
    [
        # By the phone, under a new name.
        ("V1;Lê Một;tổ trưởng;0912345678;", (1, "Lê Một", "+84912345678", True)),
        # By the unit and the name; the phone is kept.
        ("V1;le van mot;tổ trưởng;;", (1, "le van mot", "+84912345678", True)),
        # By the unit and the name; the phone comes later.
        ("08002;Vũ Văn Tư;thành viên;0983000009;x", (4, "Vũ Văn Tư", "+84983000009", True)),
        # The same name in another unit is another person.
        ("V1;Vũ Văn Tư;thành viên;;", (None, "Vũ Văn Tư", None, False)),
        # The same name under another phone is another person.
        ("V1;Lê Văn Một;tổ phó;0983000009;", (None, "Lê Văn Một", "+84983000009", False)),
        ("V1;Lê Văn Một;tổ trưởng;0912345678;không", (1, "Lê Văn Một", "+84912345678", False)),
    ],
)
def test_who_is_known_is_found(row: str, person: tuple[int | None, str, str | None, bool]) -> None:
    (found,) = people(f"unit_code;name;role;phone;it_knowledge\n{row}")
    assert (found.id, found.name, found.phone, found.it_knowledge) == person
