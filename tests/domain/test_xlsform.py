"""XLSForms as data sets, and what they say that a data set cannot."""

from decimal import Decimal

import pytest

from domain.data_set import Comparison, Condition, DataElement, Option, Rule, ValueType
from domain.data_set_body import read_body
from domain.imports import Row, Sheet
from domain.xlsform import Carried, carry

LISTS = [
    {"list_name": "yn", "name": "yes", "label": "Có"},
    {"list_name": "yn", "name": "no", "label": "Không"},
    {"list_name": "halls", "name": "hall", "label": "Nhà văn hoá"},
    {"list_name": "halls", "name": "at home", "label": "Nhà trưởng thôn"},
    {"list_name": "halls", "name": "3", "label": "Nơi khác"},
]


def sheet(rows: list[dict[str, str]]) -> Sheet:
    header = list(dict.fromkeys(key for row in rows for key in row))
    return Sheet(1, header, [Row(line, row) for line, row in enumerate(rows, 2)])


def carried(*survey: dict[str, str], **settings: str) -> Carried:
    sheets = {"survey": sheet(list(survey)), "choices": sheet(LISTS)}
    if settings:
        sheets["settings"] = sheet([settings])
    return carry(sheets, {"levels": ["village"]})


def element(*survey: dict[str, str]) -> DataElement:
    return read_body(carried(*survey).body).elements[-1]


def left(form: Carried) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.why) for problem in form.left]


def ask(kind: str, name: str = "q", **cells: str) -> dict[str, str]:
    return {"type": kind, "name": name, "label": f"Hỏi {name}?"} | cells


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ("integer", ValueType.WHOLE),
        ("int", ValueType.WHOLE),
        ("decimal", ValueType.DECIMAL),
        ("text", ValueType.TEXT),
        ("image", ValueType.PHOTO),
        ("geopoint", ValueType.PLACE),
        ("select_one yn", ValueType.YES_NO),
        ("select one halls", ValueType.CHOICE),
    ],
)
def test_a_type_is_carried(kind: str, type_: ValueType) -> None:
    form = carried(ask(kind, required="yes", hint="Ghi rõ."))
    [found] = read_body(form.body).elements
    assert (found.type, found.optional, found.help) == (type_, False, "Ghi rõ.")
    assert (found.name, found.question) == ("Hỏi q", "Hỏi q?")
    assert not form.left


def test_the_options_of_a_choice_are_carried_under_ids_that_fit_a_button() -> None:
    assert element(ask("select_one halls")).options == (
        Option("hall", "Nhà văn hoá"),
        Option("at_home", "Nhà trưởng thôn"),
        Option("3", "Nơi khác"),
    )


@pytest.mark.parametrize(
    "kind",
    ["note", "calculate", "select_multiple halls", "date", "start", "audio", "range", "barcode"],
)
def test_a_type_that_there_is_not_is_named_by_its_row(kind: str) -> None:
    form = carried(ask("integer"), ask(kind, "other"))
    assert left(form) == [(3, "type", "form_type")]
    assert [each["id"] for each in form.body["elements"]] == ["q"]


@pytest.mark.parametrize(
    ("first", "relevant", "condition"),
    [
        ("integer", "${n} >= 1", Condition("n", Comparison.AT_LEAST, Decimal(1))),
        ("integer", "${n}!=0", Condition("n", Comparison.NOT_EQUAL, Decimal(0))),
        ("select_one yn", "${n} = 'yes'", Condition("n", Comparison.EQUAL, Decimal(1))),
        ("select_one yn", 'selected(${n}, "no")', Condition("n", Comparison.EQUAL, Decimal(0))),
        ("select_one halls", "${n} = 'at home'", Condition("n", Comparison.EQUAL, "at_home")),
        ("select_one halls", "selected(${n}, '3')", Condition("n", Comparison.EQUAL, "3")),
    ],
)
def test_a_condition_is_carried(first: str, relevant: str, condition: Condition) -> None:
    assert element(ask(first, "n"), ask("integer", relevant=relevant)).only_if == condition


@pytest.mark.parametrize("relevant", ["${n} > 1 and ${n} < 5", "${gone} = 1", "count(${n}) > 1"])
def test_a_condition_that_says_more_is_named(relevant: str) -> None:
    form = carried(ask("integer", "n"), ask("integer", relevant=relevant))
    assert left(form) == [(3, "relevant", "form_condition")]
    assert read_body(form.body).elements[1].only_if is None


@pytest.mark.parametrize(
    ("kind", "text", "least", "most"),
    [
        ("integer", ". >= 2 and . <= 9", "2", "9"),
        ("integer", "(.>1) and (.<10)", "2", "9"),
        ("decimal", ". <= 0.5", "0", "0.5"),
    ],
)
def test_bounds_are_carried(kind: str, text: str, least: str, most: str) -> None:
    found = element(ask(kind, constraint=text))
    assert (found.least, found.most) == (Decimal(least), Decimal(most))


def test_the_message_of_mere_bounds_is_named_as_left() -> None:
    form = carried(ask("integer", constraint=". <= 5", constraint_message="Nhiều quá"))
    assert left(form) == [(2, "constraint_message", "form_column")]


def test_a_constraint_beside_other_questions_is_a_rule() -> None:
    women = ask("integer", "women", constraint=". <= ${a} + ${b}", constraint_message="Nhiều quá")
    form = carried(ask("integer", "a"), ask("integer", "b"), women)
    assert read_body(form.body).rules == (
        Rule(("women",), Comparison.AT_MOST, ("a", "b"), "Nhiều quá"),
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [("integer", "regex(., '^[0-9]$')"), ("decimal", ". > 0"), ("text", ". >= 1")],
)
def test_a_constraint_that_says_more_is_named(kind: str, text: str) -> None:
    form = carried(ask(kind, constraint=text))
    assert left(form) == [(2, "constraint", "form_constraint")]
    read_body(form.body)


def test_groups_are_opened_and_their_condition_kept() -> None:
    group = {"type": "begin_group", "name": "g", "label": "Nhóm", "relevant": "${n} >= 1"}
    inner = ask("integer", "inner", relevant="${n} >= 2")
    rows = [ask("integer", "n"), group, ask("integer", "in"), inner, {"type": "end group"}]
    form = carried(*rows, ask("integer", "after"))
    conditions = [each.only_if and each.only_if.value for each in read_body(form.body).elements]
    assert conditions == [None, 1, 2, None]
    assert left(form) == [(3, "label", "form_column"), (5, "relevant", "form_condition")]


def test_what_is_repeated_is_left_out_as_a_whole() -> None:
    rows = [{"type": "begin repeat", "name": "r"}, ask("integer", "in"), {"type": "end_repeat"}]
    form = carried(*rows, ask("integer", "after"))
    assert left(form) == [(2, "type", "form_repeat")]
    assert [each["id"] for each in form.body["elements"]] == ["after"]


def test_other_columns_are_named_and_switched_off_rows_are_not() -> None:
    form = carried(ask("integer", appearance="spinner"), ask("note", "n", disabled="yes"))
    assert left(form) == [(2, "appearance", "form_column")]


@pytest.mark.parametrize(
    ("language", "label", "other"),
    [("Vietnamese (vi)", "Mấy hộ?", "label::English (en)"), ("", "Homes?", None)],
)
def test_one_language_is_taken(language: str, label: str, other: str | None) -> None:
    row = {"type": "integer", "name": "n"}
    spoken = {"label::English (en)": "Homes?", "label::Vietnamese (vi)": "Mấy hộ?"}
    form = carried(row | spoken, default_language=language)
    assert read_body(form.body).elements[0].question == label
    assert left(form) == [(1, other or "label::Vietnamese (vi)", "form_language")]


def test_names_and_the_form_itself_get_ids_that_fit() -> None:
    rows = [ask("integer", "Số-Hộ"), ask("integer", "so ho"), ask("integer", "3")]
    form = carried(*rows, form_id="Form Một", form_title="Mẫu một")
    assert [each["id"] for each in form.body["elements"]] == ["so_ho", "so_ho_2", "q_3"]
    assert (form.body["id"], form.body["name"]) == ("form_mot", "Mẫu một")
