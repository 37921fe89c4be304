from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from bot.training import go_on, groups_of
from storage import training
from storage.schema import content, unit
from storage.store import Store
from storage.training import RunState
from tests.domain.test_course import COURSE
from tests.stage import make_house
from tests.storage.test_training import person, world


def said(c: Connection) -> list[str]:
    return [
        body["text"] for body in c.execute(select(content.c.body).order_by(content.c.id)).scalars()
    ]


async def test_a_course_of_a_unit_that_closed_stops_and_its_starter_is_told(
    store: Store, now: datetime
) -> None:
    house = make_house()

    def work(c: Connection) -> None:
        ids = world(c, now)
        starter = person(c, "xa1")
        run_id = training.start(c, COURSE, starter, now, unit_id=ids["T11"], next_at=now)
        closed = update(unit).where(unit.c.id == ids["T11"])
        c.execute(closed.values(closed_on=now.date() - timedelta(days=1)))
        assert groups_of(c, house, ids["T11"], None, now) == []
        assert go_on(c, house, training.get(c, run_id), now) == 0
        assert training.get(c, run_id).state is RunState.STOPPED
        assert [text for text in said(c) if "đã đóng" in text] == said(c)
        assert len(said(c)) == 1

    await store.write(work)
