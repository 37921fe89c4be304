import asyncio
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from bot.faq import REBUILT_ABOVE, Faq
from domain.entry_choice import KeptEntry, Lesson
from domain.faq import Abbreviations, Entry, Index
from domain.message import Sender
from storage import chats, entries, people
from storage.entries import Stroke
from storage.schema import document
from storage.store import Store, open_store
from tests.papers import paper
from tests.storage.test_tickets import ask, build

FEE = Entry("fee", "Phí", "Lệ phí chứng thực là bao nhiêu?", "Xem niêm yết.", "Nguồn")
WHOLE = KeptEntry(
    "own",
    "Chợ họp ngày nào?",
    "Chủ nhật.",
    "Chợ",
    "Xã",
    ("team",),
    ("bao giờ có chợ",),
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
    files=(7, 8),
    hidden_in=(3,),
)


def make_faq() -> Faq:
    return Faq([FEE], lambda shipped: Index(shipped, Abbreviations()))


async def found(store: Store, faq: Faq, question: str) -> str:
    await store.read(faq.refresh)
    hits = faq.search(question, 1)
    return hits[0].entry.answer if hits and hits[0].score > 0.5 else ""


async def test_an_entry_is_kept_whole_with_its_history(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        person = people.add(c, opened(c), Sender("lan", "Lan"), now)
        stroke = Stroke(person.id, now, "made")
        entries.save(c, replace(WHOLE, author_id=person.id), stroke)
        entries.save(c, replace(WHOLE, author_id=person.id, dropped=True), Stroke(None, now, "x"))
        assert entries.get(c, "own") == replace(WHOLE, author_id=person.id, dropped=True)
        assert entries.get(c, "none") is None
        history = entries.history(c, "own")
        assert [(each.what, each.name) for each in history] == [("made", "Lan"), ("x", None)]
        assert history[0].after["valid_until"] == "2026-12-31"
        assert entries.version(c) == 2
        number = entries.save(c, WHOLE, Stroke(None, now, "restored"))
        assert entries.changed_by(c, number) == "own"
        assert entries.changed_by(c, number + 1) is None

    await store.write(work)


def opened(c: Connection) -> str:
    chats.open_account(c, "memory", None)
    return "memory"


async def test_a_change_is_found_at_once_by_every_process(url: str, now: datetime) -> None:
    here, there = await open_store(url), await open_store(url)
    one, two = make_faq(), make_faq()
    try:
        assert await found(there, two, "chợ họp ngày nào") == ""
        await here.write(entries.save, WHOLE, Stroke(None, now, "made"))
        for store, faq in ((here, one), (there, two)):
            assert await found(store, faq, "bao gio co cho") == "Chủ nhật."
        await there.write(
            entries.save, replace(WHOLE, answer="Thứ bảy."), Stroke(None, now, "answer")
        )
        assert await found(here, one, "bao gio co cho") == "Thứ bảy."
        await here.write(entries.save, replace(WHOLE, dropped=True), Stroke(None, now, "dropped"))
        assert await found(there, two, "bao gio co cho") == ""
        assert await found(here, one, "lệ phí chứng thực") == "Xem niêm yết."
    finally:
        await asyncio.gather(here.close(), there.close())


async def test_what_is_undone_is_not_taken_in(store: Store, now: datetime) -> None:
    faq = make_faq()

    def undone(c: Connection) -> None:
        faq.refresh(c)
        entries.save(c, WHOLE, Stroke(None, now, "made"))
        raise KeyError

    try:
        await store.write(undone)
    except KeyError:
        assert await found(store, faq, "bao gio co cho") == ""
    await store.write(entries.save, WHOLE, Stroke(None, now, "made"))
    assert await found(store, faq, "bao gio co cho") == "Chủ nhật."


async def test_many_changes_make_a_new_index(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        for number in range(REBUILT_ABOVE + 1):
            kept = KeptEntry(f"e{number}", f"Câu hỏi thứ {number} là gì?", f"Đáp {number}.")
            entries.save(c, kept, Stroke(None, now, "imported"))

    await store.write(work)
    faq = make_faq()
    assert await found(store, faq, "câu hỏi thứ 77 là gì") == "Đáp 77."
    assert await found(store, faq, "lệ phí chứng thực") == "Xem niêm yết."


async def test_a_proposal_is_decided_once(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        scene = build(c, now)
        lan, hoa = scene.person_ids
        lesson = Lesson("Hỏi gì?", "Đáp.", "", "Xã", scene.unit_id, replaces="fee", files=(7,))
        number = entries.propose(c, ask(c, scene, now), lan, lesson, now)
        proposal = entries.proposal(c, number)
        assert proposal
        assert proposal.lesson == lesson
        assert entries.decide(c, number, hoa, approved=True)
        assert not entries.decide(c, number, lan, approved=False)
        assert entries.proposal(c, number) is None

    await store.write(work)


async def test_an_author_learns_once_that_a_document_is_replaced(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> None:
        scene = build(c, now)
        old, new = (paper(c, scene.unit_id, now, number=number) for number in ("1/QĐ", "2/QĐ"))
        kept = replace(WHOLE, document_id=old, author_id=scene.person_ids[0])
        entries.save(c, kept, Stroke(None, now, "made"))
        assert entries.outdated(c, 10) == []
        # A circle of replacements is not walked, so that it cannot hang.
        for one, other in ((old, new), (new, old)):
            c.execute(document.update().where(document.c.id == one).values(replaced_by=other))
        assert [(each.id, each.number) for each in entries.outdated(c, 10)] == [("own", "1/QĐ")]
        entries.flagged(c, "own", now)
        assert entries.outdated(c, 10) == []

    await store.write(work)
