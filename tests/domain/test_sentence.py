from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.sentences import PRECISION_BAR, RECALL_BAR, Case, read, score
from bot.data_sets import load_data_sets
from bot.faq import load_abbreviations, load_faq
from domain.data_set import DataElement, DataSet, ValueType
from domain.faq import Abbreviations
from domain.sentence import Doubt, Why, fill

NO_SHORT_FORMS = Abbreviations()
HOUSES = DataElement("houses", "Hộ", "?", words=("nộp hồ sơ",), counted=("hộ",))
APP = DataElement("app", "Ứng dụng", "?", words=("VNeID",), counted=("người",))
LAND = DataElement(
    "land", "Ruộng", "?", ValueType.DECIMAL, most=Decimal(50), words=("ruộng",), counted=("ha",)
)
NOTE = DataElement("note", "Ghi chú", "?", ValueType.TEXT, words=("ghi chú",))
FORM = DataSet("form", 1, "Mẫu", ("village",), (HOUSES, APP, LAND, NOTE))


def short(sentence: str) -> dict[str, str]:
    understood = fill(sentence, FORM, NO_SHORT_FORMS)
    return {key: str(value) for key, value in understood.values.items()}


@pytest.mark.parametrize("part", ["tuned", "kept_aside"])
def test_what_is_filled_is_right_and_most_is_filled(part: str) -> None:
    reached = score(part)
    assert reached.precision >= PRECISION_BAR
    assert reached.recall >= RECALL_BAR


def test_a_quarter_of_the_sentences_is_kept_aside_and_none_is_in_both() -> None:
    tuned, aside = ([case.text for case in read(part)] for part in ("tuned", "kept_aside"))
    assert len({*tuned, *aside}) == len(tuned) + len(aside) >= 240
    assert 0.22 <= len(aside) / len({*tuned, *aside}) <= 0.28


def test_no_question_of_the_faq_is_taken_for_a_report() -> None:
    data_sets, abbreviations = load_data_sets().values(), load_abbreviations()
    asked = [text for entry in load_faq() for text in (entry.question, *entry.wordings)]
    understood = [(text, fill(text, each, abbreviations)) for text in asked for each in data_sets]
    assert [text for text, found in understood if len(found.values) >= 2] == []


def test_a_score_counts_a_wrong_number_and_a_missing_one() -> None:
    said, heard = {"a": Decimal(1), "b": Decimal(2)}, {"a": Decimal(1), "b": Decimal(3)}
    assert Case("", said, heard).right == 1


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("12 hộ nộp hồ sơ, 5 người cài VNeID", {"houses": "12", "app": "5"}),
        ("cai vneid: 5, nop ho so: 12", {"houses": "12", "app": "5"}),
        ("2,5 ha ruộng", {"land": "2.5"}),
        ("không có hộ nào nộp hồ sơ", {"houses": "0"}),
        ("VNeID 5, còn lại không có", {"houses": "0", "app": "5", "land": "0"}),
        ("12 vụ nộp hồ sơ", {}),
        ("ghi chú 5", {}),
        ("", {}),
    ],
)
def test_any_data_set_is_filled_by_its_own_words(sentence: str, values: dict[str, str]) -> None:
    assert short(sentence) == values


@pytest.mark.parametrize(
    ("sentence", "doubts"),
    [
        ("nộp hồ sơ 1tr2", [Doubt("houses", Why.UNCLEAR, "1tr2")]),
        ("nộp hồ sơ 2,5 hộ", [Doubt("houses", Why.UNCLEAR, "2,5")]),
        ("ruộng 51 ha", [Doubt("land", Why.UNCLEAR, "51")]),
        ("nộp hồ sơ 5 hộ, nộp hồ sơ 3 hộ", [Doubt("houses", Why.TWICE, "5, 3")]),
        (
            "nộp hồ sơ và VNeID: 5",
            [Doubt("app", Why.WHICH, "5"), Doubt("houses", Why.WHICH, "5")],
        ),
    ],
)
def test_what_is_not_sure_is_told_and_not_filled(sentence: str, doubts: list[Doubt]) -> None:
    understood = fill(sentence, FORM, NO_SHORT_FORMS)
    assert (understood.values, list(understood.doubtful)) == ({}, doubts)


def test_what_is_doubtful_is_not_nought_because_the_rest_is() -> None:
    understood = fill("nộp hồ sơ 1tr2, VNeID 3, còn lại không", FORM, NO_SHORT_FORMS)
    assert understood.values == {"app": 3, "land": 0}
    assert (understood.named, understood.rest) == (1, frozenset({"land"}))


PIECES = [
    "12",
    "hộ",
    "nộp",
    "hồ sơ",
    "VNeID",
    "không có",
    ",",
    ".",
    ":",
    "\n",
    "1tr2",
    "ruộng",
    "?",
]


@given(st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join))
def test_any_text_gives_numbers_that_the_questions_can_take(text: str) -> None:
    understood = fill(text, FORM, NO_SHORT_FORMS)
    assert understood.values.keys() <= {"houses", "app", "land"}
    assert all(0 <= value <= 100_000 for value in understood.values.values())
    assert not understood.values.keys() & {each.element for each in understood.doubtful}


@pytest.mark.parametrize("piece", ["12 hộ nộp hồ sơ, ", "nộp hồ sơ ", "VNeID: ", "không có ", "1 "])
def test_a_very_long_text_is_read_without_harm(piece: str) -> None:
    assert fill(piece * 3000, FORM, NO_SHORT_FORMS).values.keys() <= {"houses", "app", "land"}
