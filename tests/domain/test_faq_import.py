from datetime import date

import pytest

from domain.entry_choice import KeptEntry
from domain.faq import Entry
from domain.faq_check import Finding, check_faq
from domain.faq_import import CheckedEntries, KnownFaq, check_entries
from domain.imports import Row, Sheet
from tests.tables import spelt, table

FEE = Entry("fee", "Phí", "Lệ phí là bao nhiêu?", "Xem\nniêm yết.", "Nguồn", ("phí mấy đồng",))
OWN = Entry("own", "", "Chợ họp ngày nào?", "Chủ nhật.", "Xã")
KEPT = KeptEntry("own", OWN.question, OWN.answer, "", OWN.source, unit_id=11, author_id=5)
KNOWN = KnownFaq(
    entries={"fee": FEE, "own": OWN},
    shipped={"fee": FEE},
    kept={"own": KEPT},
    unit_ids={"X1": 11, "X2": 12},
    file_ids={"7 so-do.jpg": 7, "8": 8},
    near=lambda question: FEE if "phí" in question else None,
)
TODAY = date(2026, 11, 20)


def checked(text: str) -> CheckedEntries:
    return check_entries(table(text), KNOWN, TODAY)


def test_a_new_row_becomes_an_entry_of_its_unit() -> None:
    found = checked(
        "câu hỏi;trả lời;cách hỏi khác;nguồn;mã đơn vị;hiệu lực từ;đối tượng\n"
        "Bao giờ họp thôn?;Chiều thứ sáu.;họp khi nào | mấy giờ họp;Xã;X1;1/12/2026;team, everyone"
    )
    assert found == CheckedEntries(
        [
            KeptEntry(
                "bao-gio-hop-thon",
                "Bao giờ họp thôn?",
                "Chiều thứ sáu.",
                source="Xã",
                audience=("team", "everyone"),
                wordings=("họp khi nào", "mấy giờ họp"),
                unit_id=11,
                valid_from=date(2026, 12, 1),
            )
        ],
        [],
        [],
    )


def test_what_is_as_shipped_is_not_kept() -> None:
    row = Row(
        2,
        {
            "id": "fee",
            "question": FEE.question,
            "answer": FEE.answer,
            "wordings": "Phí mấy đồng\ntốn bao tiền",
            "topic": "Phí",
            "source": "Nguồn",
        },
    )
    found = check_entries(Sheet(1, list(row.cells), [row]), KNOWN, TODAY)
    assert found.entries == [KeptEntry("fee", wordings=("tốn bao tiền",))]


def test_files_are_named_as_an_export_names_them() -> None:
    found = checked("question;answer;tệp\nHỏi gì?;A;8|7 so-do.jpg\nHỏi ai?;B;9 la.pdf | 8\n")
    assert [each.files for each in found.entries] == [(8, 7), (8,)]
    assert "3 tệp unknown_file value=9 la.pdf" in [spelt(each) for each in found.doubts]


def test_an_answer_keeps_its_lines_and_a_known_entry_what_the_row_leaves_out() -> None:
    row = Row(2, {"question": OWN.question, "answer": "Chủ nhật.\r\n- Sáng", "unit_code": "X1"})
    found = check_entries(Sheet(1, list(row.cells), [row]), KNOWN, TODAY)
    assert [(each.id, each.answer, each.author_id) for each in found.entries] == [
        ("own", "Chủ nhật.\n- Sáng", 5)
    ]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("question;answer\nHỏi gì thế?;", ["2 answer empty"]),
        ("question;answer\n;Đáp", ["2 question empty"]),
        ("question;answer\n😀 !;Đáp", ["2 question no_question"]),
        (f"question;answer\n{'dài ' * 10_000};Đáp", ["2 question too_long most=300"]),
        ("question;answer;id\nHỏi gì thế?;Đáp;Mã 1", ["2 id odd_id"]),
        ("question;answer;id\nHỏi gì?;A;a\nHỏi ai?;B;a", ["3 id repeated_id other=2"]),
        ("question;answer;unit_code\nHỏi gì?;A;X9", ["2 unit_code unknown_unit value=X9"]),
        (
            f"question;answer;id;unit_code\n{FEE.question};A;fee;X1",
            ["2 unit_code shipped_everywhere value=fee"],
        ),
        ("question;answer;replaces\nHỏi gì?;A;nothing", ["2 replaces unknown_entry value=nothing"]),
        (
            "question;answer;id;replaces\nHỏi gì?;A;a;b\nHỏi ai?;B;b;a",
            ["2 replaces circular value=b", "3 replaces circular value=a"],
        ),
        ("question;answer;id;replaces\nHỏi gì?;A;a;a", ["2 replaces circular value=a"]),
        (
            "question;answer;valid_from;valid_until\nHỏi gì?;A;2/12/2026;1/12/2026",
            ["2 valid_until ends_before day=2026-12-02"],
        ),
        ("question;answer;valid_from\nHỏi gì?;A;mai", ["2 valid_from not_a_day value=mai"]),
        ("question\nHỏi gì?", ["1 answer missing_column"]),
    ],
)
def test_a_bad_row_is_told(text: str, problems: list[str]) -> None:
    assert [spelt(each) for each in checked(text).problems] == problems


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("question;answer\nHỏi gì thế?;Đáp", ["2 source no_source"]),
        (
            "question;answer;source\nHỏi gì thế?;A;N\nHOI gi the;B;N",
            ["3 question asked_twice other=2"],
        ),
        (
            "question;answer;source\nPhải nộp phí gì?;A;N",
            ["2 question near_entry value=fee like=Lệ phí là bao nhiêu?"],
        ),
        (
            "question;answer;source;valid_until\nHỏi gì thế?;A;N;1/1/2026",
            ["2 valid_until expired day=2026-01-01"],
        ),
    ],
)
def test_a_doubtful_row_comes_in_and_is_told(text: str, doubts: list[str]) -> None:
    found = checked(text)
    assert not found.problems
    assert [spelt(each) for each in found.doubts] == doubts


def test_a_chain_of_replacements_is_kept_by_its_end() -> None:
    found = checked("question;answer;id;replaces\nHỏi gì?;A;a;b\nHỏi ai?;B;b;fee")
    assert [each.replaces for each in found.entries] == ["fee", "fee"]


def test_the_check_finds_what_is_amiss() -> None:
    local = Entry("local", "", "Phí ở xã?", "Năm nghìn.", "", ("lệ phí là bao nhiêu",))
    other = Entry("other", "", "Nộp phí mấy đồng?", "Xem.", "N", ("PHI MAY DONG",))
    families = [
        [(FEE, KeptEntry("fee")), (local, KeptEntry("local", unit_id=11))],
        [(other, KeptEntry("other"))],
    ]

    def winner(text: str, kept: KeptEntry) -> Entry:
        return other if text == "phí mấy đồng" else {"other": other}.get(kept.id, FEE)

    assert check_faq(families, winner) == [
        Finding("double", "fee", "other", "phi may dong"),
        Finding("contradiction", "fee", "local", FEE.question),
        Finding("no_source", "local", text="Phí ở xã?"),
        Finding("lost_wording", "fee", "other", "phí mấy đồng"),
    ]
