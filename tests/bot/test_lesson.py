"""What an answered question teaches, where the entries beside it have moved meanwhile."""

from datetime import datetime

from sqlalchemy import Connection

from bot.lesson import entry_id_of, keep
from domain.entry_choice import KeptEntry, Lesson
from storage import entries
from storage.entries import Proposal, Stroke
from storage.store import Store
from tests.stage import make_house
from tests.storage.test_tickets import ask, build


async def test_an_entry_never_comes_to_replace_itself(store: Store, now: datetime) -> None:
    house = make_house()

    def work(c: Connection) -> None:
        scene = build(c, now)
        ticket_id = ask(c, scene, now)
        own = entry_id_of(ticket_id)
        near = KeptEntry("near", "Bao giờ có chợ phiên?", "Thứ bảy.", replaces=own)
        entries.save(c, near, Stroke(None, now, "imported"))
        house.faq.refresh(c)
        lesson = Lesson("Chợ họp ngày nào?", "Chủ nhật.", "", "Xã", scene.unit_id, replaces="near")
        keep(c, house, Proposal(0, ticket_id, scene.person_ids[1], lesson), None, now)
        made = entries.get(c, own)
        assert made is not None
        assert (made.answer, made.replaces) == ("Chủ nhật.", None)

    await store.write(work)
