from datetime import date

import pytest

from domain.entry_choice import (
    EVERYWHERE,
    CircularReplacement,
    KeptEntry,
    Shelf,
    Standpoint,
    laid_over,
    new_id,
    with_wording,
)
from domain.faq import Entry

FEE = Entry("fee", "Phí", "Lệ phí là bao nhiêu?", "Xem niêm yết.", "Nguồn", ("phí mấy đồng",))
DAY = date(2026, 11, 20)
COMMUNE, PROVINCE = Standpoint((11, 1), DAY), Standpoint((1,), DAY)


def own(id_: str, unit_id: int | None, answer: str, replaces: str | None = "fee") -> KeptEntry:
    return KeptEntry(id_, f"Câu của {id_}?", answer, unit_id=unit_id, replaces=replaces)


def answer(shelf: Shelf, at: Standpoint, family: str = "fee") -> str:
    chosen = shelf.choose(family, at)
    return chosen.answer if chosen else ""


def test_the_nearest_unit_s_answer_goes_first() -> None:
    shelf = Shelf([FEE])
    shelf.put(own("province", 1, "Tỉnh trả lời."))
    assert answer(shelf, COMMUNE) == "Tỉnh trả lời."
    shelf.put(own("commune", 11, "Xã trả lời."))
    assert answer(shelf, COMMUNE) == "Xã trả lời."
    assert answer(shelf, PROVINCE) == "Tỉnh trả lời."
    assert answer(shelf, EVERYWHERE) == "Xem niêm yết."


def test_a_family_is_searched_by_all_its_wordings() -> None:
    shelf = Shelf([FEE])
    shelf.put(own("commune", 11, "Xã trả lời."))
    searched = shelf.family("fee")
    assert searched is not None
    assert (searched.id, searched.question) == ("fee", "Lệ phí là bao nhiêu?")
    assert searched.wordings == ("phí mấy đồng", "Câu của commune?")


def test_the_same_question_is_one_family() -> None:
    shelf = Shelf([FEE])
    assert shelf.put(KeptEntry("x", "LE PHI la bao nhieu", "Riêng.", unit_id=11)) == {"fee"}
    assert answer(shelf, COMMUNE) == "Riêng."


@pytest.mark.parametrize(
    ("begun", "ended", "holds"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (date(2026, 11, 21), None, False),
        (None, date(2026, 11, 19), False),
    ],
)
def test_an_entry_answers_only_in_its_time(
    begun: date | None, ended: date | None, holds: bool
) -> None:
    shelf = Shelf([])
    shelf.put(KeptEntry("x", "Hỏi gì?", "Đáp.", valid_from=begun, valid_until=ended))
    assert bool(shelf.choose("x", Standpoint((), DAY))) is holds
    assert shelf.choose("x", EVERYWHERE)


def test_where_it_is_hidden_an_entry_does_not_answer() -> None:
    shelf = Shelf([FEE])
    shelf.put(KeptEntry("fee", hidden_in=(11,)))
    assert [answer(shelf, at) for at in (COMMUNE, Standpoint((111, 11, 1)))] == ["", ""]
    assert [answer(shelf, at) for at in (PROVINCE, EVERYWHERE)] == ["Xem niêm yết."] * 2
    shelf.put(own("commune", 11, "Xã trả lời."))
    assert answer(shelf, COMMUNE) == "Xã trả lời."


def test_what_is_dropped_or_has_no_answer_is_gone() -> None:
    shelf = Shelf([FEE])
    assert shelf.put(KeptEntry("x", "Hỏi gì?")) == set()
    shelf.put(own("commune", 11, "Xã trả lời."))
    assert shelf.put(KeptEntry("commune", "Q?", "A", dropped=True)) == {"fee"}
    assert shelf.put(KeptEntry("fee", dropped=True)) == {"fee"}
    assert shelf.family("fee") is None
    assert shelf.put(KeptEntry("fee")) == {"fee"}
    assert answer(shelf, COMMUNE) == "Xem niêm yết."


def test_two_that_replace_each_other_are_refused() -> None:
    shelf = Shelf([FEE])
    shelf.put(own("commune", 11, "Xã trả lời."))
    assert shelf.root("village", "commune") == "fee"
    with pytest.raises(CircularReplacement):
        shelf.root("fee", "commune")
    with pytest.raises(CircularReplacement):
        shelf.root("commune", "commune")


def test_what_is_not_changed_stays_as_shipped() -> None:
    kept = KeptEntry("fee", answer="Khác.", wordings=("Phí mấy đồng", "tốn bao tiền"))
    assert laid_over(kept, FEE) == Entry(
        "fee", "Phí", FEE.question, "Khác.", "Nguồn", ("phí mấy đồng", "tốn bao tiền")
    )


def test_a_wording_is_added_once() -> None:
    kept = with_wording(KeptEntry("fee"), FEE, "tốn bao tiền")
    assert kept.wordings == ("tốn bao tiền",)
    assert with_wording(kept, FEE, "PHI MAY DONG") is kept


def test_a_new_id_is_read_and_is_free() -> None:
    assert new_id("Lệ phí là bao nhiêu?", ()) == "le-phi-la-bao-nhieu"
    assert new_id("Lệ phí là bao nhiêu?", {"le-phi-la-bao-nhieu"}) == "le-phi-la-bao-nhieu-2"
    assert new_id("😀", ()) == "muc"
    assert new_id("ไทย 1.500", ()).isascii()
    assert len(new_id("dài " * 100, ())) <= 60
